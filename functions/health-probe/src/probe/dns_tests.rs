//! A name server on this machine.

use std::net::SocketAddr;

use health_checks::{DnsAnswer, DnsCheck, DnsExpectation, Levels, Rcode, RecordType, Setting};

use crate::probe::phases::Phases;
use crate::probe::test_servers::dns as serve;
use crate::probe::{ProbeError, Variables, dns};

async fn look(server: SocketAddr, record_type: RecordType) -> Result<DnsAnswer, ProbeError> {
    let check = DnsCheck {
        name: Setting::new("www.shop.example"),
        record_type,
        resolver: Some(Setting::new(server.to_string())),
        expect: DnsExpectation::default(),
        latency: Levels::default(),
    };
    dns::ask(&check, &Variables::default(), &Phases::default()).await
}

#[tokio::test]
async fn records_are_told_as_text() {
    let addresses = vec![(1, vec![192, 0, 2, 7]), (1, vec![192, 0, 2, 8])];
    let answer = look(serve(0, addresses).await, RecordType::A)
        .await
        .unwrap();
    assert_eq!(answer.rcode, Rcode::NoError);
    assert_eq!(answer.records, ["192.0.2.7", "192.0.2.8"]);
    assert!(answer.timings.dns_us.is_some());
    let pieces = vec![(16, b"\x04v=sp\x04f1 a".to_vec())];
    let answer = look(serve(0, pieces).await, RecordType::Txt).await.unwrap();
    assert_eq!(answer.records, ["v=spf1 a"]);
}

#[tokio::test]
async fn codes_are_answers() {
    for (code, rcode) in [
        (0, Rcode::NoError),
        (1, Rcode::FormErr),
        (2, Rcode::ServFail),
        (3, Rcode::NxDomain),
        (4, Rcode::NotImp),
        (5, Rcode::Refused),
    ] {
        let answer = look(serve(code, Vec::new()).await, RecordType::A)
            .await
            .unwrap();
        assert_eq!((answer.rcode, answer.records.len()), (rcode, 0));
    }
}

#[tokio::test]
async fn silence_is_no_answer() {
    let mute = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let error = look(mute.local_addr().unwrap(), RecordType::A)
        .await
        .unwrap_err();
    assert!(
        matches!(error, ProbeError::Dns(_)) && !error.is_own(),
        "{error}"
    );
}
