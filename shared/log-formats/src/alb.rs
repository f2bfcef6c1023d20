//! Access logs of the application load balancer.
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html>

use crate::fields::Fields;
use crate::{BadLine, Escaping, Record, Request, Text, number, time};

/// Fields of the format's first version; later ones only added to it.
const LEAST_FIELDS: usize = 15;

/// The fields' places.
mod at {
    pub(super) const TIME: usize = 1;
    pub(super) const CLIENT: usize = 3;
    pub(super) const TARGET: usize = 4;
    pub(super) const REQUEST_SECONDS: usize = 5;
    pub(super) const TARGET_SECONDS: usize = 6;
    pub(super) const RESPONSE_SECONDS: usize = 7;
    pub(super) const STATUS: usize = 8;
    pub(super) const RECEIVED: usize = 10;
    pub(super) const SENT: usize = 11;
    pub(super) const REQUEST: usize = 12;
    pub(super) const USER_AGENT: usize = 13;
    pub(super) const TLS_VERSION: usize = 15;
    pub(super) const TRACE: usize = 17;
    pub(super) const DOMAIN: usize = 18;
}

#[inline]
pub(crate) fn parse(
    line: &[u8],
    fields: &mut Fields,
    each: impl FnOnce(&Record<'_>),
) -> Result<(), BadLine> {
    fields.split_quoted(line, at::DOMAIN + 1);
    if fields.len() < LEAST_FIELDS {
        return Err(BadLine::FieldCount);
    }
    let get = |index| match fields.get(line, index) {
        b"-" => &[],
        value => value,
    };
    let (method, url, protocol) = request_line(get(at::REQUEST));
    let (url_host, path, query) = url_parts(url);
    let host = if get(at::DOMAIN).is_empty() {
        url_host
    } else {
        get(at::DOMAIN)
    };
    let seconds = |index| number::seconds_as_us(get(index));
    let target_us = seconds(at::TARGET_SECONDS);
    // Each is -1 where the request never came so far.
    let parts = [
        seconds(at::REQUEST_SECONDS),
        target_us,
        seconds(at::RESPONSE_SECONDS),
    ];
    let duration_us = parts.into_iter().flatten().reduce(u32::saturating_add);
    each(&Record::Request(Request {
        time_ms: time::of_rfc3339(get(at::TIME)).ok_or(BadLine::Time)?,
        client: without_port(get(at::CLIENT)),
        method,
        host,
        path,
        query,
        // Absent when the client left before there was an answer.
        status: number::small(get(at::STATUS)).unwrap_or(0),
        bytes_sent: number::bytes(get(at::SENT)).ok_or(BadLine::Number)?,
        bytes_received: number::bytes(get(at::RECEIVED)).ok_or(BadLine::Number)?,
        duration_us,
        origin_us: target_us,
        user_agent: Text {
            raw: get(at::USER_AGENT),
            escaping: Escaping::Backslash,
        },
        protocol,
        tls_version: get(at::TLS_VERSION),
        request_id: get(at::TRACE),
        served_by: get(at::TARGET),
        ..Request::default()
    }));
    Ok(())
}

/// `GET https://host:443/path?query HTTP/1.1`, or `- http://host:80- -` for nonsense.
pub(crate) fn request_line(line: &[u8]) -> (&[u8], &[u8], &[u8]) {
    let Some(first) = memchr::memchr(b' ', line) else {
        return (line, &[], &[]);
    };
    let (method, rest) = (&line[..first], &line[first + 1..]);
    match memchr::memrchr(b' ', rest) {
        Some(last) => (method, &rest[..last], &rest[last + 1..]),
        None => (method, rest, &[]),
    }
}

/// Host, path and query of a URL, or of a path alone.
pub(crate) fn url_parts(url: &[u8]) -> (&[u8], &[u8], &[u8]) {
    let scheme_bytes = [&b"https://"[..], b"http://", b"wss://", b"ws://"]
        .iter()
        .find(|scheme| url.starts_with(scheme))
        .map_or(0, |scheme| scheme.len());
    let (host, rest) = if scheme_bytes == 0 {
        (&[][..], url)
    } else {
        let rest = &url[scheme_bytes..];
        let end = memchr::memchr2(b'/', b'?', rest).unwrap_or(rest.len());
        (without_port(&rest[..end]), &rest[end..])
    };
    match memchr::memchr(b'?', rest) {
        Some(mark) => (host, &rest[..mark], &rest[mark + 1..]),
        None => (host, rest, &[]),
    }
}

/// `192.0.2.1:80` and `[2001:db8::1]:80`; what has no port stays.
pub(crate) fn without_port(address: &[u8]) -> &[u8] {
    if let Some(inner) = address.strip_prefix(b"[") {
        let end = memchr::memchr(b']', inner).unwrap_or(inner.len());
        return &inner[..end];
    }
    match (
        memchr::memchr(b':', address),
        memchr::memrchr(b':', address),
    ) {
        (Some(first), Some(last)) if first == last => &address[..first],
        _ => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LineParser, Source};

    const LINE: &str = r#"h2 2026-11-27T10:20:30.186641Z app/web/50dc6c495c0c9188 192.168.131.39:2817 10.0.0.1:80 0.000 0.048 0.001 200 200 34 366 "GET https://www.example.com:443/shop?page=2&q=a%20b HTTP/2.0" "curl/7 \"x\" \x41" ECDHE-RSA TLSv1.2 arn:aws:tg "Root=1-58337281-1d84f3d73c47ec4e58577259" "www.example.com" "arn:aws:acm:c" 1 2026-11-27T10:20:30.135000Z "authenticate,forward" "-" "-" "10.0.0.1:80" "200" "-" "-" TID_1234 "-" "-" "-""#;

    fn parse_line(line: &str, check: impl FnOnce(&Request<'_>)) -> Result<(), BadLine> {
        let mut parser = LineParser::new(Source::Alb, None).unwrap();
        parser.parse(line.as_bytes(), |record| {
            let Record::Request(request) = record else {
                panic!()
            };
            check(request);
        })
    }

    #[test]
    fn every_part_of_a_line_is_found() {
        let parsed = parse_line(LINE, |request| {
            assert_eq!(request.time_ms, 1_795_774_830_186);
            assert_eq!(request.client, b"192.168.131.39");
            assert_eq!(
                (request.method, request.host),
                (&b"GET"[..], &b"www.example.com"[..])
            );
            assert_eq!(
                (request.path, request.query),
                (&b"/shop"[..], &b"page=2&q=a%20b"[..])
            );
            assert_eq!((request.status, request.bytes_sent), (200, 366));
            assert_eq!(
                (request.duration_us, request.origin_us),
                (Some(49_000), Some(48_000))
            );
            assert_eq!(request.user_agent.decode(), "curl/7 \"x\" A");
            assert_eq!(
                (request.protocol, request.served_by),
                (&b"HTTP/2.0"[..], &b"10.0.0.1:80"[..])
            );
        });
        assert_eq!(parsed, Ok(()));
    }

    #[test]
    fn a_request_that_no_target_answered_has_no_target_time() {
        let line = LINE.replace("0.000 0.048 0.001 200 200", "0.000 -1 -1 502 -");
        let parsed = parse_line(&line, |request| {
            assert_eq!((request.status, request.origin_us), (502, None));
            assert_eq!(request.duration_us, Some(0));
        });
        assert_eq!(parsed, Ok(()));
        let line = LINE.replace("0.001 200 200", "-1 - -");
        assert_eq!(
            parse_line(&line, |request| assert_eq!(request.status, 0)),
            Ok(())
        );
    }

    #[test]
    fn older_lines_are_read_and_shorter_ones_refused() {
        let first_version: Vec<_> = LINE.splitn(22, ' ').take(21).collect();
        assert_eq!(parse_line(&first_version.join(" "), |_| {}), Ok(()));
        assert_eq!(
            parse_line("http 2026-11-27T10:20:30Z app", |_| {}),
            Err(BadLine::FieldCount)
        );
        assert_eq!(
            parse_line(&LINE.replace("366", "x"), |_| {}),
            Err(BadLine::Number)
        );
    }

    #[test]
    fn addresses_lose_their_ports() {
        assert_eq!(without_port(b"[2001:db8::1]:443"), b"2001:db8::1");
        assert_eq!(without_port(b"2001:db8::1"), b"2001:db8::1");
        assert_eq!(without_port(b"192.0.2.1"), b"192.0.2.1");
        assert_eq!(
            url_parts(b"http://[::1]:80/a?b"),
            (&b"::1"[..], &b"/a"[..], &b"b"[..])
        );
        assert_eq!(url_parts(b"/a"), (&b""[..], &b"/a"[..], &b""[..]));
        assert_eq!(
            request_line(b"- http://h:80- -"),
            (&b"-"[..], &b"http://h:80-"[..], &b"-"[..])
        );
    }
}
