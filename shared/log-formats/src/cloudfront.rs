//! CloudFront: standard logs, legacy and v2, as W3C text or JSON lines, and real-time logs.
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html>
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/real-time-logs.html>

use std::borrow::Cow;

use crate::fields::{Fields, MAX_FIELDS};
use crate::json_text::FlatObject;
use crate::{BadLine, CacheResult, Escaping, Record, Request, Text, number, time};

/// The fields that a record is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Slot {
    Date,
    Time,
    Timestamp,
    TimestampMs,
    Client,
    Method,
    Host,
    ForwardedHost,
    Path,
    Query,
    Status,
    BytesSent,
    BytesReceived,
    Duration,
    FirstByte,
    OriginFirstByte,
    Result,
    DetailedResult,
    UserAgent,
    Referer,
    Protocol,
    TlsVersion,
    RequestId,
    Country,
    Asn,
    Location,
}

const SLOTS: usize = Slot::Location as usize + 1;

/// CloudFront's names, with those of real-time logs, which differ for headers.
const NAMES: &[(&str, Slot)] = &[
    ("date", Slot::Date),
    ("time", Slot::Time),
    ("timestamp", Slot::Timestamp),
    ("timestamp(ms)", Slot::TimestampMs),
    ("c-ip", Slot::Client),
    ("cs-method", Slot::Method),
    ("cs(Host)", Slot::Host),
    ("cs-host", Slot::Host),
    ("x-host-header", Slot::ForwardedHost),
    ("cs-uri-stem", Slot::Path),
    ("cs-uri-query", Slot::Query),
    ("sc-status", Slot::Status),
    ("sc-bytes", Slot::BytesSent),
    ("cs-bytes", Slot::BytesReceived),
    ("time-taken", Slot::Duration),
    ("time-to-first-byte", Slot::FirstByte),
    ("origin-fbl", Slot::OriginFirstByte),
    ("x-edge-result-type", Slot::Result),
    ("x-edge-detailed-result-type", Slot::DetailedResult),
    ("cs(User-Agent)", Slot::UserAgent),
    ("cs-user-agent", Slot::UserAgent),
    ("cs(Referer)", Slot::Referer),
    ("cs-referer", Slot::Referer),
    ("cs-protocol-version", Slot::Protocol),
    ("ssl-protocol", Slot::TlsVersion),
    ("x-edge-request-id", Slot::RequestId),
    ("c-country", Slot::Country),
    ("asn", Slot::Asn),
    ("x-edge-location", Slot::Location),
];

/// CloudFront's name of a field that we read, by a name in which hyphens and brackets may be
/// underscores, as they are in Parquet files; `None` for other fields.
#[must_use]
pub fn cloudfront_field(name: &str) -> Option<&'static str> {
    let plain = |name: &str| {
        let letters = name.trim_end_matches(')').chars();
        let letters = letters.map(|letter| match letter {
            '-' | '(' => '_',
            other => other.to_ascii_lowercase(),
        });
        letters.collect::<String>()
    };
    let name = plain(name);
    let mut known = NAMES.iter().map(|(known, _)| *known);
    known.find(|known| plain(known) == name)
}

/// Which field of a line is which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// Indexes into a line, by slot; a slot that no field fills points behind all.
    slots: [usize; SLOTS],
    /// Fields that a line must have at least.
    least: usize,
}

impl Columns {
    /// Reads field names, as `#Fields:` has them and as real-time logs are configured with.
    /// Names that are not known stand for fields that are passed over.
    pub fn of_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut slots = [MAX_FIELDS; SLOTS];
        let mut least = 0;
        for (index, name) in names.into_iter().take(MAX_FIELDS).enumerate() {
            if let Some((_, slot)) = NAMES.iter().find(|(known, _)| *known == name) {
                slots[*slot as usize] = index;
                least = index + 1;
            }
        }
        Self { slots, least }
    }

    fn place(&self, slot: Slot) -> usize {
        self.slots[slot as usize]
    }

    /// Whether a record can have a time: without one it belongs nowhere.
    fn can_time(&self) -> bool {
        let has = |slot| self.place(slot) < MAX_FIELDS;
        (has(Slot::Date) && has(Slot::Time)) || has(Slot::Timestamp) || has(Slot::TimestampMs)
    }
}

/// Reads lines, of which the header says what the next ones hold.
#[derive(Debug)]
pub(crate) struct CloudfrontLines {
    columns: Option<Columns>,
}

impl CloudfrontLines {
    pub(crate) const fn new(columns: Option<Columns>) -> Self {
        Self { columns }
    }

