//! `logs backfill`, run as a person runs it, with answers of AWS that are written down here.
#![expect(clippy::unwrap_used, reason = "a test ends at the first fault")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use std::thread;

use object_event::ObjectEvent;
use serde_json::{Value, json};

const NOVEMBER: &str = "2026-11-05T10:00:00.000Z";

/// What AWS is asked: a path with its query, and a body.
type Request = (String, String);

struct Aws {
    endpoint: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Aws {
    /// Answers listings and messages by a status and a body each.
    fn serve(
        list: impl Fn(&str) -> (u16, String) + Send + 'static,
        send: impl Fn(&Value) -> (u16, String) + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let (path, body) = read(&stream);
                kept.lock().unwrap().push((path.clone(), body.clone()));
                let (status, answer) = if body.is_empty() {
                    list(&path)
                } else {
                    send(&serde_json::from_str(&body).unwrap())
                };
                write!(
                    stream,
                    "HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{answer}",
                    answer.len()
                )
                .unwrap();
            }
        });
        Self { endpoint, requests }
    }

    fn backfill(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_logs"));
        command
            .arg("backfill")
            .args(arguments)
            .env_clear()
            .env("AWS_ENDPOINT_URL", &self.endpoint)
            .env("AWS_REGION", "eu-central-1")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test");
        command.output().unwrap()
    }

    /// What a run says that succeeds.
    fn said(&self, arguments: &[&str]) -> String {
        let output = self.backfill(arguments);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{stderr}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What a run says that fails.
    fn fault(&self, arguments: &[&str]) -> String {
        let output = self.backfill(arguments);
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    }

    /// The keys of each call that sent messages.
    fn sent(&self) -> Vec<Vec<String>> {
        let requests = self.requests.lock().unwrap();
        let bodies = requests.iter().filter(|(_, body)| !body.is_empty());
        bodies
            .map(|(_, body)| keys(&serde_json::from_str(body).unwrap()))
            .collect()
    }

    fn listings(&self) -> Vec<String> {
        let requests = self.requests.lock().unwrap();
        let listings = requests.iter().filter(|(_, body)| body.is_empty());
        listings.map(|(path, _)| path.clone()).collect()
    }
}

