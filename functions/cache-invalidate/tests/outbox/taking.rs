//! Which rows are taken, and what Redis forgets.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use cache_invalidate::Outcome;
use local::DataServices;

use crate::aws::Aws;
use crate::harness::{World, deps, of_vars, run};

const OPEN: &str = "SELECT tag FROM cache_events WHERE invalidated_at IS NULL ORDER BY id";
const INSERT: &str = "INSERT INTO cache_events (tag) VALUES ('early')";

#[tokio::test]
async fn rows_behind_an_open_transaction_wait_for_it() {
    let world = World::start("invalidate-open-before").await;
    let mut connection = world.deps.database.connection().await.unwrap();
    let open = connection.transaction().await.unwrap();
    open.batch(INSERT).await.unwrap();
    // Committed, and yet behind one that is not.
    world.change("late", "");
    let other = Arc::new(deps(&world.services, &world.aws, Duration::ZERO));
    assert_eq!(run(&other).await.unwrap().events, 0);
    assert!(run(&other).await.unwrap().is_more);
    assert_eq!(world.sql(OPEN), ["late"]);
    open.commit().await.unwrap();
    assert_eq!(run(&other).await.unwrap().events, 2);
    assert_eq!(world.sql(OPEN), Vec::<String>::new());
}

#[tokio::test]
async fn a_transaction_that_began_later_keeps_nothing_back() {
    let world = World::start("invalidate-open-after").await;
    world.change("early", "");
    let mut connection = world.deps.database.connection().await.unwrap();
    let open = connection.transaction().await.unwrap();
    open.batch("INSERT INTO cache_events (tag) VALUES ('late')")
        .await
        .unwrap();
    let other = Arc::new(deps(&world.services, &world.aws, Duration::ZERO));
    assert_eq!(run(&other).await.unwrap().events, 1);
    // What is never committed never was.
    drop(open);
    assert_eq!(run(&other).await.unwrap().events, 0);
}

#[tokio::test]
async fn a_run_waits_for_a_transaction_that_is_about_to_end() {
    let world = World::start("invalidate-patience").await;
    let mut connection = world.deps.database.connection().await.unwrap();
    let open = connection.transaction().await.unwrap();
    open.batch(INSERT).await.unwrap();
    world.change("late", "");
    let patient = Arc::new(deps(&world.services, &world.aws, Duration::from_secs(60)));
    let running = tokio::spawn(async move { run(&patient).await.unwrap() });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!running.is_finished());
    open.commit().await.unwrap();
    assert_eq!(running.await.unwrap().events, 2);
}

#[tokio::test]
async fn redis_forgets_what_was_changed_and_nothing_else() {
    let world = World::start("invalidate-tags").await;
    assert_eq!(world.kept("changed", 1).await, 1);
    assert_eq!(world.kept("same", 1).await, 1);
    world.change("changed", "");
    assert_eq!(world.run().await.unwrap().events, 1);
    assert_eq!(world.kept("changed", 2).await, 2);
    assert_eq!(world.kept("same", 2).await, 1);
    // It is on no page that anybody named: only what warms answers hears of it.
    let seen = world.aws.seen();
    assert_eq!(seen.answers, [serde_json::json!(["changed"])]);
    assert!(seen.creations == 0 && seen.warmings.is_empty());
}

#[tokio::test]
async fn without_redis_rows_stay() {
    let world = World::start("invalidate-no-redis").await;
    world.change("a", "/a");
    let url = world.services.postgres_url();
    let vars = BTreeMap::from([
        ("DATABASE_URL", url.as_str()),
        ("CACHE_URL", "redis://127.0.0.1:9"),
        ("DISTRIBUTION_ID", "E1"),
    ]);
    let cut_off = Arc::new(of_vars(&vars, &world.aws, Duration::ZERO));
    assert!(run(&cut_off).await.is_err());
    assert_eq!(world.sql(OPEN), ["a"]);
    // Pages must not be made anew of old answers.
    assert_eq!(world.aws.seen().creations, 0);
    assert_eq!(world.run().await.unwrap().events, 1);
}

#[tokio::test]
async fn two_runs_at_once_take_each_row_once() {
    let world = World::start("invalidate-two-runs").await;
    for number in 0..500 {
        world.change(&format!("tag-{number}"), &format!("/p/{number}"));
    }
    let two = [(); 2].map(|()| Arc::new(deps(&world.services, &world.aws, Duration::ZERO)));
    let (first, second) = tokio::join!(run(&two[0]), run(&two[1]));
    let mut events = first.unwrap().events + second.unwrap().events;
    events += world.run().await.unwrap().events;
    assert_eq!(events, 500);
    world.pass_time();
    world.run().await.unwrap();
    world.pass_time();
    world.run().await.unwrap();
    let seen = world.aws.seen();
    let mut paths: Vec<&String> = seen.invalidations.iter().flat_map(|(_, p)| p).collect();
    assert_eq!(paths.len(), 1_000);
    paths.sort();
    paths.dedup();
    assert_eq!(paths.len(), 500);
}

#[tokio::test]
async fn before_the_site_has_made_its_tables_there_is_nothing_to_do() {
    let services = DataServices::start("invalidate-no-tables").unwrap();
    let aws = Aws::start().await;
    let deps = Arc::new(deps(&services, &aws, Duration::ZERO));
    assert_eq!(run(&deps).await.unwrap(), Outcome::default());
    services.stop_postgres();
    assert!(run(&deps).await.is_err());
}

#[tokio::test]
async fn what_was_done_a_week_ago_is_forgotten() {
    let world = World::start("invalidate-forget").await;
    world.change("old", "/old");
    world.run().await.unwrap();
    world.sql(
        "UPDATE cache_events SET invalidated_at = now() - interval '8 days'; \
         UPDATE cache_purges SET done_at = now() - interval '8 days'",
    );
    world.change("new", "");
    world.run().await.unwrap();
    assert_eq!(world.sql("SELECT tag FROM cache_events"), ["new"]);
    assert_eq!(world.sql("SELECT tags FROM cache_purges"), ["{new}"]);
}
