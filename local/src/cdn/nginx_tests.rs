//! The edge as a real nginx, in front of an origin that counts.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::distribution::{CachePolicy, Selection};
use super::{Behaviour, EdgeCache, launch};
use crate::machine;
use crate::ports::Ports;

/// Answers everything with how often it was asked, until the process ends.
fn origin(port: u16) -> Arc<AtomicUsize> {
    let asked = Arc::<AtomicUsize>::default();
    let count = Arc::clone(&asked);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut head = [0; 4096];
            if stream.read(&mut head).unwrap_or(0) == 0 {
                continue;
            }
            let body = count.fetch_add(1, Ordering::SeqCst).to_string();
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncache-control: s-maxage=600\r\nconnection: close\r\n\
                 content-length: {length}\r\n\r\n{body}"
            );
            // Whoever has left needs none.
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    asked
}

fn pages() -> Behaviour {
    Behaviour {
        pattern: None,
        compress: true,
        has_function: false,
        server_timing: true,
        cache: CachePolicy {
            default_ttl: 0,
            max_ttl: 86_400,
            query: Selection::AllExcept(vec!["utm_source".to_owned()]),
            ..CachePolicy::default()
        },
    }
}

#[test]
fn what_was_invalidated_is_fetched_anew_and_nothing_else() {
    let state: PathBuf = machine::target_dir().join("tmp/cdn-invalidation");
    fs::create_dir_all(&state).unwrap();
    let ports = Ports::Free.plan().unwrap();
    let asked = origin(ports.emulator);
    // The page about this machine, by which it is seen that nginx answers.
    origin(ports.home);
    let _nginx = launch(&ports, "d1.test", &[pages()], &state, &state).unwrap();
    let edge = EdgeCache::new(&state);
    let get = |path: &str| -> (String, String) {
        let url = format!("http://127.0.0.1:{}{path}", ports.site);
        let mut answer = ureq::get(&url).call().unwrap();
        let cache = answer.headers()["x-cache"].to_str().unwrap().to_owned();
        (answer.body_mut().read_to_string().unwrap(), cache)
    };
    let forget = |path: &str| edge.invalidate(&[path.to_owned()]).unwrap();
    let hit = "Hit from cloudfront".to_owned();
    let miss = "Miss from cloudfront".to_owned();

    assert_eq!(get("/blog/a"), ("0".to_owned(), miss.clone()));
    assert_eq!(get("/blog/b"), ("1".to_owned(), miss.clone()));
    assert_eq!(get("/blog/a?utm_source=x"), ("0".to_owned(), hit.clone()));
    assert_eq!(forget("/blog/a"), 1);
    assert_eq!(get("/blog/a"), ("2".to_owned(), miss.clone()));
    assert_eq!(get("/blog/a"), ("2".to_owned(), hit.clone()));
    assert_eq!(get("/blog/b"), ("1".to_owned(), hit));
    assert_eq!(forget("/blog/*"), 2);
    assert_eq!(get("/blog/b"), ("3".to_owned(), miss));
    assert_eq!(asked.load(Ordering::SeqCst), 4);
}
