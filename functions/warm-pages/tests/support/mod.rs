//! A loopback server that answers what the warmer's functions ask of DynamoDB, SQS and S3, and
//! nothing else. The emulator does all of it; here single functions are tested without it.

#![allow(dead_code, reason = "each test uses a part of it")]
#![expect(clippy::unwrap_used, reason = "a test may fail")]

#[path = "../../../../shared/lambda-kit/tests/support/mod.rs"]
mod lambda;
mod services;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aws_config::SdkConfig;
use lambda::aws_at;
use serde_json::{Value, json};
use services::{Request, answer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A message of a queue.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) queue: String,
    pub(crate) body: String,
    pub(crate) delay_seconds: u64,
}

/// What is stored.
#[derive(Debug, Default)]
pub(crate) struct Stored {
    /// Rows by `pk` and `sk`.
    pub(crate) rows: BTreeMap<(String, String), Value>,
    pub(crate) messages: Vec<Message>,
    pub(crate) objects: BTreeMap<String, Vec<u8>>,
    /// Writes of rows that were refused.
    pub(crate) conflicts: u32,
}

/// The server.
#[derive(Debug, Clone)]
pub(crate) struct Aws {
    pub(crate) port: u16,
    pub(crate) stored: Arc<Mutex<Stored>>,
}

impl Aws {
    /// Starts on a runtime that outlives whatever is tested.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let stored = Arc::new(Mutex::new(Stored::default()));
        let shared = Arc::clone(&stored);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(connection(stream, Arc::clone(&shared)));
            }
        });
        Self { port, stored }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What clients that ask it have in common.
    pub(crate) fn sdk_config(&self) -> SdkConfig {
        aws_at(&self.url())
    }

    pub(crate) fn tables(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.sdk_config())
    }

    pub(crate) fn queues(&self) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::new(&self.sdk_config())
    }

    /// A row's document.
    pub(crate) fn document(&self, pk: &str, sk: &str) -> Option<Value> {
        let stored = self.stored.lock().unwrap();
        let row = stored.rows.get(&(pk.to_owned(), sk.to_owned()))?;
        serde_json::from_str(row["document"]["S"].as_str()?).ok()
    }

    /// Changes a row's document behind everybody's back.
    pub(crate) fn meddle(&self, pk: &str, sk: &str, change: impl FnOnce(&mut Value)) {
        let mut document = self.document(pk, sk).unwrap();
        change(&mut document);
        let mut stored = self.stored.lock().unwrap();
        let row = stored.rows.get_mut(&(pk.to_owned(), sk.to_owned()));
        row.unwrap()["document"] = json!({"S": document.to_string()});
    }

    /// Takes all messages from the queues.
    pub(crate) fn take_messages(&self) -> Vec<Message> {
        std::mem::take(&mut self.stored.lock().unwrap().messages)
    }
}

/// What the functions that plan and ask for pages are told, of a site at this address.
pub(crate) fn warm_vars(site_url: &str) -> BTreeMap<&'static str, &str> {
    BTreeMap::from([
        ("WARM_TABLE", "warm"),
        ("WARM_P0_QUEUE_URL", "http://127.0.0.1/p0"),
        ("WARM_P1_QUEUE_URL", "http://127.0.0.1/p1"),
        ("WARM_P2_QUEUE_URL", "http://127.0.0.1/p2"),
        (
            "WARM_KEY_SECRET_ARN",
            "arn:aws:secretsmanager:us-east-1:1:secret:warm",
        ),
        ("SITE_URL", site_url),
    ])
}

async fn connection(mut stream: TcpStream, stored: Arc<Mutex<Stored>>) {
    while let Some(request) = read(&mut stream).await {
        let answer = answer(&request, &mut stored.lock().unwrap());
        let head = format!(
            "HTTP/1.1 {} X\r\ncontent-type: application/x-amz-json-1.0\r\netag: \"{}\"\r\ncontent-length: {}\r\n\r\n",
            answer.status,
            answer.body.len(),
            if request.method == "HEAD" {
                0
            } else {
                answer.body.len()
            },
        );
        let whole = [head.as_bytes(), &answer.body].concat();
        if stream.write_all(&whole).await.is_err() {
            return;
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, path) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.get("content-length").map_or("0", String::as_str);
    let mut body = vec![0; length.parse().ok()?];
    stream.read_exact(&mut body).await.ok()?;
    Some(Request {
        method,
        path,
        target: headers.get("x-amz-target").cloned().unwrap_or_default(),
        condition: headers
            .get("if-match")
            .or(headers.get("if-none-match"))
            .cloned(),
        body,
    })
}
