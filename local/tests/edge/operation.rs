//! Reloads, dying web servers, and an end without errors, under load.

use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use local::Limits;

use crate::client::{get, raw, request_bytes};
use crate::harness::{NGINX, Tier, wait_for};
use crate::web_server::WebServer;

/// Asks for pages that no cache has until `done`, and says how many were asked for and
/// which were not answered with 200.
fn load(port: u16, name: &str, done: &AtomicBool) -> (usize, Vec<String>) {
    let number = AtomicUsize::new(0);
    let ask = || {
        let mut bad = Vec::new();
        while !done.load(Ordering::Relaxed) {
            let number = number.fetch_add(1, Ordering::Relaxed);
            let target = format!("/blog?load={name}-{number}");
            match raw(port, &request_bytes("GET", &target, &[], b"")) {
                Ok(answer) if answer.status == 200 => {}
                Ok(answer) => bad.push(format!("{target}: {}", answer.status)),
                Err(error) => bad.push(format!("{target}: {error}")),
            }
        }
        bad
    };
    let bad = thread::scope(|scope| {
        let askers: Vec<_> = (0..3).map(|_| scope.spawn(ask)).collect();
        askers
            .into_iter()
            .flat_map(|asker| asker.join().unwrap())
            .collect()
    });
    (number.into_inner(), bad)
}

#[test]
fn reloads_and_dying_web_servers_are_not_noticed() {
    let first = WebServer::start("first");
    let second = WebServer::start("second");
    let both = vec![first.address(), second.address()];
    let first_port = first.port();
    let mut tier = Tier::start("operation", both.clone(), Limits::Raised);
    let done = AtomicBool::new(false);
    let port = tier.http_port;
    let (asked, bad) = thread::scope(|scope| {
        let asking = scope.spawn(|| load(port, "operation", &done));
        for _ in 0..3 {
            tier.proxy.reload().unwrap();
            thread::sleep(Duration::from_millis(400));
        }
        // Dies with requests in its hands, and comes back.
        drop(first);
        thread::sleep(Duration::from_millis(1500));
        let first = WebServer::start_at("first", first_port);
        thread::sleep(Duration::from_millis(1500));
        // Taken out of the list, and put in again.
        tier.proxy.set_upstreams(&both[1..]).unwrap();
        thread::sleep(Duration::from_millis(400));
        tier.proxy.set_upstreams(&both).unwrap();
        thread::sleep(Duration::from_millis(400));
        done.store(true, Ordering::Relaxed);
        assert!(first.total() > 0 && second.total() > 0);
        asking.join().unwrap()
    });
    assert!(asked > 100, "{asked} requests only");
    assert!(bad.is_empty(), "{} of {asked}: {bad:?}", bad.len());
}

#[test]
fn nginx_reloads_only_for_new_addresses() {
    let first = WebServer::start("first");
    let second = WebServer::start("second");
    let mut tier = Tier::start("discover", vec![first.address()], Limits::Raised);
    let workers = tier.workers();
    assert!(!workers.is_empty());
    tier.proxy.set_upstreams(&[first.address()]).unwrap();
    // The same address under another name, and a name that has none.
    tier.proxy
        .set_upstreams(&[format!("localhost:{}", first.port())])
        .unwrap();
    tier.proxy
        .set_upstreams(&["nowhere.invalid:80".to_owned()])
        .unwrap();
    thread::sleep(Duration::from_millis(300));
    let now = tier.workers();
    assert!(workers.iter().all(|worker| now.contains(worker)), "{now:?}");
    assert_eq!(
        get(tier.http_port, "/blog?1", &[]).asked()["server"],
        "first"
    );

    tier.proxy.set_upstreams(&[second.address()]).unwrap();
    wait_for("new workers", || {
        let now = tier.workers();
        (!now.is_empty() && now.iter().all(|worker| !workers.contains(worker))).then_some(())
    });
    assert_eq!(
        get(tier.http_port, "/blog?2", &[]).asked()["server"],
        "second"
    );
}

#[test]
fn request_in_flight_is_finished_before_the_end() {
    let web = WebServer::start("web");
    let tier = Tier::start("quit", vec![web.address()], Limits::Raised);
    let port = tier.http_port;
    let pid = tier.pid();
    let start = Instant::now();
    thread::scope(|scope| {
        let slow = scope.spawn(|| get(port, "/blog?slow&wish-sleep-ms=2500", &[]));
        wait_for("the request to arrive", || (web.total() == 1).then_some(()));
        let quit = Command::new(NGINX)
            .args(["-e", "stderr", "-s", "quit", "-c"])
            .arg(tier.proxy.configuration())
            .status()
            .unwrap();
        assert!(quit.success());
        wait_for("an end of new connections", || {
            raw(port, &request_bytes("GET", "/healthz", &[], b""))
                .is_err()
                .then_some(())
        });
        assert_eq!(slow.join().unwrap().status, 200);
    });
    assert!(start.elapsed() > Duration::from_secs(2));
    wait_for("nginx to end", || {
        let gone = std::fs::read(format!("/proc/{pid}/cmdline"))
            .unwrap_or_default()
            .is_empty();
        gone.then_some(())
    });
}
