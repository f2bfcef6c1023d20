//! Logs as a shop writes them, for tests and benchmarks: the same bytes for the same seed.
//!
//! Few pages have most of the requests, visitors come from many networks, and names of
//! requests are random, as in real logs: how well a log compresses and how long its texts
//! are decides what reading it costs.

mod random;
mod visit;

use std::io::{self, Write};

use random::Random;
use visit::{Shop, Visit};

/// The fields of CloudFront's legacy standard logs.
pub const CLOUDFRONT_FIELDS: &str = "date time x-edge-location sc-bytes c-ip cs-method cs(Host) \
    cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type \
    x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol \
    ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields \
    c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len \
    sc-range-start sc-range-end";

/// What a log is to hold.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// Requests.
    pub lines: u64,
    /// When the first comes, in milliseconds since 1970.
    pub start_ms: i64,
    /// How long it goes on, in milliseconds.
    pub span_ms: i64,
    /// Other seeds give other visitors.
    pub seed: u64,
}

impl Sample {
    fn visits(self) -> impl Iterator<Item = Visit> {
        let shop = Shop::new();
        let mut random = Random::new(self.seed);
        (0..self.lines).map(move |line| {
            let share = line as f64 / self.lines as f64;
            let time_ms = self.start_ms + (self.span_ms as f64 * share) as i64;
            shop.visit(time_ms, &mut random)
        })
    }
}

/// Writes a CloudFront standard log in the legacy format.
///
/// # Errors
/// When writing fails.
pub fn write_cloudfront(sample: Sample, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "#Version: 1.0\n#Fields: {CLOUDFRONT_FIELDS}")?;
    for visit in sample.visits() {
        visit.write_cloudfront(out)?;
    }
    Ok(())
}

/// Writes an access log of an application load balancer.
///
/// # Errors
/// When writing fails.
pub fn write_alb(sample: Sample, out: &mut impl Write) -> io::Result<()> {
    for visit in sample.visits() {
        visit.write_alb(out)?;
    }
    Ok(())
}

/// Writes an access log of nginx in the combined format.
///
/// # Errors
/// When writing fails.
pub fn write_combined(sample: Sample, out: &mut impl Write) -> io::Result<()> {
    for visit in sample.visits() {
        visit.write_combined(out)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use log_formats::{LineParser, Record, Source};

    use super::*;

    const SAMPLE: Sample = Sample {
        lines: 2000,
        start_ms: 1_795_773_600_000,
        span_ms: 3_600_000,
        seed: 7,
    };

    /// Requests, errors and bytes that our parsers find.
    fn counted(source: Source, log: &[u8]) -> (u64, u64, u64) {
        let mut parser = LineParser::new(source, None).unwrap();
        let mut counted = (0, 0, 0);
        for line in log
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
        {
            let parsed = parser.parse(line, |record| {
                let Record::Request(request) = record else {
                    panic!()
                };
                counted.0 += 1;
                counted.1 += u64::from(request.status >= 400);
                counted.2 += request.bytes_sent;
            });
            assert_eq!(parsed, Ok(()), "{}", String::from_utf8_lossy(line));
        }
        counted
    }

    #[test]
    fn every_format_tells_of_the_same_visits() {
        let (mut cloudfront, mut alb, mut combined) = (Vec::new(), Vec::new(), Vec::new());
        write_cloudfront(SAMPLE, &mut cloudfront).unwrap();
        write_alb(SAMPLE, &mut alb).unwrap();
        write_combined(SAMPLE, &mut combined).unwrap();
        let expected = counted(Source::Cloudfront, &cloudfront);
        assert_eq!(expected.0, 2000);
        assert!(expected.1 > 0 && expected.1 < 200, "{expected:?}");
        assert_eq!(counted(Source::Alb, &alb), expected);
        assert_eq!(counted(Source::Nginx, &combined), expected);
    }
}
