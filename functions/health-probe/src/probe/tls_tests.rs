//! Certificates of all kinds, on real connections.

use std::net::SocketAddr;

use health_checks::{TlsAnswer, TlsCheck, TlsVersion};
use health_state::Outcome;
use rustls::ALL_VERSIONS;
use rustls::version::{TLS12, TLS13};

use crate::probe::phases::Phases;
use crate::probe::test_certificates::{Authority, self_signed};
use crate::probe::test_servers::{http, mute, ok};
use crate::probe::{ProbeError, Trust, Variables, tls};

fn check(address: SocketAddr, min_version: Option<TlsVersion>) -> TlsCheck {
    TlsCheck {
        address: health_checks::Setting::new(format!("localhost:{}", address.port())),
        days: health_checks::Floors {
            warn: Some(30),
            fail: Some(10),
        },
        names: vec!["localhost".to_owned()],
        min_version,
        latency: health_checks::Levels::default(),
    }
}

async fn look(check: &TlsCheck, trust: &Trust) -> Result<TlsAnswer, ProbeError> {
    tls::ask(check, &Variables::default(), trust, &Phases::default()).await
}

#[tokio::test]
async fn a_good_certificate_passes() {
    let authority = Authority::new();
    let server = authority.server("localhost", 2100, ALL_VERSIONS);
    let server = http(Some(server), |_, _| ok("")).await;
    let check = check(server.address, Some(TlsVersion::Tls12));
    let answer = look(&check, &authority.trust()).await.unwrap();
    assert_eq!(
        (answer.chain_fault.as_ref(), answer.version),
        (None, TlsVersion::Tls13)
    );
    assert_eq!(answer.names, ["localhost"]);
    assert!(answer.left_s > 70 * 365 * 86_400);
    assert!(answer.timings.tls_us.is_some() && answer.timings.dns_us.is_some());
    assert_eq!(check.judge(&answer).outcome, Outcome::Pass);
}

#[tokio::test]
async fn a_bad_certificate_is_read_all_the_same() {
    let authority = Authority::new();
    let trust = authority.trust();
    for (server, fault) in [
        (self_signed("localhost"), "UnknownIssuer"),
        (
            Authority::new().server("localhost", 2100, ALL_VERSIONS),
            "BadSignature",
        ),
        (authority.server("localhost", 2021, ALL_VERSIONS), "expired"),
        (
            authority.server("other.example", 2100, ALL_VERSIONS),
            "not valid for name",
        ),
    ] {
        let server = http(Some(server), |_, _| ok("")).await;
        let check = check(server.address, None);
        let answer = look(&check, &trust).await.unwrap();
        let told = answer.chain_fault.clone().unwrap();
        assert!(told.contains(fault), "{told}");
        assert_eq!(answer.names.len(), 1);
        assert_eq!(answer.left_s < 0, fault == "expired");
        assert_eq!(check.judge(&answer).outcome, Outcome::Fail);
    }
}

#[tokio::test]
async fn the_oldest_version_is_told_where_it_matters() {
    let authority = Authority::new();
    let trust = authority.trust();
    for (versions, oldest) in [
        (&[&TLS13][..], TlsVersion::Tls13),
        (&[&TLS12][..], TlsVersion::Tls12),
        (&[&TLS13, &TLS12][..], TlsVersion::Tls12),
    ] {
        let server = authority.server("localhost", 2100, versions);
        let server = http(Some(server), |_, _| ok("")).await;
        let check = check(server.address, Some(TlsVersion::Tls13));
        assert_eq!(look(&check, &trust).await.unwrap().version, oldest);
    }
}

#[tokio::test]
async fn what_is_no_tls_is_no_answer() {
    let trust = Authority::new().trust();
    let server = http(None, |_, _| ok("")).await;
    let closed = {
        let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        gone.local_addr().unwrap()
    };
    let error = look(&check(closed, None), &trust).await.unwrap_err();
    assert!(matches!(error, ProbeError::Connect { .. }), "{error}");
    // A plain server waits for the rest of a request: neither side says more.
    let (variables, phases) = (Variables::default(), Phases::default());
    for address in [server.address, mute().await] {
        let check = check(address, None);
        let asked = tls::ask(&check, &variables, &trust, &phases);
        let brief = std::time::Duration::from_millis(300);
        assert!(tokio::time::timeout(brief, asked).await.is_err());
        assert_eq!(phases.present(), Some("agreeing on TLS"));
    }
}

#[tokio::test]
async fn without_roots_nothing_is_known() {
    let trust = Trust::new(rustls::RootCertStore::empty());
    let server = http(Some(self_signed("localhost")), |_, _| ok("")).await;
    assert!(
        look(&check(server.address, None), &trust)
            .await
            .unwrap_err()
            .is_own()
    );
}
