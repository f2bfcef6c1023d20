//! CloudFront's standard log (v2): the caching edge's lines as objects of the log bucket.
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html>

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use url::Url;

use super::Destination;
use crate::aws::{ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY};

/// The fields in the order in which they are delivered, as `local/cdn/nginx.conf` names them.
const FIELDS: [&str; 28] = [
    "date",
    "time",
    "x-edge-location",
    "sc-bytes",
    "c-ip",
    "cs-method",
    "cs(Host)",
    "cs-uri-stem",
    "sc-status",
    "cs(Referer)",
    "cs(User-Agent)",
    "cs-uri-query",
    "x-edge-result-type",
    "x-edge-request-id",
    "x-host-header",
    "cs-protocol",
    "cs-bytes",
    "time-taken",
    "ssl-protocol",
    "ssl-cipher",
    "x-edge-response-result-type",
    "cs-protocol-version",
    "time-to-first-byte",
    "x-edge-detailed-result-type",
    "sc-content-type",
    "sc-content-len",
    "c-country",
    "asn",
];

/// How long a presigned URL is good for.
const SIGNED_FOR: Duration = Duration::from_secs(60);

/// Puts lines into the log bucket, below `cloudfront/`.
#[derive(Debug)]
pub(super) struct LogBucket {
    bucket: Bucket,
    credentials: Credentials,
    distribution_id: String,
}

impl LogBucket {
    pub(super) fn new(endpoint: &str, bucket: &str, distribution_id: &str) -> Result<Self> {
        let endpoint = Url::parse(endpoint).context("read the address of S3")?;
        Ok(Self {
            bucket: Bucket::new(endpoint, UrlStyle::Path, bucket.to_owned(), REGION)
                .context("address the log bucket")?,
            credentials: Credentials::new(ACCESS_KEY_ID, SECRET_ACCESS_KEY),
            distribution_id: distribution_id.to_owned(),
        })
    }

    fn put(&self, key: &str, bytes: &[u8]) -> Result<()> {
        let action = self.bucket.put_object(Some(&self.credentials), key);
        ureq::put(action.sign(SIGNED_FOR).as_str())
            .header("content-type", "application/gzip")
            .send(bytes)
            .with_context(|| format!("store {key} in the log bucket"))?;
        Ok(())
    }
}

impl Destination for LogBucket {
    /// One object for each hour in which requests were made. Its name is made of what is in
    /// it, so that an object whose answer was lost is written again and not twice.
    fn deliver(&mut self, lines: &[Vec<u8>]) -> Result<()> {
        let mut hours = BTreeMap::<String, String>::new();
        for record in lines.iter().filter_map(|line| record(line)) {
            let text = hours.entry(record.hour).or_default();
            text.push_str(&record.text);
            text.push('\n');
        }
        for (hour, text) in hours {
            let key = object_key(&self.distribution_id, &hour, &text);
            self.put(&key, &gzip(text.as_bytes())?)?;
        }
        Ok(())
    }
}

fn object_key(distribution_id: &str, hour: &str, text: &str) -> String {
    let digest = Sha256::digest(text);
    let suffix: String = digest
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("cloudfront/{distribution_id}.{hour}.{suffix}.gz")
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).context("compress log lines")?;
    encoder.finish().context("compress log lines")
}

/// One request as it is delivered.
struct Record {
    /// `2026-11-27-22`.
    hour: String,
    text: String,
}

/// Reads a line of nginx, which leaves bytes that are not UTF-8 as they are: read as Latin-1,
/// each is a character. A line that nginx did not write is nothing.
fn record(line: &[u8]) -> Option<Record> {
    let text: String = line.iter().map(|&byte| char::from(byte)).collect();
    let values: Map<String, Value> = serde_json::from_str(&text).ok()?;
    let value = |name: &str| values.get(name).and_then(Value::as_str).unwrap_or_default();
    let hour = format!("{}-{}", value("date"), value("time").get(..2)?);
    let mut text = String::new();
    for name in FIELDS {
        let comma = if text.is_empty() { '{' } else { ',' };
        let _ = write!(text, "{comma}\"{name}\":\"{}\"", encoded(value(name)));
    }
    text.push('}');
    Some(Record { hour, text })
}

