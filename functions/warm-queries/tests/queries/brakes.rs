//! When nothing, or less, is warmed.

use serde_json::json;

use crate::harness::World;

#[tokio::test]
async fn a_site_that_is_down_is_left_alone() {
    let world = World::start("warm-down").await;
    world.say_health("fail");
    let outcome = world.run(json!({})).await.unwrap();
    assert_eq!(outcome.warmed, 0);
    assert!(world.kept().await.is_empty());
    // Nobody says anything: gently, but all the same.
    world.aws.stored().health = None;
    assert_eq!(world.run(json!({})).await.unwrap().warmed, 4);
}

#[tokio::test]
async fn a_database_that_fails_is_not_asked_for_long() {
    let world = World::start("warm-no-database").await;
    world.services.stop_postgres();
    assert!(world.run(json!({})).await.is_err());
    world.services.start_postgres().unwrap();
    assert_eq!(world.run(json!({})).await.unwrap().failed, 0);
    // One query that fails keeps no other from being warm.
    world
        .services
        .sql("ALTER TABLE pages RENAME TO sheets")
        .unwrap();
    world.empty_redis().await;
    world.say_hot(&["/pages/about", "/blog/a-new-glaze"]);
    let outcome = world.run(json!({})).await.unwrap();
    assert_eq!((outcome.warmed, outcome.failed), (4, 2), "{outcome:?}");
}

#[tokio::test]
async fn without_redis_the_database_is_not_asked() {
    let world = World::start("warm-no-redis").await;
    world.services.stop_redis();
    assert!(world.run(json!({})).await.is_err());
    world.services.start_redis().unwrap();
}

#[tokio::test]
async fn an_event_of_another_form_is_refused() {
    let world = World::start("warm-event").await;
    let event = json!({"detail-type": "warm.requested", "detail": {"tags": "blog"}});
    assert!(world.run(event).await.is_err());
}

#[tokio::test]
async fn the_role_may_read_what_pages_are_made_of_and_nothing_else() {
    let world = World::start("warm-role").await;
    let database = &world.deps.database;
    assert!(
        database
            .query("SELECT slug FROM products", &[])
            .await
            .is_ok()
    );
    for statement in [
        "UPDATE products SET stock = 0",
        "DELETE FROM articles",
        "SELECT tag FROM cache_events",
        "INSERT INTO cache_events (tag) VALUES ('x')",
        "CREATE TABLE mine ()",
    ] {
        let refused = database.execute(statement, &[]).await.unwrap_err();
        let reason = format!("{refused:?}");
        assert!(
            reason.contains("permission denied"),
            "{statement}: {reason}"
        );
    }
    let row = database.query("SHOW statement_timeout", &[]).await.unwrap();
    assert_eq!(row[0].get::<_, String>(0), "5s");
}
