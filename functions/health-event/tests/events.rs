//! Events as Lambda gets them, with a table that answers, or not.
#![expect(clippy::unwrap_used, reason = "a test ends at the first fault")]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use health_checks::SiteChecks;
use health_event::{Config, Deps, Outcome, handle};
use lambda_runtime::{Context, LambdaEvent};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const CHECKS: &str = r#"
[[check]]
id = "database"
events = ["rds:env:DATABASE_INSTANCE", "alarm:*-DatabaseStorageAlarm-*"]
push = { grace = "1h" }

[[check]]
id = "storage"
events = ["alarm:*-DatabaseStorageAlarm-*"]
push = { grace = "1h" }
"#;

/// What was asked of the table, in order.
type Requests = Arc<Mutex<Vec<String>>>;

/// A table in which nothing is, and that takes whatever is written.
async fn empty_table() -> (SocketAddr, Requests) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, requests) = (listener.local_addr().unwrap(), Requests::default());
    let taken = Arc::clone(&requests);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let request = serve(stream).await;
            taken.lock().unwrap().push(request);
        }
    });
    (address, requests)
}

async fn serve(mut stream: TcpStream) -> String {
    let (mut read, mut buffer) = (String::new(), [0; 4096]);
    while !is_whole(&read) {
        let count = stream.read(&mut buffer).await.unwrap();
        if count == 0 {
            break;
        }
        read.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
    let answer = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}";
    stream.write_all(answer.as_bytes()).await.unwrap();
    read
}

fn is_whole(request: &str) -> bool {
    let Some((head, body)) = request.split_once("\r\n\r\n") else {
        return false;
    };
    let head = head.to_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"));
    let length: usize = length
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(0);
    body.len() >= length
}

fn deps(address: SocketAddr) -> Arc<Deps> {
    let vars = BTreeMap::from([
        ("HEALTH_TABLE", "health"),
        ("DATABASE_INSTANCE", "sidetier-database"),
    ]);
    let tables = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .endpoint_url(format!("http://{address}"))
        .build();
    Arc::new(Deps::new(
        Config::from_vars(&vars).unwrap(),
        SiteChecks::parse(CHECKS).unwrap(),
        aws_sdk_dynamodb::Client::from_conf(tables),
    ))
}

fn sample(name: &str) -> LambdaEvent<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/health-event");
    let text = std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
    LambdaEvent::new(serde_json::from_str(&text).unwrap(), Context::default())
}

fn writes(requests: &Requests, check: &str) -> usize {
    let is_write = |request: &&String| {
        request.contains("TransactWriteItems") && request.contains(&format!("check#{check}"))
    };
    requests.lock().unwrap().iter().filter(is_write).count()
}

#[tokio::test]
async fn a_failover_is_written_at_once() {
    let (address, requests) = empty_table().await;
    let outcome = handle(sample("rds-failover-started"), deps(address)).await;
    let expected = Outcome {
        failed: vec!["database".to_owned()],
        ..Outcome::default()
    };
    assert_eq!(outcome.unwrap(), expected);
    assert_eq!(
        (writes(&requests, "database"), writes(&requests, "storage")),
        (1, 0)
    );
    assert!(
        requests
            .lock()
            .unwrap()
            .iter()
            .any(|request| request.contains("failing-over"))
    );
}

#[tokio::test]
async fn an_alarm_concerns_all_checks_that_name_it() {
    let (address, requests) = empty_table().await;
    let outcome = handle(sample("alarm"), deps(address)).await.unwrap();
    assert_eq!(outcome.failed, ["database", "storage"]);
    assert_eq!(
        (writes(&requests, "database"), writes(&requests, "storage")),
        (1, 1)
    );
}

/// The end is written, too, so that a beginning that comes later has no effect.
#[tokio::test]
async fn an_end_makes_nothing_fail() {
    let (address, requests) = empty_table().await;
    let outcome = handle(sample("rds-failover-completed"), deps(address))
        .await
        .unwrap();
    assert!(outcome.failed.is_empty());
    assert_eq!(outcome.unchanged, ["database"]);
    assert_eq!(writes(&requests, "database"), 1);
}

#[tokio::test]
async fn what_concerns_no_check_is_no_error_and_asks_nothing() {
    let (address, requests) = empty_table().await;
    let deps = deps(address);
    for (name, other) in [
        ("unknown", 1),
        ("cache-failover-complete", 0),
        ("instance-launch-unsuccessful", 0),
    ] {
        let outcome = handle(sample(name), Arc::clone(&deps)).await.unwrap();
        let expected = Outcome {
            other,
            ..Outcome::default()
        };
        assert_eq!(outcome, expected, "{name}");
    }
    let nothing = LambdaEvent::new(Value::Null, Context::default());
    assert_eq!(handle(nothing, deps.clone()).await.unwrap().other, 1);
    let backup = handle(sample("rds-backup"), deps).await.unwrap();
    assert_eq!(backup.unchanged, ["database"]);
    assert!(requests.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_could_not_be_written_is_to_come_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let failure = handle(sample("alarm"), deps(address)).await.unwrap_err();
    let text = format!("{failure:?}");
    assert!(text.contains("the check `database`"), "{text}");
    // Without anything to write there is nothing to fail.
    assert!(handle(sample("unknown"), deps(address)).await.is_ok());
}
