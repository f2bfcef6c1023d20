//! Web servers that hang or have too much to do.

use std::time::{Duration, Instant};

use local::Limits;

use crate::client::{get, post};
use crate::harness::Tier;
use crate::web_server::WebServer;

#[test]
fn web_server_that_hangs_costs_seconds_and_not_the_answer() {
    let first = WebServer::start("first");
    let second = WebServer::start("second");
    let upstreams = vec![first.address(), second.address()];
    let tier = Tier::start("hang", upstreams, Limits::Raised);
    let start = Instant::now();
    let answer = get(tier.http_port, "/blog?hang&wish-sleep-ms=60000", &[]);
    let waited = start.elapsed();
    // Both were asked, four seconds each.
    assert_eq!(answer.status, 504);
    assert!(
        answer.body.contains("not available right now"),
        "{}",
        answer.body
    );
    assert!(waited < Duration::from_secs(14), "{waited:?}");
    assert_eq!(first.total() + second.total(), 2);
    // The others go on.
    assert_eq!(get(tier.http_port, "/blog?others", &[]).status, 200);
    // A form is sent once: nobody knows whether it had an effect.
    let before = first.total() + second.total();
    let answer = post(
        tier.http_port,
        "/cart?wish-sleep-ms=60000",
        &[],
        "product=1",
    );
    assert_eq!(answer.status, 504);
    assert_eq!(first.total() + second.total(), before + 1);
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