/// A value as CloudFront writes it; nothing is left that JSON would have to escape. A value
/// that is absent is a hyphen.
fn encoded(value: &str) -> String {
    if value.is_empty() {
        return "-".to_owned();
    }
    let mut text = String::with_capacity(value.len());
    for character in value.chars() {
        if matches!(character, '!'..='}') && !"<>\"#%{}|\\^[]`'".contains(character) {
            text.push(character);
        } else {
            let _ = write!(text, "%{:02X}", u32::from(character));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn line(agent: &[u8]) -> Vec<u8> {
        let mut line = br#"{"date":"2026-11-27","time":"22:10:05","cs-uri-stem":"/a%20b","sc-status":"200","cs(Referer)":"","cs(User-Agent)":""#.to_vec();
        line.extend_from_slice(agent);
        line.extend_from_slice(br#"","unknown":"x"}"#);
        line
    }

    #[test]
    fn every_field_is_delivered_in_order_and_absent_ones_are_hyphens() {
        let record = record(&line(b"curl/8")).unwrap();
        assert_eq!(record.hour, "2026-11-27-22");
        let names: Vec<&str> = record
            .text
            .trim_matches(['{', '}'])
            .split(',')
            .map(|field| field.split('"').nth(1).unwrap())
            .collect();
        assert_eq!(names, FIELDS);
        let values: Value = serde_json::from_str(&record.text).unwrap();
        assert_eq!(values["sc-status"], "200");
        assert_eq!(values["cs(User-Agent)"], "curl/8");
        assert_eq!(values["cs-uri-stem"], "/a%2520b");
        assert_eq!(
            (&values["cs(Referer)"], &values["asn"]),
            (&"-".into(), &"-".into())
        );
    }

    #[test]
    fn values_are_encoded_as_cloudfront_does() {
        let agent = br#"A (b; c) \"d\" \\ \t~'[]{}<>|^`#"#;
        let record = record(&line(agent)).unwrap();
        let values: Value = serde_json::from_str(&record.text).unwrap();
        assert_eq!(
            values["cs(User-Agent)"],
            "A%20(b;%20c)%20%22d%22%20%5C%20%09%7E%27%5B%5D%7B%7D%3C%3E%7C%5E%60%23"
        );
    }

    #[test]
    fn bytes_that_are_not_utf8_are_encoded_one_by_one() {
        let record = record(&line(b"\xc3\xa9\xff")).unwrap();
        assert!(
            record.text.contains(r#""cs(User-Agent)":"%C3%A9%FF""#),
            "{}",
            record.text
        );
    }

    #[test]
    fn what_nginx_did_not_write_is_left_out() {
        assert!(record(b"2026/11/27 notice").is_none());
        assert!(record(b"{}").is_none());
    }

    #[test]
    fn the_format_of_the_edge_has_every_field() {
        let format = include_str!("../../cdn/nginx.conf");
        let mut rest = format.split_once("log_format cloudfront").unwrap().1;
        for name in FIELDS {
            let found = rest.split_once(&format!("\"{name}\":"));
            rest = found.unwrap_or_else(|| panic!("{name} in its place")).1;
        }
    }

    #[test]
    fn objects_are_named_by_hour_and_content() {
        let key = object_key("E1", "2026-11-27-22", "text\n");
        assert!(key.starts_with("cloudfront/E1.2026-11-27-22."), "{key}");
        assert_eq!(key.len(), "cloudfront/E1.2026-11-27-22.01234567.gz".len());
        assert_ne!(key, object_key("E1", "2026-11-27-22", "other\n"));
        let mut text = String::new();
        let gzip = gzip(b"text\n").unwrap();
        flate2::read::GzDecoder::new(gzip.as_slice())
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, "text\n");
    }
}
