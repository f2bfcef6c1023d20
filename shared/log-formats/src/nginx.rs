//! The proxies' logs: access logs as JSON (`docs/edge.md`) or in the combined format, and
//! error logs. <https://nginx.org/en/docs/http/ngx_http_log_module.html>

use std::borrow::Cow;

use crate::alb::{request_line, url_parts};
use crate::fields::Fields;
use crate::json_text::FlatObject;
use crate::{
    BadLine, CacheResult, Escaping, Message, Record, Request, Severity, Text, number, time,
};

pub(crate) fn parse(
    line: &[u8],
    fields: &mut Fields,
    each: impl FnOnce(&Record<'_>),
) -> Result<(), BadLine> {
    if line.starts_with(b"{") {
        parse_json(line, each)
    } else {
        parse_combined(line, fields, each)
    }
}

fn parse_json(line: &[u8], each: impl FnOnce(&Record<'_>)) -> Result<(), BadLine> {
    let line = String::from_utf8_lossy(line);
    let object = FlatObject::parse(&line)?;
    let time = object.text("time");
    let texts = [
        "client_address",
        "method",
        "host",
        "path",
        "query",
        "user_agent",
        "referer",
        "accept_encoding",
        "protocol",
        "tls_version",
        "request_id",
        "web_address",
    ]
    .map(|name| object.text(name));
    let [
        client,
        method,
        host,
        path,
        query,
        user_agent,
        referer,
        accept_encoding,
        protocol,
        tls,
        id,
        web,
    ] = &texts;
    let number = |name| number::bytes(object.text(name).as_bytes());
    let seconds = |name| number::seconds_as_us(object.text(name).as_bytes());
    each(&Record::Request(Request {
        time_ms: time::of_rfc3339(time.as_bytes()).ok_or(BadLine::Time)?,
        client: client.as_bytes(),
        method: method.as_bytes(),
        host: host.as_bytes(),
        path: path.as_bytes(),
        query: query.as_bytes(),
        status: number("status")
            .and_then(|status| u16::try_from(status).ok())
            .unwrap_or(0),
        bytes_sent: number("bytes_sent").unwrap_or(0),
        bytes_received: number("request_bytes").unwrap_or(0),
        duration_us: seconds("request_seconds"),
        origin_us: seconds("web_header_seconds").or_else(|| seconds("upstream_seconds")),
        cache: cache_result(&object.text("cache")),
        user_agent: Text::plain(user_agent.as_bytes()),
        referer: Text::plain(referer.as_bytes()),
        accept_encoding: Text::plain(accept_encoding.as_bytes()),
        protocol: protocol.as_bytes(),
        tls_version: tls.as_bytes(),
        request_id: id.as_bytes(),
        served_by: web.as_bytes(),
        ..Request::default()
    }));
    Ok(())
}

/// <https://nginx.org/en/docs/http/ngx_http_upstream_module.html#var_upstream_cache_status>
fn cache_result(word: &str) -> CacheResult {
    if word.eq_ignore_ascii_case("hit") {
        CacheResult::Hit
    } else if ["stale", "updating", "revalidated"]
        .iter()
        .any(|refresh| word.eq_ignore_ascii_case(refresh))
    {
        CacheResult::Refresh
    } else if word.eq_ignore_ascii_case("miss") || word.eq_ignore_ascii_case("expired") {
        CacheResult::Miss
    } else {
        CacheResult::None
    }
}

/// `addr - user [27/Nov/2026:10:20:30 +0000] "GET / HTTP/1.1" 200 12 "referer" "agent"`.
fn parse_combined(
    line: &[u8],
    fields: &mut Fields,
    each: impl FnOnce(&Record<'_>),
) -> Result<(), BadLine> {
    fields.split_quoted(line, 10);
    if fields.len() < 10 {
        return Err(BadLine::FieldCount);
    }
    let get = |index| match fields.get(line, index) {
        b"-" => &[],
        value => value,
    };
    let (method, url, protocol) = request_line(get(5));
    let (host, path, query) = url_parts(url);
    let escaped = |raw| Text {
        raw,
        escaping: Escaping::Backslash,
    };
    each(&Record::Request(Request {
        time_ms: common_log_time(get(3), get(4)).ok_or(BadLine::Time)?,
        client: get(0),
        method,
        host,
        path,
        query,
        status: number::small(get(6)).ok_or(BadLine::Number)?,
        bytes_sent: number::bytes(get(7)).unwrap_or(0),
        referer: escaped(get(8)),
        user_agent: escaped(get(9)),
        protocol,
        ..Request::default()
    }));
    Ok(())
}

/// `[27/Nov/2026:10:20:30` and `+0100]`.
fn common_log_time(date: &[u8], zone: &[u8]) -> Option<i64> {
    const MONTHS: &[u8] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    let date = std::str::from_utf8(date.strip_prefix(b"[")?).ok()?;
    let zone = std::str::from_utf8(zone.strip_suffix(b"]")?).ok()?;
    let (day, rest) = date.split_once('/')?;
    let (month, rest) = rest.split_once('/')?;
    let (year, clock) = rest.split_once(':')?;
    let month = MONTHS.chunks(3).position(|name| name == month.as_bytes())? + 1;
    time::of_rfc3339(format!("{year}-{month:02}-{day}T{clock}{zone}").as_bytes())
}

/// `2026/11/27 10:20:30 [error] 123#123: *45 message, client: 192.0.2.1, server: …`. The
/// time is the machine's, which is UTC on ours.
pub(crate) fn parse_error(line: &[u8], each: impl FnOnce(&Record<'_>)) -> Result<(), BadLine> {
    let line: Cow<'_, str> = String::from_utf8_lossy(line);
    let mut parts = line.splitn(4, ' ');
    let mut part = || parts.next().unwrap_or("");
    let (date, clock, level, text) = (part(), part(), part(), part());
    let time_ms = time::of_date_and_time(date.as_bytes(), clock.as_bytes()).ok_or(BadLine::Time)?;
    let severity = match level {
        "[debug]" => Severity::Debug,
        "[info]" | "[notice]" => Severity::Info,
        "[warn]" => Severity::Warning,
        "[error]" => Severity::Error,
        "[crit]" | "[alert]" | "[emerg]" => Severity::Fatal,
        _ => return Err(BadLine::Form),
    };
    // Process and connection number say nothing in a table.
    let text = text.split_once(": ").map_or(text, |(_, text)| text);
    each(&Record::Message(Message {
        time_ms,
        severity,
        program: b"nginx",
        text: text.as_bytes(),
        request_id: &[],
        duration_ms: None,
    }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LineParser, Source};

    fn request(line: &[u8], check: impl FnOnce(&Request<'_>)) -> Result<(), BadLine> {
        let mut parser = LineParser::new(Source::Nginx, None).unwrap();
        parser.parse(line, |record| {
            let Record::Request(request) = record else {
                panic!()
            };
            check(request);
        })
    }

    #[test]
    fn our_json_is_read_even_with_bytes_that_are_not_utf8() {
        let line = b"{\"time\":\"2026-11-27T10:20:30.123+00:00\",\"request_id\":\"r\",\"client_address\":\"192.0.2.1\",\
            \"method\":\"GET\",\"host\":\"halden.example\",\"path\":\"/a\\\"b\",\"query\":\"q=\xff\",\"status\":200,\
            \"bytes_sent\":99,\"request_seconds\":0.012,\"cache\":\"HIT\",\"upstream_seconds\":null,\
            \"web_address\":\"\",\"web_header_seconds\":\"\",\"user_agent\":\"x\",\"accept_encoding\":\"br,gzip\"}";
        let parsed = request(line, |request| {
            assert_eq!((request.time_ms, request.status), (1_795_774_830_123, 200));
            assert_eq!(
                (request.path, request.query),
                (&b"/a\"b"[..], "q=\u{fffd}".as_bytes())
            );
            assert_eq!(
                (request.duration_us, request.origin_us),
                (Some(12_000), None)
            );
            assert_eq!(request.cache, CacheResult::Hit);
            assert_eq!(request.accept_encoding.decode(), "br,gzip");
        });
        assert_eq!(parsed, Ok(()));
    }

    #[test]
    fn the_combined_format_is_read() {
        let line = br#"192.0.2.1 - - [27/Nov/2026:11:20:30 +0100] "GET /a?b=1 HTTP/1.1" 404 12 "-" "curl \x22" "#;
        let parsed = request(line, |request| {
            assert_eq!((request.time_ms, request.status), (1_795_774_830_000, 404));
            assert_eq!((request.path, request.query), (&b"/a"[..], &b"b=1"[..]));
            assert_eq!(request.user_agent.decode(), "curl \"");
        });
        assert_eq!(parsed, Ok(()));
        assert_eq!(request(b"a b c d e f g h i j", |_| {}), Err(BadLine::Time));
    }

    #[test]
    fn error_lines_have_a_severity() {
        let mut parser = LineParser::new(Source::NginxError, None).unwrap();
        let line =
            b"2026/11/27 10:20:30 [crit] 12#34: *5 connect() failed, client: 192.0.2.1, server: _";
        let check = |record: &Record<'_>| {
            let Record::Message(message) = record else {
                panic!()
            };
            assert_eq!(
                (message.severity, message.time_ms),
                (Severity::Fatal, 1_795_774_830_000)
            );
            assert!(message.text.starts_with(b"*5 connect() failed"));
        };
        assert_eq!(parser.parse(line, check), Ok(()));
        assert_eq!(parser.parse(b"nonsense", |_| {}), Err(BadLine::Time));
    }
}