    #[inline]
    pub(crate) fn parse(
        &mut self,
        line: &[u8],
        fields: &mut Fields,
        each: impl FnOnce(&Record<'_>),
    ) -> Result<(), BadLine> {
        match line.first() {
            Some(b'#') => self.header(line),
            Some(b'{') => parse_json(line, each),
            _ => {
                let columns = self.columns.as_ref().ok_or(BadLine::Header)?;
                fields.split(line, b'\t', columns.least);
                if fields.len() < columns.least {
                    return Err(BadLine::FieldCount);
                }
                let request = request(&|slot| fields.get(line, columns.place(slot)))?;
                each(&Record::Request(request));
                Ok(())
            }
        }
    }

    /// `#Version: 1.0` says nothing that `#Fields: …` does not say better.
    fn header(&mut self, line: &[u8]) -> Result<(), BadLine> {
        let Some(names) = line.strip_prefix(b"#Fields:") else {
            return Ok(());
        };
        let names = String::from_utf8_lossy(names);
        let columns = Columns::of_names(names.split_ascii_whitespace());
        if !columns.can_time() {
            return Err(BadLine::Header);
        }
        self.columns = Some(columns);
        Ok(())
    }
}

fn parse_json(line: &[u8], each: impl FnOnce(&Record<'_>)) -> Result<(), BadLine> {
    let line = String::from_utf8_lossy(line);
    let object = FlatObject::parse(&line)?;
    let mut values: [Cow<'_, str>; SLOTS] = Default::default();
    for (name, value) in object.members() {
        if let Some((_, slot)) = NAMES.iter().find(|(known, _)| *known == name) {
            values[*slot as usize] = value;
        }
    }
    let request = request(&|slot| values[slot as usize].as_bytes())?;
    each(&Record::Request(request));
    Ok(())
}

#[inline]
fn request<'a>(get: &impl Fn(Slot) -> &'a [u8]) -> Result<Request<'a>, BadLine> {
    let get = |slot| match get(slot) {
        b"-" => &[],
        value => value,
    };
    let cache = cache_result(get(Slot::Result), get(Slot::DetailedResult));
    let origin_us = number::seconds_as_us(get(Slot::OriginFirstByte)).or_else(|| {
        let waited = cache == CacheResult::Miss;
        waited.then(|| number::seconds_as_us(get(Slot::FirstByte)))?
    });
    let host = match get(Slot::ForwardedHost) {
        b"" => get(Slot::Host),
        host => host,
    };
    // Real-time logs have the query here, too.
    let stem = get(Slot::Path);
    let (path, query) = match memchr::memchr(b'?', stem) {
        Some(mark) => (&stem[..mark], &stem[mark + 1..]),
        None => (stem, get(Slot::Query)),
    };
    let escaped = |raw| Text {
        raw,
        escaping: Escaping::Percent,
    };
    Ok(Request {
        time_ms: moment(&get).ok_or(BadLine::Time)?,
        client: get(Slot::Client),
        method: get(Slot::Method),
        host,
        path,
        query,
        status: number::small(get(Slot::Status)).unwrap_or(0),
        bytes_sent: number::bytes(get(Slot::BytesSent)).unwrap_or(0),
        bytes_received: number::bytes(get(Slot::BytesReceived)).unwrap_or(0),
        duration_us: number::seconds_as_us(get(Slot::Duration)),
        origin_us,
        cache,
        user_agent: escaped(get(Slot::UserAgent)),
        referer: escaped(get(Slot::Referer)),
        protocol: get(Slot::Protocol),
        tls_version: get(Slot::TlsVersion),
        request_id: get(Slot::RequestId),
        country: get(Slot::Country),
        asn: number::small(get(Slot::Asn)),
        served_by: get(Slot::Location),
    })
}

fn moment<'a>(get: &impl Fn(Slot) -> &'a [u8]) -> Option<i64> {
    match (get(Slot::TimestampMs), get(Slot::Timestamp)) {
        (b"", b"") => time::of_date_and_time(get(Slot::Date), get(Slot::Time)),
        (b"", seconds) => time::of_unix_seconds(seconds),
        (milliseconds, _) => time::of_unix_ms(milliseconds),
    }
}

/// `Hit`, `RefreshHit`, `OriginShieldHit`, `Miss`, and several words for what the edge
/// answered by itself.
fn cache_result(result: &[u8], detailed: &[u8]) -> CacheResult {
    match (result, detailed) {
        (_, b"OriginShieldHit") | (b"Hit", _) => CacheResult::Hit,
        (b"RefreshHit", _) => CacheResult::Refresh,
        (b"Miss", _) => CacheResult::Miss,
        (b"", _) => CacheResult::None,
        _ => CacheResult::Own,
    }
}

#[cfg(test)]
mod tests {
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
        ];
        let columns = Columns::of_names(names);
        let mut parser = LineParser::new(Source::Cloudfront, Some(columns)).unwrap();
        let line = b"1795774830.250\t2001:db8::1\t206\thalden.example\tcurl/8\t64500\t/shop?page=2";
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
}
