//! What ModSecurity and nginx let through, and what they refuse.

use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use url::form_urlencoded::byte_serialize;

use crate::client::post;
use crate::harness::shared;
use crate::requests::{Listed, list};

/// Sends every request and returns what `is_wrong` says about the answers' status.
fn wrong(requests: &[Listed], is_wrong: impl Fn(u16) -> bool + Sync) -> Vec<String> {
    let (tier, _) = shared();
    let found = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for share in requests.chunks(requests.len().div_ceil(4)) {
            let (found, is_wrong) = (&found, &is_wrong);
            scope.spawn(move || {
                for request in share {
                    let said = match request.send(tier.http_port) {
                        Ok(answer) if !is_wrong(answer.status) => continue,
                        Ok(answer) => format!(
                            "{}: {} {}",
                            request.name,
                            answer.status,
                            answer.header("x-request-id")
                        ),
                        Err(error) => format!("{}: {error}", request.name),
                    };
                    found.lock().unwrap().push(said);
                }
            });
        }
    });
    found.into_inner().unwrap()
}

#[test]
fn legitimate_requests_reach_a_web_server() {
    let requests = list(include_str!("legitimate.tsv"));
    assert!(requests.len() >= 200, "{}", requests.len());
    let blocked = wrong(&requests, |status| status != 200);
    assert!(
        blocked.is_empty(),
        "{} of {}:\n{}",
        blocked.len(),
        requests.len(),
        blocked.join("\n")
    );
}

#[test]
fn attacks_are_refused() {
    let requests = list(include_str!("attacks.tsv"));
    assert!(requests.len() >= 60, "{}", requests.len());
    let let_through = wrong(&requests, |status| {
        !matches!(status, 400 | 403 | 405 | 413 | 414 | 431 | 501 | 505)
    });
    assert!(
        let_through.is_empty(),
        "{} of {}:\n{}",
        let_through.len(),
        requests.len(),
        let_through.join("\n")
    );
}

/// Texts that regular expressions of the Core Rule Set once took seconds for, each as long
/// as a field may be.
#[test]
fn no_text_keeps_the_firewall_busy() {
    let (tier, _) = shared();
    let units = [
        "<", "< ", "</", "<!", "<%", "{", "{{", "$(", "${", "#{", "(", "'", "\"", "` ", "; ", "& ",
        "a=", "../", " on", "or 1", "union ", "\n",
    ];
    for unit in units {
        for start in ["", "<", "{", "&", "'"] {
            let text: String = start
                .chars()
                .chain(unit.chars().cycle())
                .take(4000)
                .collect();
            let encoded: String = byte_serialize(text.as_bytes()).collect();
            let begin = Instant::now();
            let answer = post(tier.http_port, "/cart", &[], &format!("note={encoded}"));
            // A few milliseconds on an idle machine.
            assert!(
                begin.elapsed() < Duration::from_secs(2),
                "{unit:?}: {:?}",
                begin.elapsed()
            );
            assert!(
                matches!(answer.status, 200 | 403),
                "{unit:?}: {}",
                answer.status
            );
        }
    }
}
