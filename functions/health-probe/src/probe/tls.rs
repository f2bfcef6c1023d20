use std::sync::Arc;
use std::time::SystemTime;

use health_checks::{TlsAnswer, TlsCheck, TlsVersion};
use rustls::pki_types::ServerName;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ProtocolVersion, SupportedProtocolVersion};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::probe::certificate::{Facts, facts};
use crate::probe::connect::{HostPort, connect};
use crate::probe::phases::{Phase, Phases};
use crate::probe::{ProbeError, Trust, Variables};

/// An encrypted connection, whoever the other side is.
pub(crate) struct Encrypted {
    /// The connection.
    pub(crate) stream: TlsStream<TcpStream>,
    /// What the certificate says.
    pub(crate) facts: Facts,
    /// Why the certificate is not valid; `None` when it is.
    pub(crate) fault: Option<String>,
}

/// Agrees on encryption over a connection that is open.
pub(crate) async fn encrypt(
    stream: TcpStream,
    host: &str,
    trust: &Trust,
    versions: &[&'static SupportedProtocolVersion],
) -> Result<Encrypted, ProbeError> {
    let (mut config, verdict) = trust.connection(versions)?;
    speak_http1(&mut config);
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| ProbeError::Address("a host that a certificate can be for is needed"))?;
    let connector = TlsConnector::from(Arc::new(config));
    let stream = connector.connect(name, stream).await;
    let stream = stream.map_err(ProbeError::Handshake)?;
    let (_, connection) = stream.get_ref();
    let chain = connection.peer_certificates().unwrap_or_default();
    let facts = facts(chain, SystemTime::now())?;
    Ok(Encrypted {
        facts,
        fault: verdict.fault(),
        stream,
    })
}

/// Some servers refuse clients that say nothing of what they will speak.
fn speak_http1(config: &mut ClientConfig) {
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
}

/// Looks at a server's certificate, valid or not. Where more than TLS 1.2 is expected, it is
/// asked a second time whether it speaks that still.
pub(crate) async fn ask(
    check: &TlsCheck,
    variables: &Variables,
    trust: &Trust,
    phases: &Phases,
) -> Result<TlsAnswer, ProbeError> {
    let place = HostPort::parse(&variables.resolve(&check.address)?)?;
    let stream = connect(&place, phases).await?;
    phases.begin(Phase::Tls);
    let seen = encrypt(stream, &place.host, trust, &[&TLS13, &TLS12]).await?;
    let (_, connection) = seen.stream.get_ref();
    let is_old = connection.protocol_version() == Some(ProtocolVersion::TLSv1_2);
    let timings = phases.finish();
    let is_old = is_old
        || (check.min_version > Some(TlsVersion::Tls12)
            && speaks_tls12(&place, trust, phases).await);
    Ok(TlsAnswer {
        left_s: seen.facts.left_s,
        chain_fault: seen.fault,
        names: seen.facts.names,
        version: if is_old {
            TlsVersion::Tls12
        } else {
            TlsVersion::Tls13
        },
        timings,
    })
}

async fn speaks_tls12(place: &HostPort, trust: &Trust, phases: &Phases) -> bool {
    let Ok(stream) = connect(place, phases).await else {
        return false;
    };
    encrypt(stream, &place.host, trust, &[&TLS12]).await.is_ok()
}
