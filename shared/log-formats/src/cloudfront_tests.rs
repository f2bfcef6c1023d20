use super::*;
use crate::{LineParser, Source};

const LEGACY: &str = "#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) \
    cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) \
    x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken \
    x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version \
    fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type \
    sc-content-type sc-content-len sc-range-start sc-range-end";

const LINE: &str = "2026-11-27\t10:20:30\tFRA56-P1\t4521\t203.0.113.9\tGET\t\
    d111.cloudfront.net\t/shop/cups\t200\thttps://halden.example/\t\
    Mozilla/5.0%2520(X11;%20Linux)\tpage=2\t-\tMiss\tabc==\thalden.example\thttps\t312\t\
    0.087\t-\tTLSv1.3\tTLS_AES_128_GCM_SHA256\tMiss\tHTTP/2.0\t-\t-\t51234\t0.081\tMiss\t\
    text/html\t-\t-\t-";

fn parse_all(lines: &[&str]) -> Vec<Result<String, BadLine>> {
    let mut parser = LineParser::new(Source::Cloudfront, None).unwrap();
    let parse = |line: &&str| {
        let mut seen = String::new();
        parser.parse(line.as_bytes(), |record| {
            if let Record::Request(request) = record {
                seen = summary(request);
            }
        })?;
        Ok(seen)
    };
    lines.iter().map(parse).collect()
}

fn summary(request: &Request<'_>) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!(
        "{} {} {} {}?{} {} {} {:?} {:?} {:?} {}",
        request.time_ms,
        text(request.client),
        text(request.host),
        text(request.path),
        text(request.query),
        request.status,
        request.bytes_sent,
        request.duration_us,
        request.origin_us,
        request.cache,
        request.user_agent.decode(),
    )
}

const EXPECTED: &str = "1795774830000 203.0.113.9 halden.example /shop/cups?page=2 200 4521 \
    Some(87000) Some(81000) Miss Mozilla/5.0 (X11; Linux)";

#[test]
fn the_header_says_what_the_fields_are() {
    let parsed = parse_all(&["#Version: 1.0", LEGACY, LINE]);
    assert_eq!(parsed[2], Ok(EXPECTED.to_owned()));
    let reversed = "#Fields: sc-status c-ip time date future-field";
    let parsed = parse_all(&[
        reversed,
        "404\t::1\t10:20:30\t2026-11-27\t?",
        "404\t::1\t10:20:30",
    ]);
    assert!(parsed[1].as_ref().unwrap().starts_with("1795774830000 ::1"));
    assert_eq!(parsed[2], Err(BadLine::FieldCount));
}

#[test]
fn fields_are_known_by_the_names_of_parquet_files() {
    for (name, known) in [
        ("cs_uri_stem", "cs-uri-stem"),
        ("cs(Host)", "cs(Host)"),
        ("cs_user_agent", "cs(User-Agent)"),
        ("timestamp_ms", "timestamp(ms)"),
        ("SC_STATUS", "sc-status"),
    ] {
        assert_eq!(cloudfront_field(name), Some(known), "{name}");
    }
    assert_eq!(cloudfront_field("sc_content_type"), None);
}

#[test]
fn json_lines_say_the_same() {
    let line = r#"{"timestamp(ms)":"1795774830000","c-ip":"203.0.113.9","cs-method":"GET",
        "x-host-header":"halden.example","cs-uri-stem":"/shop/cups","cs-uri-query":"page=2",
        "sc-status":200,"sc-bytes":"4521","time-taken":"0.087","time-to-first-byte":0.081,
        "x-edge-result-type":"Miss","new-field":{"a":[1]},
        "cs(User-Agent)":"Mozilla/5.0%20(X11;%20Linux)"}"#;
    assert_eq!(parse_all(&[line]), [Ok(EXPECTED.to_owned())]);
    assert_eq!(parse_all(&["{\"date\":\"x\"}"]), [Err(BadLine::Time)]);
    assert_eq!(parse_all(&["{nonsense"]), [Err(BadLine::Json)]);
}

#[test]
fn real_time_logs_are_read_by_their_configuration() {
    let names = [
        "timestamp",
        "c-ip",
        "sc-status",
        "cs-host",
        "cs-user-agent",
        "asn",
        "cs-uri-stem",
        "cs-accept-encoding",
        "cs-accept",
    ];
    let columns = Columns::of_names(names);
    let mut parser = LineParser::new(Source::Cloudfront, Some(columns)).unwrap();
    let line = b"1795774830.250\t2001:db8::1\t206\thalden.example\tcurl/8\t64500\t/shop?page=2\
        \tgzip,%20br\timage/avif,*/*;q=0.8";
    let check = |record: &Record<'_>| {
        let Record::Request(request) = record else {
            panic!()
        };
        assert_eq!((request.time_ms, request.status), (1_795_774_830_250, 206));
        assert_eq!(
            (request.path, request.query),
            (&b"/shop"[..], &b"page=2"[..])
        );
        assert_eq!(
            (request.host, request.asn),
            (&b"halden.example"[..], Some(64_500))
        );
        assert_eq!(request.accept_encoding.decode(), "gzip, br");
        assert_eq!(request.accept.decode(), "image/avif,*/*;q=0.8");
    };
    assert_eq!(parser.parse(line, check), Ok(()));
}

#[test]
fn a_line_before_its_header_is_bad() {
    assert_eq!(parse_all(&[LINE]), [Err(BadLine::Header)]);
    assert_eq!(parse_all(&["#Fields: sc-status"]), [Err(BadLine::Header)]);
}

#[test]
fn words_for_results_are_known() {
    let cases = [
        ("Hit", "Hit", CacheResult::Hit),
        ("RefreshHit", "-", CacheResult::Refresh),
        ("Miss", "OriginShieldHit", CacheResult::Hit),
        ("Miss", "MissGeneratedResponse", CacheResult::Miss),
        ("Redirect", "", CacheResult::Own),
        ("FunctionGeneratedResponse", "", CacheResult::Own),
        ("", "", CacheResult::None),
    ];
    for (result, detailed, expected) in cases {
        let found = cache_result(result.as_bytes(), detailed.as_bytes());
        assert_eq!(found, expected, "{result} {detailed}");
    }
}
