//! What the proxy keeps, for whom, and for how long.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use local::Limits;

use crate::client::{get, post};
use crate::harness::{Tier, shared, wait_for};
use crate::web_server::WebServer;

/// As the site's pages say.
pub(crate) const PUBLIC: &str =
    "public,max-age=0,s-maxage=60,stale-while-revalidate=600,stale-if-error=86400";

/// A page of its own for each test, with a `Cache-Control`.
pub(crate) fn page(name: &str, cache_control: &str) -> String {
    format!("/products?page={name}&wish-cache-control={cache_control}")
}

#[test]
fn second_request_for_a_page_is_answered_from_the_cache() {
    let (tier, web) = shared();
    let target = page("hit", PUBLIC);
    let first = get(tier.http_port, &target, &[]);
    let second = get(tier.http_port, &target, &[]);
    assert_eq!((first.status, first.cache()), (200, "MISS"));
    assert_eq!((second.status, second.cache()), (200, "HIT"));
    assert_eq!(web.count(&target), 1);
    assert_eq!(first.body, second.body);
    // CloudFront gets the web server's word, not what this tier made of it.
    assert_eq!(second.header("cache-control"), PUBLIC);

    let timing = first.headers("server-timing");
    assert_eq!(timing[0], "app;dur=3.1");
    assert!(timing[1].starts_with("proxy;desc=MISS;dur="), "{timing:?}");
    assert_eq!(second.headers("server-timing"), ["proxy;desc=HIT"]);
    let ids = [first.header("x-request-id"), second.header("x-request-id")];
    assert!(
        ids[0].len() == 32 && ids[1].len() == 32 && ids[0] != ids[1],
        "{ids:?}"
    );
    assert_eq!(second.headers("x-request-id").len(), 1);
}

#[test]
fn what_says_nothing_or_forbids_it_is_not_kept() {
    let (tier, web) = shared();
    for control in [
        "",
        "no-store",
        "private,max-age=60",
        "no-cache",
        "public,s-maxage=60,private",
        "max-age=60,s-maxage=0",
        "public,max-age=0",
    ] {
        let target = page("forbidden", control);
        for _ in 0..2 {
            assert_eq!(
                get(tier.http_port, &target, &[]).cache(),
                "MISS",
                "{control}"
            );
        }
        assert_eq!(web.count(&target), 2, "{control}");
    }
}

#[test]
fn shared_lifetimes_are_kept() {
    let (tier, _) = shared();
    for control in [
        "max-age=60",
        "public,max-age=31536000,immutable",
        "s-maxage=5",
    ] {
        let target = page("kept", control);
        get(tier.http_port, &target, &[]);
        assert_eq!(
            get(tier.http_port, &target, &[]).cache(),
            "HIT",
            "{control}"
        );
    }
}

#[test]
fn requests_with_a_session_neither_read_nor_fill_the_cache() {
    let (tier, web) = shared();
    let sessions = [
        ("cookie", "editor_session=v1.a.b"),
        ("cookie", "_ga=1; editor_session=v1.a.b"),
        ("authorization", "Basic eDp5"),
    ];
    for (number, header) in sessions.into_iter().enumerate() {
        let target = page(&format!("session-{number}"), PUBLIC);
        let private = get(tier.http_port, &target, &[header]);
        assert_eq!(private.cache(), "BYPASS");
        assert_eq!(private.asked()["headers"][header.0], header.1);
        // Not filled, then filled by somebody else, and not read.
        assert_eq!(get(tier.http_port, &target, &[]).cache(), "MISS");
        assert_eq!(get(tier.http_port, &target, &[header]).cache(), "BYPASS");
        assert_eq!(get(tier.http_port, &target, &[]).cache(), "HIT");
        assert_eq!(web.count(&target), 3);
    }
}

#[test]
fn editor_is_never_kept() {
    let (tier, web) = shared();
    for path in ["/editor", "/editor/articles", "/%65ditor/x", "//editor/y"] {
        let target = format!("{path}?wish-cache-control={PUBLIC}");
        for _ in 0..2 {
            assert_eq!(
                get(tier.http_port, &target, &[]).cache(),
                "BYPASS",
                "{path}"
            );
        }
        assert_eq!(web.count(&target), 2);
    }
    // Another page, whose name begins the same.
    let target = format!("/editorial?wish-cache-control={PUBLIC}");
    get(tier.http_port, &target, &[]);
    assert_eq!(get(tier.http_port, &target, &[]).cache(), "HIT");
}

#[test]
fn answers_that_set_cookies_and_posts_are_not_kept() {
    let (tier, web) = shared();
    let target = format!("{}&wish-set-cookie=a%3D1", page("cookie", PUBLIC));
    for _ in 0..2 {
        let answer = get(tier.http_port, &target, &[]);
        assert_eq!(
            (answer.cache(), answer.header("set-cookie")),
            ("MISS", "a=1")
        );
    }
    assert_eq!(web.count(&target), 2);
    let target = page("post", PUBLIC);
    for _ in 0..2 {
        assert_eq!(post(tier.http_port, &target, &[], "a=1").cache(), "");
    }
    assert_eq!(get(tier.http_port, &target, &[]).cache(), "MISS");
}

