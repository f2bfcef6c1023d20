//! A site that is not well is left alone.

use super::edge_log::EdgeLog;
use super::health::SaidHealth;
use super::{report, unique, warm_requested};
use crate::harness::{fragile_stack, wait_for};

#[test]
fn while_the_database_fails_no_page_is_asked_for() {
    let stack = fragile_stack();
    let health = SaidHealth::good(&stack);
    health.say("fail");
    let name = unique("brake");
    let path = |number| format!("/pages/about?{name}={number}");
    let paths: Vec<String> = (0..10).map(path).collect();
    let log = EdgeLog::from_now(&stack);
    let begun = stack.invoke("warm-plan", &warm_requested(&name, "list", &paths));
    assert_eq!(begun.unwrap()["planned"], 1);
    wait_for("a worker to hand the chunk back", || {
        let lines = stack.logs("warm-pages").unwrap();
        let mut of_run = lines.iter().filter(|line| line.contains(&name));
        of_run.find(|line| line.contains("Handed a chunk back") && line.contains("down"))?;
        Some(())
    });
    let asked = |path: &String| path.contains(&name);
    assert_eq!(log.warmed().iter().filter(|path| asked(path)).count(), 0);

    health.say("pass");
    let report = report(&stack, &format!("shop-list-{name}")).unwrap();
    assert_eq!(
        (report["done"].as_u64(), report["failed"].as_u64()),
        (Some(10), Some(0)),
        "{report}"
    );
    assert_eq!(log.warmed().iter().filter(|path| asked(path)).count(), 10);
}
