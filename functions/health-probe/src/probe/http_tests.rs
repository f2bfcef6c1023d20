//! Servers of all kinds, on real connections.

use std::collections::BTreeMap;

use health_checks::{HttpAnswer, HttpCheck, HttpExpectation, HttpMethod, MAX_BODY_BYTES, Setting};
use rustls::ALL_VERSIONS;
use telemetry::Chain;

use crate::probe::phases::Phases;
use crate::probe::test_certificates::{Authority, self_signed};
use crate::probe::test_servers::{http as serve, ok};
use crate::probe::{ProbeError, Trust, Variables, http};

fn check(url: impl std::fmt::Display) -> HttpCheck {
    HttpCheck {
        url: Setting::new(url.to_string()),
        method: HttpMethod::Get,
        headers: BTreeMap::from([("x-token".to_owned(), Setting::new("env:TOKEN"))]),
        redirects: 0,
        expect: HttpExpectation::default(),
    }
}

async fn look(check: &HttpCheck) -> Result<HttpAnswer, ProbeError> {
    look_with(check, &Trust::new(rustls::RootCertStore::empty())).await
}

async fn look_with(check: &HttpCheck, trust: &Trust) -> Result<HttpAnswer, ProbeError> {
    let variables = Variables::new([("TOKEN".to_owned(), "s3cret".to_owned())].into());
    http::ask(check, &variables, trust, &Phases::default()).await
}

#[tokio::test]
async fn a_page_is_read_with_its_phases() {
    let server = serve(None, |_, _| ok("<html></html>")).await;
    let port = server.address.port();
    let answer = look(&check(format!("http://localhost:{port}/a?b=1#c")))
        .await
        .unwrap();
    assert_eq!(
        (answer.status, answer.is_cut, answer.is_tls),
        (200, false, false)
    );
    assert_eq!(answer.body, b"<html></html>");
    assert_eq!(
        answer.headers,
        [("content-type".to_owned(), b"text/html".to_vec())]
    );
    assert_eq!(answer.secrets, ["s3cret"]);
    let timings = answer.timings;
    assert!(timings.dns_us.is_some() && timings.connect_us.is_some());
    assert!(timings.first_byte_us.is_some() && timings.body_us.is_some());
    assert_eq!(timings.tls_us, None);
    let asked = server.asked().remove(0);
    assert!(asked.starts_with("|GET /a?b=1 HTTP/1.1\r\n"), "{asked}");
    for line in [
        format!("host: localhost:{port}"),
        "x-token: s3cret".to_owned(),
        "user-agent: Sidetier-Health".to_owned(),
    ] {
        assert!(asked.contains(&line), "{asked}");
    }
}

#[tokio::test]
async fn tls_names_the_host_and_tells_of_the_certificate() {
    let authority = Authority::new();
    let server = authority.server("localhost", 2100, ALL_VERSIONS);
    let server = serve(Some(server), |_, _| ok("")).await;
    let check = check(format!("https://localhost:{}/", server.address.port()));
    let answer = look_with(&check, &authority.trust()).await.unwrap();
    assert!(answer.is_tls && answer.certificate_left_s > Some(70 * 365 * 86_400));
    assert!(answer.timings.tls_us.is_some());
    assert!(server.asked()[0].starts_with("localhost|GET / "));
}

#[tokio::test]
async fn a_server_that_is_not_trusted_is_told_nothing() {
    let authority = Authority::new();
    for server in [
        self_signed("localhost"),
        authority.server("localhost", 2021, ALL_VERSIONS),
        authority.server("other.example", 2100, ALL_VERSIONS),
    ] {
        let server = serve(Some(server), |_, _| ok("")).await;
        let check = check(format!("https://localhost:{}/", server.address.port()));
        let error = look_with(&check, &authority.trust()).await.unwrap_err();
        assert!(matches!(error, ProbeError::Certificate(_)), "{error}");
        assert!(server.asked().is_empty());
    }
}

#[tokio::test]
async fn redirects_are_followed_as_often_as_said() {
    let last = serve(None, |_, _| ok("there")).await;
    let to = format!(
        "HTTP/1.1 301 Moved\r\nlocation: http://{}/b\r\n\r\n",
        last.address
    );
    let first = serve(None, move |place, _| match place {
        0 | 2 => b"HTTP/1.1 302 Found\r\nlocation: /next?x=1\r\ncontent-length: 0\r\n\r\n".into(),
        _ => to.clone().into_bytes(),
    })
    .await;
    let mut check = check(format!("http://{}/", first.address));
    check.redirects = 1;
    assert_eq!(look(&check).await.unwrap().status, 301);
    check.redirects = 2;
    let answer = look(&check).await.unwrap();
    assert_eq!(
        (answer.status, answer.body.as_slice()),
        (200, &b"there"[..])
    );
    let asked = first.asked();
    assert!(asked[1].starts_with("|GET /next?x=1 ") && asked[3].contains("s3cret"));
    let asked = last.asked().remove(0);
    // Another origin: it has its own name, and sees no secret.
    assert!(
        asked.contains(&format!("host: {}\r\n", last.address)),
        "{asked}"
    );
    assert!(
        !asked.contains("s3cret") && asked.contains("user-agent"),
        "{asked}"
    );
}

#[tokio::test]
async fn redirects_that_lead_nowhere_are_the_answer() {
    for location in [
        "",
        "location: ftp://a.example/\r\n",
        "location: http://[\r\n",
    ] {
        let text = format!("HTTP/1.1 302 Found\r\n{location}content-length: 0\r\n\r\n");
        let server = serve(None, move |_, _| text.clone().into_bytes()).await;
        let mut check = check(format!("http://{}/", server.address));
        check.redirects = 5;
        assert_eq!(look(&check).await.unwrap().status, 302, "{location}");
    }
}

#[tokio::test]
async fn no_more_of_a_body_is_read_than_is_looked_at() {
    for (bytes, is_cut) in [
        (MAX_BODY_BYTES, false),
        (MAX_BODY_BYTES + 1, true),
        (9 << 20, true),
    ] {
        let server = serve(None, move |_, _| ok(&"x".repeat(bytes))).await;
        let answer = look(&check(format!("http://{}/", server.address)))
            .await
            .unwrap();
        assert_eq!((answer.body.len(), answer.is_cut), (MAX_BODY_BYTES, is_cut));
    }
}

#[tokio::test]
async fn a_head_has_no_body() {
    let text = "HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n";
    let server = serve(None, move |_, _| text.into()).await;
    let mut check = check(format!("http://{}/", server.address));
    check.method = HttpMethod::Head;
    let answer = look(&check).await.unwrap();
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    assert!(server.asked()[0].starts_with("|HEAD / "));
}

#[tokio::test]
async fn broken_answers_are_none() {
    let long = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "y".repeat(300_000));
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf".to_owned();
    for text in [String::new(), "no http".to_owned(), long, half] {
        let server = serve(None, move |_, _| text.clone().into_bytes()).await;
        let error = look(&check(format!("http://{}/", server.address)))
            .await
            .unwrap_err();
        assert!(matches!(error, ProbeError::Http(_)), "{}", Chain(&error));
    }
}
