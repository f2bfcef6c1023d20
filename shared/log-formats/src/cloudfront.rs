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
    AcceptEncoding,
    Accept,
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
    // Of real-time logs only.
    ("cs-accept-encoding", Slot::AcceptEncoding),
    ("cs-accept", Slot::Accept),
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
        accept_encoding: escaped(get(Slot::AcceptEncoding)),
        accept: escaped(get(Slot::Accept)),
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
#[path = "cloudfront_tests.rs"]
mod tests;
