//! What the CDN and the warmer are told, and what happens when a run dies.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use crate::harness::{World, deps, of_vars, run};

#[tokio::test]
async fn pages_are_purged_at_once_and_again_when_proxies_have_settled() {
    let world = World::start("invalidate-passes").await;
    world.change("article-a", "/,/blog/a");
    world.change("blog", "/");
    world.run().await.unwrap();
    {
        let seen = world.aws.seen();
        assert_eq!(seen.invalidations.len(), 1, "the second pass is not due");
        assert_eq!(seen.invalidations[0].1, ["/", "/blog/a"]);
        // Answers need not wait for the CDN's places.
        assert_eq!(seen.answers, [json!(["article-a", "blog"])]);
        assert!(seen.warmings.is_empty());
    }
    let due = "SELECT extract(epoch FROM due_at - clock_timestamp()) BETWEEN 5 AND 12 \
         FROM cache_purges ORDER BY id DESC LIMIT 1";
    assert_eq!(world.sql(due), ["t"]);
    // The warmer hears of it when CloudFront has forgotten.
    world.pass_time();
    let outcome = world.run().await.unwrap();
    assert_eq!((outcome.purges, outcome.is_more), (1, true));
    world.pass_time();
    assert_eq!(world.run().await.unwrap().purges, 1);
    let seen = world.aws.seen();
    let [first, second] = seen.invalidations.as_slice() else {
        panic!("{:?}", seen.invalidations);
    };
    assert!(first.0 != second.0 && first.1 == second.1);
    assert_eq!(seen.warmings.len(), 2);
    for warming in &seen.warmings {
        assert_eq!(warming["reason"], "invalidation");
        assert_eq!(warming["paths"], json!(["/", "/blog/a"]));
        assert_eq!(warming["tags"], json!(["article-a", "blog"]));
        assert!(warming["event_ms"].as_i64().unwrap() > 1_700_000_000_000);
    }
}

#[tokio::test]
async fn a_run_sees_both_passes_through_when_it_may_wait() {
    let world = World::start("invalidate-through").await;
    world.change("page-about", "/pages/about");
    let patient = Arc::new(deps(&world.services, &world.aws, Duration::from_secs(15)));
    let outcome = run(&patient).await.unwrap();
    assert_eq!(
        (outcome.events, outcome.purges, outcome.is_more),
        (1, 2, false)
    );
    assert_eq!(outcome.lag_ms, 0, "all caches know");
    assert_eq!(world.aws.seen().warmings.len(), 2);
}

#[tokio::test]
async fn a_request_whose_answer_was_lost_is_the_same_invalidation() {
    let world = World::start("invalidate-repeat").await;
    world.change("a", "/a");
    world.run().await.unwrap();
    // The run died before it wrote down what CloudFront had said.
    world.sql("UPDATE cache_purges SET invalidation = NULL, submitted_at = NULL");
    world.pass_time();
    world.run().await.unwrap();
    let seen = world.aws.seen();
    assert_eq!(seen.creations, 3, "the first pass twice, the second once");
    assert_eq!(seen.invalidations.len(), 2);
}

#[tokio::test]
async fn what_cloudfront_is_still_at_is_gone_on_with() {
    let world = World::start("invalidate-slow").await;
    world.aws.seen().is_slow = true;
    world.change("a", "/a");
    for _ in 0..3 {
        world.run().await.unwrap();
        world.sql("UPDATE cache_purges SET due_at = now() WHERE invalidation IS NOT NULL");
    }
    {
        let mut seen = world.aws.seen();
        assert_eq!((seen.creations, seen.warmings.len()), (1, 0));
        seen.is_slow = false;
    }
    assert_eq!(world.run().await.unwrap().purges, 1);
    assert_eq!(world.aws.seen().warmings.len(), 1);
}

#[tokio::test]
async fn what_takes_a_quarter_of_an_hour_is_waited_for_no_longer() {
    let world = World::start("invalidate-give-up").await;
    world.aws.seen().is_slow = true;
    world.change("a", "/a");
    world.run().await.unwrap();
    world.sql(
        "UPDATE cache_purges SET submitted_at = now() - interval '16 minutes', due_at = now() \
         WHERE invalidation IS NOT NULL",
    );
    assert_eq!(world.run().await.unwrap().purges, 1);
    assert_eq!(world.aws.seen().warmings.len(), 1);
}

