//! Health, TLS, and clients that do not behave.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::client::get;
use crate::harness::shared;

#[test]
fn health_is_told_to_everybody_and_readiness_to_us() {
    let (tier, _) = shared();
    for host in ["shop.example", "10.0.1.23", "10.0.1.23:443"] {
        let answer = get(tier.http_port, "/healthz", &[("host", host)]);
        assert_eq!((answer.status, answer.body.as_str()), (200, "ok\n"));
    }
    let ready = get(tier.http_port, "/readyz", &[]);
    assert_eq!(
        (ready.status, ready.asked()["target"].as_str()),
        (200, Some("/healthz"))
    );
    let outside = [("x-forwarded-for", "198.51.100.70")];
    assert_eq!(get(tier.http_port, "/readyz", &outside).status, 404);
    // Pages for errors are nobody's to ask for.
    assert_eq!(
        get(tier.http_port, "/_edge/errors/403.html", &[]).status,
        404
    );
}

/// Asks for the health by TLS with OpenSSL's options.
fn health_by_tls(options: &[&str]) -> String {
    let (tier, _) = shared();
    let mut client = Command::new("openssl")
        .args(["s_client", "-quiet", "-ign_eof", "-connect"])
        .arg(format!("127.0.0.1:{}", tier.tls_port))
        .args(options)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let request = b"GET /blog?tls HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n";
    // A refused handshake ends the client before it reads this.
    let _ = client.stdin.take().unwrap().write_all(request);
    let output = client.wait_with_output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn tls_is_1_2_or_1_3() {
    // Level 0 lets this client speak what is forbidden.
    for old in ["-tls1", "-tls1_1"] {
        let answer = health_by_tls(&[old, "-cipher", "ALL:@SECLEVEL=0"]);
        assert_eq!(answer, "", "{old}");
    }
    let (tier, _) = shared();
    for (option, version) in [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")] {
        let answer = health_by_tls(&[option]);
        assert!(answer.starts_with("HTTP/1.1 200 "), "{option}: {answer}");
        let id = answer
            .lines()
            .find_map(|line| line.strip_prefix("X-Request-Id: "))
            .unwrap();
        let line = tier.log_line(id.trim());
        assert_eq!(line["tls_version"], version);
        assert_eq!(line["scheme"], "https");
    }
    let weak = health_by_tls(&["-tls1_2", "-cipher", "AES128-SHA:ECDHE-RSA-AES128-SHA"]);
    assert_eq!(weak, "");
}

#[test]
fn header_that_does_not_end_is_cut_off() {
    let (tier, _) = shared();
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, tier.http_port)).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    let start = Instant::now();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: shop.example\r\nX: ")
        .unwrap();
    let mut answer = Vec::new();
    // It may be reset or closed, with 408 or without a word.
    let _ = stream.read_to_end(&mut answer);
    let waited = start.elapsed();
    assert!(
        waited > Duration::from_secs(8) && waited < Duration::from_secs(25),
        "{waited:?}"
    );
}
