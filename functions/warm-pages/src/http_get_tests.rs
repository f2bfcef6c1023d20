//! GETs over real connections.

use std::time::Duration;

use http::header::RETRY_AFTER;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use url::Url;
use warming::{Failure, Variant, signature_header};

use crate::http_get::{GetLimits, Getter, client};

const KEY: &[u8] = b"a key of more than sixteen bytes";
const LIMITS: GetLimits = GetLimits {
    time: Duration::from_secs(20),
    bytes: 32 << 20,
};

fn getter(port: u16, limits: GetLimits) -> Getter {
    Getter {
        client: client().unwrap(),
        base: Url::parse(&format!("http://127.0.0.1:{port}")).unwrap(),
        product: "Sidetier-Warmer/1.0 (+https://shop.example.com)".to_owned(),
        key: KEY.to_vec(),
        limits,
    }
}

/// A server that gives each connection the same answer and then does `after`. The requests that
/// it got come through the channel.
async fn serve(answer: Vec<u8>, after: After) -> (u16, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (requests, received) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (answer, requests) = (answer.clone(), requests.clone());
            tokio::spawn(async move {
                requests.send(head(&mut stream).await).unwrap();
                let is_written = stream.write_all(&answer).await.is_ok();
                if is_written && after == After::Wait {
                    // Until the client goes away.
                    let _gone = stream.read(&mut [0; 1]).await;
                }
            });
        }
    });
    (port, received)
}

#[derive(Clone, Copy, PartialEq)]
enum After {
    Close,
    Wait,
}

async fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap().to_ascii_lowercase()
}

fn answer(head: &str, body: &[u8]) -> Vec<u8> {
    let head = head.replace('\n', "\r\n");
    [head.as_bytes(), b"\r\n", body].concat()
}

async fn get(getter: &Getter, path: &str) -> crate::http_get::Got {
    getter
        .get(getter.page(path).unwrap(), &Variant::default())
        .await
}

#[tokio::test]
async fn a_body_is_read_to_its_last_byte() {
    // Far more than the buffers between the two hold: it only ends if it is read.
    let body = vec![b'x'; 24 << 20];
    let head = format!("HTTP/1.1 200 OK\ncontent-length: {}\nx-a: b\n", body.len());
    let (port, _requests) = serve(answer(&head, &body), After::Wait).await;
    let got = get(&getter(port, LIMITS), "/").await;
    let (status, headers) = got.answer.unwrap();
    assert_eq!((status, got.bytes), (200, 24 << 20));
    assert_eq!(headers["x-a"], "b");
}

#[tokio::test]
async fn a_body_without_a_length_ends_with_its_last_piece() {
    let pieces = b"3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n";
    let head = "HTTP/1.1 200 OK\ntransfer-encoding: chunked\n";
    let (port, _requests) = serve(answer(head, pieces), After::Wait).await;
    let got = get(&getter(port, LIMITS), "/").await;
    assert_eq!(got.answer.unwrap().0, 200);
    assert_eq!(got.bytes, 7);
}

#[tokio::test]
async fn compressed_bodies_are_counted_as_they_come() {
    let head = "HTTP/1.1 200 OK\ncontent-encoding: gzip\ncontent-length: 5\n";
    let (port, _requests) = serve(answer(head, b"nogz!"), After::Wait).await;
    let got = get(&getter(port, LIMITS), "/").await;
    assert_eq!(got.answer.unwrap().1["content-encoding"], "gzip");
    assert_eq!(got.bytes, 5);
}

#[tokio::test]
async fn what_is_too_large_is_left() {
    let limits = GetLimits {
        bytes: 1000,
        ..LIMITS
    };
    let body = vec![b'x'; 1 << 20];
    let head = format!("HTTP/1.1 200 OK\ncontent-length: {}\n", body.len());
    let (port, _requests) = serve(answer(&head, &body), After::Wait).await;
    let got = get(&getter(port, limits), "/").await;
    assert_eq!(got.answer.unwrap_err(), Failure::TooLarge);
}

