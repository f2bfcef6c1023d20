//! Workers that die in the middle of a run.

use std::collections::BTreeSet;

use aws_sdk_sqs::types::QueueAttributeName;
use local::Stack;

use super::edge_log::EdgeLog;
use super::health::SaidHealth;
use super::{LONG, report, unique, wait_on, warm_requested};
use crate::harness::{aws, fragile_stack, wait_up_to};

/// Pages of the run: twenty chunks.
const PAGES: usize = 2_000;
/// How often all workers are killed, each time after so many more pages.
const KILLS: usize = 4;
const BETWEEN: usize = 200;

/// Says after how many seconds the queue of the lane p1 delivers again what a dead worker had:
/// the twelve minutes of the template are too long to wait.
fn deliver_again_after(stack: &Stack, seconds: u32) {
    let request = aws_sdk_sqs::Client::new(&aws(stack))
        .set_queue_attributes()
        .queue_url(stack.output("WarmP1QueueUrl").unwrap())
        .attributes(QueueAttributeName::VisibilityTimeout, seconds.to_string());
    wait_on(request.send()).unwrap();
}

#[test]
fn each_page_is_reported_once_however_many_workers_die() {
    let stack = fragile_stack();
    let _health = SaidHealth::good(&stack);
    deliver_again_after(&stack, 5);
    let name = unique("killed");
    let path = |number| format!("/pages/about?{name}={number}");
    let paths: Vec<String> = (0..PAGES).map(path).collect();
    let log = EdgeLog::from_now(&stack);
    let is_ours = |path: &String| path.contains(&name);
    let warmed = || -> BTreeSet<String> { log.warmed().into_iter().filter(is_ours).collect() };
    let event = warm_requested(&name, "list", &paths);
    let begun = stack.invoke("warm-plan", &event).unwrap();
    assert_eq!(begun["planned"], 1, "{begun}");

    let mut killed = 0;
    for kill in 1..=KILLS {
        wait_up_to(LONG, "the run to get on", || {
            (warmed().len() >= kill * BETWEEN).then_some(())
        });
        assert!(
            warmed().len() < PAGES,
            "the run was over before workers died"
        );
        killed += stack.kill_function_workers("warm-pages").unwrap();
    }
    assert!(killed >= KILLS, "{killed} workers were killed");

    let report = report(&stack, &format!("shop-list-{name}")).unwrap();
    deliver_again_after(&stack, 720);
    assert_eq!(report["requested"], PAGES, "{report}");
    assert_eq!(report["done"], PAGES, "{report}");
    assert_eq!(report["failed"], 0, "{report}");
    assert_eq!(
        (report["chunks"].as_u64(), report["chunks_done"].as_u64()),
        (Some(20), Some(20))
    );
    assert_eq!(warmed().len(), PAGES);
}
