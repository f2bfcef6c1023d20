//! How much one client address may ask for.

use std::sync::OnceLock;
use std::thread;

use local::Limits;

use crate::client::{Answer, get, post};
use crate::harness::Tier;
use crate::web_server::WebServer;

/// A proxy with the limits of the instances.
fn strict() -> &'static (Tier, WebServer) {
    static STRICT: OnceLock<(Tier, WebServer)> = OnceLock::new();
    STRICT.get_or_init(|| {
        let web = WebServer::start("web");
        let tier = Tier::start("strict", vec![web.address()], Limits::AsDeployed);
        (tier, web)
    })
}

fn page(client: &str, number: usize) -> Answer {
    let (tier, _) = strict();
    let target = format!("/blog?limits={number}");
    get(tier.http_port, &target, &[("x-forwarded-for", client)])
}

fn sign_in(client: &str) -> Answer {
    let (tier, _) = strict();
    let from = [("x-forwarded-for", client)];
    post(tier.http_port, "/editor/sign-in", &from, "password=guess")
}

fn refused(answers: &[Answer]) -> usize {
    answers.iter().filter(|answer| answer.status == 429).count()
}

#[test]
fn too_many_requests_are_told_to_wait() {
    let ask = |client: &'static str, count: usize| -> Vec<Answer> {
        thread::scope(|scope| {
            let askers: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(move || (0..count).map(|n| page(client, n)).collect::<Vec<_>>())
                })
                .collect();
            askers
                .into_iter()
                .flat_map(|asker| asker.join().unwrap())
                .collect()
        })
    };
    let answers = ask("198.51.100.10", 150);
    assert!(
        refused(&answers) > 0,
        "600 requests at once were all answered"
    );
    assert!(
        refused(&answers) < 500,
        "fewer than the burst were answered"
    );
    let answer = answers.iter().find(|answer| answer.status == 429).unwrap();
    assert_eq!(answer.header("retry-after"), "1");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(answer.body.contains("Too many requests"), "{}", answer.body);
    let line = strict().0.log_line(answer.header("x-request-id"));
    assert_eq!(
        (line["status"].as_u64(), line["limit"].as_str()),
        (Some(429), Some("REJECTED"))
    );
    // Somebody else is not bothered.
    assert_eq!(page("198.51.100.11", 0).status, 200);
}

#[test]
fn sign_ins_are_few() {
    let answers: Vec<Answer> = (0..12).map(|_| sign_in("198.51.100.20")).collect();
    assert_eq!(
        answers[..5]
            .iter()
            .filter(|answer| answer.status == 200)
            .count(),
        5
    );
    assert!(
        refused(&answers) >= 3,
        "{} of 12 refused",
        refused(&answers)
    );
    assert_eq!(sign_in("198.51.100.21").status, 200);
}

#[test]
fn address_that_a_client_invents_changes_nothing() {
    let answers: Vec<Answer> = (0..12)
        .map(|number| sign_in(&format!("203.0.113.{number}, 198.51.100.30")))
        .collect();
    assert!(
        refused(&answers) >= 3,
        "{} of 12 refused",
        refused(&answers)
    );
}

#[test]
fn addresses_of_one_ipv6_network_count_as_one() {
    let answers: Vec<Answer> = (1..13)
        .map(|number| sign_in(&format!("2001:db8:1:2:{number:x}:{number:x}:{number:x}:1")))
        .collect();
    assert!(
        refused(&answers) >= 3,
        "{} of 12 refused",
        refused(&answers)
    );
    assert_eq!(sign_in("2001:db8:1:3:1:1:1:1").status, 200);
}

#[test]
fn posts_are_fewer_than_pages() {
    let (tier, _) = strict();
    let from = [("x-forwarded-for", "198.51.100.40")];
    let answers: Vec<Answer> = (0..40)
        .map(|_| post(tier.http_port, "/cart", &from, "product=1"))
        .collect();
    assert!(refused(&answers) > 0);
    assert!(answers[..10].iter().all(|answer| answer.status == 200));
    assert_eq!(page("198.51.100.40", 0).status, 200);
}

#[test]
fn one_address_has_fifty_requests_at_a_time() {
    let (tier, _) = strict();
    let answers: Vec<Answer> = thread::scope(|scope| {
        let askers: Vec<_> = (0..70)
            .map(|number| {
                scope.spawn(move || {
                    let target = format!("/blog?at-a-time={number}&wish-sleep-ms=2500");
                    get(
                        tier.http_port,
                        &target,
                        &[("x-forwarded-for", "198.51.100.50")],
                    )
                })
            })
            .collect();
        askers
            .into_iter()
            .map(|asker| asker.join().unwrap())
            .collect()
    });
    assert!(
        refused(&answers) >= 1,
        "seventy at a time were all answered"
    );
    assert!(
        refused(&answers) <= 20,
        "fewer than fifty at a time were answered"
    );
}

#[test]
fn health_checks_have_no_limit() {
    let (tier, _) = strict();
    for _ in 0..300 {
        assert_eq!(get(tier.http_port, "/healthz", &[]).status, 200);
    }
}
