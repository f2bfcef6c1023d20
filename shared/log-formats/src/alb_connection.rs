//! Connection logs of the application load balancer.
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-connection-logs.html>

use crate::fields::Fields;
use crate::{BadLine, Connection, Record, number, time};

/// Up to the time of the handshake; the rest is about certificates of clients.
const LEAST_FIELDS: usize = 7;
/// The result of checking the client's certificate.
const VERIFICATION: usize = 10;

pub(crate) fn parse(
    line: &[u8],
    fields: &mut Fields,
    each: impl FnOnce(&Record<'_>),
) -> Result<(), BadLine> {
    fields.split_quoted(line, VERIFICATION + 1);
    if fields.len() < LEAST_FIELDS {
        return Err(BadLine::FieldCount);
    }
    let get = |index| match fields.get(line, index) {
        b"-" => &[],
        value => value,
    };
    each(&Record::Connection(Connection {
        time_ms: time::of_rfc3339(get(0)).ok_or(BadLine::Time)?,
        client: get(1),
        port: number::small(get(3)).ok_or(BadLine::Number)?,
        tls_version: get(4),
        tls_cipher: get(5),
        handshake_us: number::seconds_as_us(get(6)),
        verification: get(VERIFICATION),
    }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LineParser, Source};

    #[test]
    fn handshakes_and_failures_are_read() {
        let mut parser = LineParser::new(Source::AlbConnection, None).unwrap();
        let line = br#"2026-11-27T10:20:30.902Z 203.0.113.1 36838 443 TLSv1.2 ECDHE-RSA-AES128 4.036 "CN=a client" NotBefore=x;NotAfter=y FEF257 Success TID_1"#;
        let check = |record: &Record<'_>| {
            let Record::Connection(connection) = record else {
                panic!()
            };
            assert_eq!(
                (connection.port, connection.handshake_us),
                (443, Some(4_036_000))
            );
            assert_eq!(
                (connection.client, connection.verification),
                (&b"203.0.113.1"[..], &b"Success"[..])
            );
        };
        assert_eq!(parser.parse(line, check), Ok(()));
        let line = br#"2026-11-27T10:20:30.902Z 203.0.113.1 3 443 - - - "-" - - Failed:UnmappedConnectionError TID_2"#;
        let check = |record: &Record<'_>| {
            let Record::Connection(connection) = record else {
                panic!()
            };
            assert_eq!(connection.handshake_us, None);
            assert!(connection.verification.starts_with(b"Failed"));
        };
        assert_eq!(parser.parse(line, check), Ok(()));
        assert_eq!(parser.parse(b"x", |_| {}), Err(BadLine::FieldCount));
    }
}