#[tokio::test]
async fn who_does_not_answer_in_time_has_not_answered() {
    let limits = GetLimits {
        time: Duration::from_millis(50),
        ..LIMITS
    };
    for begun in ["", "HTTP/1.1 200 OK\ncontent-length: 9\n"] {
        let begun = if begun.is_empty() {
            Vec::new()
        } else {
            answer(begun, b"abc")
        };
        let (port, _requests) = serve(begun, After::Wait).await;
        let got = get(&getter(port, limits), "/").await;
        assert_eq!(got.answer.unwrap_err(), Failure::Timeout);
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_none() {
    let head = "HTTP/1.1 200 OK\ncontent-length: 100\n";
    let (port, _requests) = serve(answer(head, b"0123456789"), After::Close).await;
    let got = get(&getter(port, LIMITS), "/").await;
    assert_eq!(got.answer.unwrap_err(), Failure::CutShort);
    assert_eq!(got.bytes, 10);
}

#[tokio::test]
async fn a_host_that_refuses_connections_is_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let got = get(&getter(port, LIMITS), "/").await;
    assert_eq!(got.answer.unwrap_err(), Failure::Connect);
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_not_followed() {
    let head = "HTTP/1.1 301 Moved Permanently\nlocation: /there\ncontent-length: 0\n";
    let (port, mut requests) = serve(answer(head, b""), After::Close).await;
    let got = get(&getter(port, LIMITS), "/here").await;
    let (status, headers) = got.answer.unwrap();
    assert_eq!(
        (status, headers["location"].to_str().unwrap()),
        (301, "/there")
    );
    assert!(requests.recv().await.unwrap().starts_with("get /here "));
    assert!(requests.try_recv().is_err());
}

#[tokio::test]
async fn a_refusal_says_how_long_it_lasts() {
    let head = "HTTP/1.1 503 Service Unavailable\nretry-after: 7\ncontent-length: 4\n";
    let (port, _requests) = serve(answer(head, b"busy"), After::Close).await;
    let got = get(&getter(port, LIMITS), "/").await;
    let (status, headers) = got.answer.unwrap();
    assert_eq!((status, got.bytes), (503, 4));
    assert_eq!(headers[RETRY_AFTER], "7");
}

#[tokio::test]
async fn a_request_says_who_asks_and_nothing_that_is_secret() {
    let head = "HTTP/1.1 200 OK\ncontent-length: 0\n";
    let (port, mut requests) = serve(answer(head, b""), After::Close).await;
    let path = "/products/a?page=2";
    get(&getter(port, LIMITS), path).await.answer.unwrap();
    let request = requests.recv().await.unwrap();
    let line = |name: &str| {
        let line = request.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_else(|| panic!("{name} in {request}"))
            .to_owned()
    };
    assert!(
        request.starts_with("get /products/a?page=2 http/1.1"),
        "{request}"
    );
    assert_eq!(
        line("user-agent: "),
        "sidetier-warmer/1.0 (+https://shop.example.com)"
    );
    assert_eq!(line("accept-encoding: "), "br, gzip");
    assert_eq!(line("pragma: "), "server-timing");
    let signature = line("x-sidetier-warm: ");
    let seconds = signature
        .strip_prefix("t=")
        .and_then(|rest| rest.split_once(','));
    let seconds: i64 = seconds.unwrap().0.parse().unwrap();
    assert_eq!(signature, signature_header(KEY, path, seconds * 1000));
    for name in ["cookie:", "authorization:", "referer:"] {
        assert!(!request.contains(name), "{request}");
    }
}

#[test]
fn pages_are_on_the_targets_host_whatever_their_paths() {
    let getter = getter(8080, LIMITS);
    for path in [
        "/",
        "//other.example/x",
        "/\\other.example",
        "/@other.example",
        "/a?b=http://c",
    ] {
        let page = getter.page(path).unwrap();
        assert_eq!(page.host_str(), Some("127.0.0.1"), "{path}");
        assert_eq!(page.port(), Some(8080), "{path}");
    }
    assert_eq!(
        getter.page("/a#b").unwrap().as_str(),
        "http://127.0.0.1:8080/a"
    );
    for path in [
        "",
        "a",
        "@other.example",
        ":1",
        ".example",
        "http://other.example/",
    ] {
        assert_eq!(getter.page(path), None, "{path}");
    }
}