#[test]
fn errors_are_kept_only_where_they_say_so() {
    let (tier, web) = shared();
    for (status, control, fetches) in [
        ("404", "", 2),
        ("404", PUBLIC, 1),
        ("410", PUBLIC, 1),
        ("400", PUBLIC, 2),
        ("403", PUBLIC, 2),
        ("500", PUBLIC, 2),
        ("503", PUBLIC, 2),
    ] {
        let target = format!("{}&wish-status={status}", page("error", control));
        for _ in 0..2 {
            let answer = get(tier.http_port, &target, &[]);
            assert_eq!(answer.status.to_string(), status);
            // The web server's own answer, not a page of the proxy.
            assert_eq!(answer.asked()["target"], target.as_str());
        }
        assert_eq!(web.count(&target), fetches, "{status} {control}");
    }
    let attack = "/search?q=%3Cscript%3Ealert(1)%3C/script%3E";
    for _ in 0..2 {
        let answer = get(tier.http_port, attack, &[]);
        assert_eq!(answer.status, 403);
        assert_eq!(answer.header("cache-control"), "no-store");
        let line = tier.log_line(answer.header("x-request-id"));
        assert_eq!(
            (line["cache"].as_str(), line["waf"].as_str()),
            (Some("MISS"), Some("blocked"))
        );
    }
}

#[test]
fn fifty_visitors_of_a_new_page_ask_once() {
    let (tier, web) = shared();
    let target = format!("{}&wish-sleep-ms=300", page("lock", PUBLIC));
    let good = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..50 {
            scope.spawn(|| {
                let answer = get(tier.http_port, &target, &[]);
                good.fetch_add(usize::from(answer.status == 200), Ordering::Relaxed);
            });
        }
    });
    assert_eq!(good.into_inner(), 50);
    assert_eq!(web.count(&target), 1);
}

#[test]
fn old_page_is_served_at_once_while_a_new_one_is_fetched() {
    let (tier, web) = shared();
    let target = page("updating", "s-maxage=1,stale-while-revalidate=60");
    get(tier.http_port, &target, &[]);
    thread::sleep(Duration::from_millis(2100));
    assert_eq!(get(tier.http_port, &target, &[]).cache(), "STALE");
    wait_for("the new page", || (web.count(&target) == 2).then_some(()));
    let fresh = wait_for("a hit", || {
        let answer = get(tier.http_port, &target, &[]);
        (answer.cache() == "HIT").then_some(answer)
    });
    assert_eq!(fresh.asked()["number"], 2);
}

#[test]
fn no_page_is_older_than_ten_seconds_while_web_servers_work() {
    let (tier, _) = shared();
    let quiet = page("age", PUBLIC);
    let lively = page("age-lively", PUBLIC);
    get(tier.http_port, &quiet, &[]);
    get(tier.http_port, &lively, &[]);
    let start = Instant::now();
    let mut numbers = Vec::new();
    while start.elapsed() < Duration::from_millis(10_500) {
        thread::sleep(Duration::from_millis(500));
        numbers.push(
            get(tier.http_port, &lively, &[]).asked()["number"]
                .as_u64()
                .unwrap(),
        );
    }
    let answer = get(tier.http_port, &quiet, &[]);
    assert_eq!(
        (answer.cache(), answer.asked()["number"].as_u64()),
        ("EXPIRED", Some(2))
    );
    // Asked for all the time: new about every two seconds, never by a visitor who waited.
    assert!(numbers.last() >= Some(&3), "{numbers:?}");
}

#[test]
fn kept_pages_outlive_all_web_servers() {
    let web = WebServer::start("web");
    let port = web.port();
    let tier = Tier::start("outlive", vec![web.address()], Limits::Raised);
    let target = page("stale", "s-maxage=1");
    assert_eq!(get(tier.http_port, &target, &[]).status, 200);
    drop(web);
    thread::sleep(Duration::from_millis(2100));
    for _ in 0..3 {
        let answer = get(tier.http_port, &target, &[]);
        assert_eq!((answer.status, answer.cache()), (200, "STALE"));
    }
    let unseen = get(tier.http_port, &page("unseen", PUBLIC), &[]);
    assert_eq!(unseen.status, 502);
    assert!(
        unseen.body.contains("not available right now"),
        "{}",
        unseen.body
    );
    assert!(
        unseen.body.contains(unseen.header("x-request-id")),
        "{}",
        unseen.body
    );
    assert!(!unseen.body.contains("nginx"), "{}", unseen.body);
    assert_eq!(get(tier.http_port, "/readyz", &[]).status, 502);

    let _web = WebServer::start_at("web", port);
    wait_for("a page of the web server that is back", || {
        (get(tier.http_port, &target, &[]).status == 200).then_some(())
    });
    assert_eq!(get(tier.http_port, "/readyz", &[]).status, 200);
}