fn read(stream: &TcpStream) -> Request {
    let mut reader = BufReader::new(stream);
    let (mut lines, mut length) = (Vec::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let line = line.trim_end().to_owned();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        lines.push(line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let path = lines[0].split(' ').nth(1).unwrap().to_owned();
    (path, String::from_utf8(body).unwrap())
}

/// The keys that the messages of a call tell of.
fn keys(call: &Value) -> Vec<String> {
    let entries = call["Entries"].as_array().unwrap().iter();
    let bodies = entries.map(|entry| entry["MessageBody"].as_str().unwrap());
    bodies
        .map(|body| ObjectEvent::parse(body).unwrap().remove(0).object_key)
        .collect()
}

fn object(key: &str, size: u32, modified: &str) -> String {
    format!(
        "<Contents><Key>{key}</Key><LastModified>{modified}</LastModified><ETag>&quot;{size}&quot;</ETag><Size>{size}</Size></Contents>"
    )
}

/// A page of a listing, and the token of the next one.
fn page(objects: &str, next: Option<&str>) -> (u16, String) {
    let next = next.map_or_else(String::new, |token| {
        format!(
            "<IsTruncated>true</IsTruncated><NextContinuationToken>{token}</NextContinuationToken>"
        )
    });
    let answer = format!("<ListBucketResult><Name>logs</Name>{next}{objects}</ListBucketResult>");
    (200, answer)
}

/// Two pages with fourteen logs in all, one of them of October, a folder and an empty object.
fn listing(path: &str) -> (u16, String) {
    let log = |number: u32| object(&format!("alb/{number:02}"), 5, NOVEMBER);
    if path.contains("continuation-token=second") {
        return page(&(8..14).map(log).collect::<String>(), None);
    }
    let october = object("alb/00", 5, "2026-10-31T23:59:59.000Z");
    let logs: String = (1..8).map(log).collect();
    let nothing = object("alb/", 0, NOVEMBER) + &object("alb/07-empty", 0, NOVEMBER);
    page(&(october + &logs + &nothing), Some("second"))
}

fn denied(_: &Value) -> (u16, String) {
    let answer = json!({"__type": "com.amazonaws.sqs#AccessDeniedException", "message": "no"});
    (403, answer.to_string())
}

/// Refuses the messages with these keys.
fn refuse(call: &Value, refused: &[&str], is_final: bool) -> (u16, String) {
    let (mut failed, mut successful) = (Vec::new(), Vec::new());
    for (entry, key) in call["Entries"].as_array().unwrap().iter().zip(keys(call)) {
        if refused.contains(&&*key) {
            failed.push(json!({
                "Id": entry["Id"], "Code": "Busy", "Message": "full", "SenderFault": is_final,
            }));
        } else {
            successful.push(json!({
                "Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": "5",
            }));
        }
    }
    let answer = json!({"Successful": successful, "Failed": failed});
    (200, answer.to_string())
}

const PLACE: [&str; 3] = ["s3://logs/alb/", "--queue", "http://queue/1/logs"];

#[test]
fn each_log_of_a_prefix_is_put_on_the_queue() {
    let aws = Aws::serve(listing, |call| refuse(call, &[], false));
    let said = aws.said(&[&PLACE[..], &["--from", "2026-11-01"]].concat());
    assert!(said.contains("13 objects were put on the queue: 65 bytes"));
    assert!(said.contains("from 2026-11-05T10:00:00Z to 2026-11-05T10:00:00Z"));
    assert!(said.contains("3 were passed over"), "{said}");
    let sizes: Vec<usize> = aws.sent().iter().map(Vec::len).collect();
    assert_eq!(sizes, [10, 3]);
    let expected: Vec<String> = (1..14).map(|number| format!("alb/{number:02}")).collect();
    assert_eq!(aws.sent().concat(), expected);
    let listings = aws.listings();
    assert!(listings[0].starts_with("/logs"), "{listings:?}");
    assert!(listings[0].contains("prefix=alb%2F"), "{listings:?}");
    assert_eq!(listings.len(), 2);
}

#[test]
fn a_dry_run_only_counts() {
    let aws = Aws::serve(listing, denied);
    let said = aws.said(&["s3://logs/alb/", "--dry-run"]);
    assert!(said.contains("14 objects would be put on the queue"));
    assert!(said.contains("from 2026-10-31T23:59:59Z to"), "{said}");
    aws.said(&[&PLACE[..], &["--dry-run"]].concat());
    assert!(aws.sent().is_empty());
}

#[test]
fn progress_is_told_every_thousand_objects() {
    let logs = |_: &str| {
        let logs = (0..2_001).map(|number| object(&format!("{number:04}"), 1, NOVEMBER));
        page(&logs.collect::<String>(), None)
    };
    let said = Aws::serve(logs, denied).said(&["s3://logs", "--dry-run"]);
    assert!(said.starts_with(
        "1000 objects, 1000 bytes, up to 0999\n2000 objects, 2000 bytes, up to 1999\n2001 objects"
    ));
}

#[test]
fn messages_that_the_queue_did_not_take_are_sent_again() {
    let aws = Aws::serve(listing, |call| {
        let is_first = keys(call).len() == 10;
        let refused: &[&str] = if is_first { &["alb/03", "alb/05"] } else { &[] };
        refuse(call, refused, false)
    });
    let said = aws.said(&PLACE);
    assert!(said.contains("14 objects were put on the queue"), "{said}");
    assert_eq!(aws.sent()[1], ["alb/03", "alb/05"]);
    assert_eq!(aws.sent().len(), 3);
}

#[test]
fn a_run_that_broke_off_says_how_to_go_on() {
    for is_final in [false, true] {
        let aws = Aws::serve(listing, move |call| refuse(call, &["alb/12"], is_final));
        let fault = aws.fault(&PLACE);
        assert!(
            fault.contains("the message of alb/12: Busy full"),
            "{fault}"
        );
        assert!(fault.contains("broke off after 10 objects"), "{fault}");
        assert!(fault.contains("--after 'alb/09'"), "{fault}");
        // The first ten, the others, and of these the one that is refused.
        assert_eq!(aws.sent().len(), if is_final { 2 } else { 6 });
    }
}

#[test]
fn a_run_goes_on_after_a_key() {
    let aws = Aws::serve(listing, |call| refuse(call, &[], false));
    aws.said(&[&PLACE[..], &["--after", "alb/09"]].concat());
    let listings = aws.listings();
    assert!(listings[0].contains("start-after=alb%2F09"), "{listings:?}");
}

#[test]
fn faults_name_what_is_wrong() {
    let refused = |status, code: &'static str| {
        let answer = format!("<Error><Code>{code}</Code><Message>Sorry</Message></Error>");
        Aws::serve(move |_| (status, answer.clone()), denied)
    };
    let cases = [
        (404, "NoSuchBucket", "there is no bucket logs"),
        (403, "AccessDenied", "need s3:ListBucket"),
        (301, "PermanentRedirect", "name it by AWS_REGION"),
        (400, "ExpiredToken", "ExpiredToken: Sorry"),
    ];
    for (status, code, said) in cases {
        let fault = refused(status, code).fault(&PLACE);
        assert!(fault.contains(said), "{fault}");
        assert!(!fault.contains("--after"), "{fault}");
    }
    let fault = Aws::serve(listing, denied).fault(&PLACE);
    assert!(fault.contains("need sqs:SendMessage"), "{fault}");
    let gone = |_: &Value| {
        let answer = json!({"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "no"});
        (400, answer.to_string())
    };
    let fault = Aws::serve(listing, gone).fault(&PLACE);
    assert!(
        fault.contains("there is no queue http://queue/1/logs"),
        "{fault}"
    );
    let empty = Aws::serve(|_| page("", None), denied);
    assert!(
        empty
            .fault(&PLACE)
            .contains("no object below s3://logs/alb/")
    );
    assert!(empty.fault(&["s3://logs/"]).contains("--queue"));
    let fault = empty.fault(&["logs/alb/", "--dry-run"]);
    assert!(fault.contains("like s3://bucket/prefix"), "{fault}");
}
