//! The outbox: what was committed is forgotten by every cache, once, whatever happens.

use std::thread;

use local::Stack;
use serde_json::Value;

use super::edge_log::EdgeLog;
use super::health::SaidHealth;
use super::{LONG, all_forgotten, unique, wait_on};
use crate::harness::{aws, fragile_stack, get_from, wait_for, wait_up_to};

fn invalidate(stack: &Stack) -> Value {
    stack.invoke("cache-invalidate", "{}").unwrap()
}

/// Notes a change as the site does, and tells nobody.
fn note(stack: &Stack, tag: &str, path: &str) {
    let row = format!("INSERT INTO cache_events (tag, paths) VALUES ('{tag}', ARRAY['{path}'])");
    stack.sql(&row).unwrap();
}

fn is_taken(stack: &Stack, tag: &str) -> bool {
    let query = format!(
        "SELECT count(*) FROM cache_events WHERE tag = '{tag}' AND invalidated_at IS NOT NULL"
    );
    stack.sql(&query).unwrap() == ["1"]
}

/// Purges of a path that are done, and those that are not.
fn purges(stack: &Stack, path: &str) -> (usize, usize) {
    let count = |condition: &str| {
        let query =
            format!("SELECT id FROM cache_purges WHERE '{path}' = ANY (paths) AND {condition}");
        stack.sql(&query).unwrap().len()
    };
    (count("done_at IS NOT NULL"), count("done_at IS NULL"))
}

/// How often CloudFront was told to forget a path.
async fn invalidations(stack: &Stack, path: &str) -> usize {
    let client = aws_sdk_cloudfront::Client::new(&aws(stack));
    let distribution = stack.output("DistributionId").unwrap();
    let list = client.list_invalidations().distribution_id(distribution);
    let answer = list.max_items(1000).send().await.unwrap();
    let mut told = 0;
    for summary in answer.invalidation_list().unwrap().items() {
        let request = client.get_invalidation().distribution_id(distribution);
        let answer = request.id(summary.id()).send().await.unwrap();
        let batch = answer.invalidation().unwrap().invalidation_batch().unwrap();
        let mut paths = batch.paths().unwrap().items().iter();
        told += usize::from(paths.any(|told| told == path));
    }
    told
}

#[test]
fn what_nobody_announced_is_forgotten_and_warmed_twice_and_no_more() {
    let stack = fragile_stack();
    let _health = SaidHealth::good(&stack);
    let name = unique("plain");
    let path = format!("/blog?outbox={name}");
    wait_for("the edge to have the page", || {
        let answer = get_from(&stack, &path, &[]);
        (answer.header("x-cache") == "Hit from cloudfront").then_some(())
    });
    let log = EdgeLog::from_now(&stack);
    note(&stack, &name, &path);
    invalidate(&stack);
    wait_for("the row to be taken", || {
        is_taken(&stack, &name).then_some(())
    });
    all_forgotten(&stack);
    // One pass at once, one after what the proxies may have kept.
    assert_eq!(purges(&stack, &path), (2, 0));
    assert_eq!(wait_on(invalidations(&stack, &path)), 2);
    wait_for("the warmer to ask for the page", || {
        let requests = log.requests();
        let mut of_page = requests.iter().filter(|request| request.path == path);
        let first = of_page.next()?;
        assert!(first.is_warmers && !first.is_hit, "the edge had forgotten");
        Some(())
    });

    let again = [invalidate(&stack), invalidate(&stack)];
    assert!(
        again.iter().all(|answer| answer["events"] == 0),
        "{again:?}"
    );
    assert_eq!(purges(&stack, &path), (2, 0));
    assert_eq!(wait_on(invalidations(&stack, &path)), 2);
}

#[test]
fn who_commits_later_than_younger_changes_is_not_overtaken() {
    let stack = fragile_stack();
    let _health = SaidHealth::good(&stack);
    all_forgotten(&stack);
    let name = unique("order");
    let tag = |which: &str| format!("{which}-{name}");
    let path = |which: &str| format!("/blog?{which}={name}");
    // One transaction, open until a row says that it may end.
    let old = format!(
        "INSERT INTO cache_events (tag, paths) VALUES ('{}', ARRAY['{}']); \
         DO $$ BEGIN FOR i IN 1..3000 LOOP \
         EXIT WHEN EXISTS (SELECT FROM cache_events WHERE tag = '{}'); \
         PERFORM pg_sleep(0.02); END LOOP; END $$",
        tag("old"),
        path("old"),
        tag("end"),
    );
    thread::scope(|scope| {
        let slow = scope.spawn(|| stack.sql(&old).unwrap());
        let running = format!(
            "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND state = 'active' \
             AND backend_xid IS NOT NULL AND query LIKE '%{name}%'"
        );
        wait_for("the slow change", || {
            (!stack.sql(&running).unwrap().is_empty()).then_some(())
        });
        note(&stack, &tag("young"), &path("young"));
        let outcome = invalidate(&stack);
        assert_eq!(outcome["is_more"], true, "{outcome}");
        assert!(!is_taken(&stack, &tag("young")) && !is_taken(&stack, &tag("old")));
        let end = format!("INSERT INTO cache_events (tag) VALUES ('{}')", tag("end"));
        stack.sql(&end).unwrap();
        slow.join().unwrap();
    });
    all_forgotten(&stack);
    for which in ["old", "young"] {
        assert!(is_taken(&stack, &tag(which)), "{which}");
        assert_eq!(purges(&stack, &path(which)), (2, 0), "{which}");
    }
}

#[test]
fn nothing_is_lost_while_redis_is_away() {
    let stack = fragile_stack();
    let _health = SaidHealth::good(&stack);
    all_forgotten(&stack);
    let name = unique("redis");
    let path = format!("/blog?outbox={name}");
    stack.stop_redis().unwrap();
    note(&stack, &name, &path);
    let failed = invalidate(&stack);
    let is_kept = !is_taken(&stack, &name);
    stack.start_redis().unwrap();
    assert!(failed["errorType"].is_string(), "{failed}");
    assert!(is_kept && purges(&stack, &path) == (0, 0));
    wait_up_to(LONG, "the row to be taken", || {
        invalidate(&stack);
        is_taken(&stack, &name).then_some(())
    });
    all_forgotten(&stack);
    assert_eq!(purges(&stack, &path), (2, 0));
}
