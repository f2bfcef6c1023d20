//! The instance metadata service, version 2:
//! <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html>.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

const TOKEN: &str = "a-token";

#[derive(Default)]
struct State {
    values: Mutex<HashMap<String, String>>,
    asked: AtomicUsize,
}

/// It answers until the test's process ends.
pub(crate) struct Metadata {
    state: Arc<State>,
    port: u16,
}

impl Metadata {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State::default());
        let answering = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                answer(&answering, stream);
            }
        });
        Self { state, port }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn set(&self, name: &str, value: &str) {
        let mut values = self.state.values.lock().unwrap();
        values.insert(name.to_owned(), value.to_owned());
    }

    /// How many requests it got.
    pub(crate) fn asked(&self) -> usize {
        self.state.asked.load(Ordering::Relaxed)
    }
}

fn answer(state: &State, mut stream: TcpStream) {
    let lines: Vec<String> = BufReader::new(&stream)
        .lines()
        .map_while(Result::ok)
        .take_while(|line| !line.is_empty())
        .collect();
    state.asked.fetch_add(1, Ordering::Relaxed);
    let mut words = lines.first().map_or("", String::as_str).split(' ');
    let (method, path) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    let token = format!("x-aws-ec2-metadata-token: {TOKEN}");
    let has_token = lines.iter().any(|line| line.eq_ignore_ascii_case(&token));
    let name = path.strip_prefix("/latest/meta-data/");
    let (status, body) = match (method, name) {
        ("PUT", None) if path == "/latest/api/token" => ("200 OK", TOKEN.to_owned()),
        ("GET", Some(_)) if !has_token => ("401 Unauthorized", String::new()),
        ("GET", Some(name)) => match state.values.lock().unwrap().get(name) {
            Some(value) => ("200 OK", value.clone()),
            None => ("404 Not Found", String::new()),
        },
        _ => ("400 Bad Request", String::new()),
    };
    let text = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    // Who left needs no answer.
    let _ = stream.write_all(text.as_bytes());
}
