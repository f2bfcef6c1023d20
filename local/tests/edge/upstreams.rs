//! Web servers that hang or have too much to do.

use std::thread;
use std::time::{Duration, Instant};

use local::Limits;

use crate::client::{get, post};
use crate::harness::{Tier, wait_for};
use crate::web_server::WebServer;

#[test]
fn web_server_that_hangs_costs_seconds_and_not_the_answer() {
    let first = WebServer::start("first");
    let second = WebServer::start("second");
    let upstreams = vec![first.address(), second.address()];
    let tier = Tier::start("hang", upstreams, Limits::Raised);
    let port = tier.http_port;
    let start = Instant::now();
    let (page, form, other) = thread::scope(|scope| {
        let page = scope.spawn(|| get(port, "/blog?hang&wish-sleep-ms=60000", &[]));
        let form = scope.spawn(|| post(port, "/cart?wish-sleep-ms=60000", &[], "product=1"));
        wait_for("both requests", || {
            (first.total() + second.total() == 2).then_some(())
        });
        let other = get(port, "/blog?others", &[]);
        (page.join().unwrap(), form.join().unwrap(), other)
    });
    assert_eq!((page.status, form.status, other.status), (504, 504, 200));
    assert!(
        page.body.contains("not available right now"),
        "{}",
        page.body
    );
    assert!(
        start.elapsed() < Duration::from_secs(14),
        "{:?}",
        start.elapsed()
    );
    // For a page both were asked, four seconds each. A form is sent once: nobody knows
    // whether it had an effect.
    let asked = |target: &str| first.count(target) + second.count(target);
    assert_eq!(asked("/blog?hang&wish-sleep-ms=60000"), 2);
    assert_eq!(asked("/cart?wish-sleep-ms=60000"), 1);
}

#[test]
fn answer_of_a_web_server_with_too_much_to_do_is_passed_on() {
    let first = WebServer::start("first");
    let second = WebServer::start("second");
    let upstreams = vec![first.address(), second.address()];
    let tier = Tier::start("busy", upstreams, Limits::Raised);
    for number in 0..30 {
        let target = format!("/search?busy={number}&wish-status=503&wish-header=retry-after:5");
        let answer = get(tier.http_port, &target, &[]);
        assert_eq!((answer.status, answer.header("retry-after")), (503, "5"));
    }
    assert_eq!(first.total() + second.total(), 30);
    // Pages that need less are not shut out by it.
    assert_eq!(get(tier.http_port, "/blog?busy", &[]).status, 200);
}