#[tokio::test]
async fn a_step_of_a_run_that_died_is_taken_by_a_later_one() {
    let world = World::start("invalidate-lease").await;
    world.change("a", "/a");
    world.aws.seen().is_slow = true;
    world.run().await.unwrap();
    world.aws.seen().is_slow = false;
    let lease = "UPDATE cache_purges SET due_at = now(), lease_until = now() + interval";
    world.sql(&format!("{lease} '60 s'"));
    assert_eq!(world.run().await.unwrap().purges, 0, "another run is at it");
    world.sql(&format!("{lease} '-1 s'"));
    assert_eq!(world.run().await.unwrap().purges, 1);
}

#[tokio::test]
async fn a_bus_that_fails_is_told_later_and_cloudfront_not_again() {
    let world = World::start("invalidate-bus").await;
    world.change("a", "/a");
    world.run().await.unwrap();
    world.aws.seen().bus_fails = true;
    let first = "UPDATE cache_purges SET due_at = now() WHERE invalidation IS NOT NULL";
    world.sql(first);
    assert!(world.run().await.is_err());
    let state = "SELECT failures, completed_at IS NULL, done_at IS NULL, due_at > now() \
         FROM cache_purges WHERE invalidation IS NOT NULL";
    assert_eq!(world.sql(state), ["1|f|t|t"]);
    world.aws.seen().bus_fails = false;
    world.sql(first);
    assert_eq!(world.run().await.unwrap().purges, 1);
    let seen = world.aws.seen();
    assert_eq!((seen.creations, seen.warmings.len()), (1, 1));
}

#[tokio::test]
async fn refusals_are_tried_again_given_up_or_waited_out() {
    let world = World::start("invalidate-refused").await;
    let purge = "SELECT failures, done_at IS NULL FROM cache_purges ORDER BY id LIMIT 1";
    world.change("a", "/a");
    // Others' invalidations are under way: no failure of ours.
    world.aws.seen().refuses = Some("TooManyInvalidationsInProgress");
    world.run().await.unwrap();
    assert_eq!(world.sql(purge), ["1|t"]);
    // Meanwhile the edge shows what it had: the alarm goes by this.
    world.sql("UPDATE cache_purges SET changed_at = now() - interval '10 minutes'");
    assert!(world.run().await.unwrap().lag_ms >= 600_000);
    world.pass_time();
    world.aws.seen().refuses = Some("AccessDenied");
    assert!(world.run().await.is_err());
    assert_eq!(world.sql(purge), ["2|t"]);
    world.pass_time();
    world.aws.seen().refuses = Some("InvalidArgument");
    assert!(world.run().await.is_err());
    assert_eq!(world.sql(purge), ["2|f"]);
}

#[tokio::test]
async fn an_invalidation_that_cloudfront_does_not_know_is_made_anew() {
    let world = World::start("invalidate-unknown").await;
    world.change("a", "/a");
    world.run().await.unwrap();
    world.sql("UPDATE cache_purges SET invalidation = 'I99', due_at = now() WHERE invalidation IS NOT NULL");
    world.run().await.unwrap();
    assert_eq!(world.aws.seen().creations, 2);
    assert_eq!(
        world.sql("SELECT invalidation FROM cache_purges ORDER BY id LIMIT 1"),
        ["I0"]
    );
}

#[tokio::test]
async fn where_no_api_can_be_reached_only_redis_is_told() {
    let world = World::start("invalidate-alone").await;
    let (url, redis) = (world.services.postgres_url(), world.services.redis_url());
    let mut vars = BTreeMap::from([
        ("DATABASE_URL", url.as_str()),
        ("CACHE_URL", redis.as_str()),
    ]);
    let alone = Arc::new(of_vars(&vars, &world.aws, Duration::ZERO));
    world.change("a", "/a");
    let outcome = run(&alone).await.unwrap();
    assert_eq!((outcome.events, outcome.is_more), (1, false));
    // With a bus alone, the warmer hears of it when pages are new.
    vars.insert("EVENT_BUS", "default");
    let with_bus = Arc::new(of_vars(&vars, &world.aws, Duration::ZERO));
    world.change("b", "/b");
    assert_eq!(run(&with_bus).await.unwrap().purges, 0);
    world.pass_time();
    assert_eq!(run(&with_bus).await.unwrap().purges, 1);
    let seen = world.aws.seen();
    assert_eq!((seen.creations, seen.warmings.len()), (0, 1));
}
