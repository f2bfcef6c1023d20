//! Opens connections.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use http::uri::Authority;
use tokio::net::{TcpStream, lookup_host};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::probe::ProbeError;
use crate::probe::phases::{Phase, Phases};

/// Addresses of a host that are tried at most.
const MAX_ADDRESSES: usize = 8;
/// How long an address has before the next one is tried beside it:
/// <https://www.rfc-editor.org/rfc/rfc8305#section-8>.
const STAGGER: Duration = Duration::from_millis(250);

/// A host and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HostPort {
    /// Its name or address, without brackets.
    pub(crate) host: String,
    /// The port.
    pub(crate) port: u16,
}

impl HostPort {
    /// Reads `db.example:5432` or `[::1]:443`.
    pub(crate) fn parse(text: &str) -> Result<Self, ProbeError> {
        let refused = ProbeError::Address("a host and port such as `db.example:5432` is needed");
        let Ok(authority) = text.parse::<Authority>() else {
            return Err(refused);
        };
        match authority.port_u16() {
            Some(port) if port > 0 && !text.contains('@') => Ok(Self {
                host: bare(authority.host()).to_owned(),
                port,
            }),
            _ => Err(refused),
        }
    }
}

/// A host without the brackets of an IPv6 address.
pub(crate) fn bare(host: &str) -> &str {
    let inner = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    inner.unwrap_or(host)
}

/// Opens a connection: the addresses that the operating system finds are tried in their order,
/// and the first that takes it is used.
pub(crate) async fn connect(place: &HostPort, phases: &Phases) -> Result<TcpStream, ProbeError> {
    let addresses = addresses(place, phases).await?;
    phases.begin(Phase::Connect);
    let stream = race(addresses, &place.host).await?;
    // Only slower without; nothing of the answer depends on it.
    let _ = stream.set_nodelay(true);
    Ok(stream)
}

async fn addresses(place: &HostPort, phases: &Phases) -> Result<Vec<SocketAddr>, ProbeError> {
    let HostPort { host, port } = place;
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, *port)]);
    }
    phases.begin(Phase::Dns);
    let found = lookup_host((host.as_str(), *port)).await;
    let found = found.map_err(|source| ProbeError::Resolve {
        host: host.clone(),
        source,
    })?;
    Ok(found.take(MAX_ADDRESSES).collect())
}

async fn race(addresses: Vec<SocketAddr>, host: &str) -> Result<TcpStream, ProbeError> {
    let mut failure = ProbeError::NoAddress {
        host: host.to_owned(),
    };
    let mut waiting = addresses.into_iter();
    let mut tries = JoinSet::new();
    loop {
        if let Some(address) = waiting.next() {
            tries.spawn(async move { (address, TcpStream::connect(address).await) });
        }
        tokio::select! {
            ended = tries.join_next() => match ended {
                None => return Err(failure),
                Some(Ok((_, Ok(stream)))) => return Ok(stream),
                Some(Ok((address, Err(source)))) => failure = ProbeError::Connect { address, source },
                // Aborted, which nobody does: the others go on.
                Some(Err(_)) => {}
            },
            () = sleep(STAGGER), if waiting.len() > 0 => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_lose_their_brackets() {
        let parse = |text| HostPort::parse(text).map(|place| (place.host, place.port));
        assert_eq!(
            parse("db.example:5432").unwrap(),
            ("db.example".to_owned(), 5432)
        );
        assert_eq!(parse("[::1]:443").unwrap(), ("::1".to_owned(), 443));
        for text in ["", "db.example", "a:b@c:1", "a:0", "a:99999", "http://a:1"] {
            assert!(parse(text).unwrap_err().is_own(), "{text}");
        }
    }

    #[tokio::test]
    async fn the_next_address_is_tried_when_one_refuses() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let open = listener.local_addr().unwrap();
        let closed = {
            let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            gone.local_addr().unwrap()
        };
        assert!(race(vec![closed, open], "a").await.is_ok());
        let error = race(vec![closed], "a").await.unwrap_err();
        assert!(matches!(error, ProbeError::Connect { address, .. } if address == closed));
        assert!(matches!(
            race(Vec::new(), "a").await.unwrap_err(),
            ProbeError::NoAddress { .. }
        ));
    }
}
