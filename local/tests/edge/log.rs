//! The access log: what docs/edge.md says, for whatever is asked.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::client::{get, raw};
use crate::harness::{shared, wait_for};

/// The fields in the table of docs/edge.md.
fn documented() -> BTreeSet<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/edge.md");
    let text = fs::read_to_string(file).unwrap();
    let section = text.split("## Access log").nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    section
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .map(|line| line.split('`').next().unwrap().to_owned())
        .collect()
}

#[test]
fn every_field_is_documented_and_every_documented_field_is_there() {
    let (tier, web) = shared();
    let target = "/products?log=1&size=m";
    let headers = [
        ("x-forwarded-for", "198.51.100.60"),
        ("x-forwarded-proto", "https"),
        ("user-agent", "Reader/1.0"),
        ("accept-encoding", "br,gzip"),
        ("referer", "https://www.example.org/"),
        (
            "x-amzn-trace-id",
            "Root=1-67891233-abcdef012345678912345678",
        ),
    ];
    let answer = get(tier.http_port, target, &headers);
    let line = tier.log_line(answer.header("x-request-id"));
    let fields: BTreeSet<String> = line.as_object().unwrap().keys().cloned().collect();
    assert_eq!(fields, documented());

    let time = line["time"].as_str().unwrap();
    assert_eq!(
        (time.len(), &time[10..11], &time[19..20]),
        (29, "T", "."),
        "{time}"
    );
    for (field, value) in [
        ("client_address", "198.51.100.60"),
        ("method", "GET"),
        ("scheme", "https"),
        ("host", "shop.example"),
        ("path", "/products"),
        ("query", "log=1&size=m"),
        ("protocol", "HTTP/1.1"),
        ("cache", "MISS"),
        ("web_address", &web.address()),
        ("web_status", "200"),
        ("limit", "PASSED"),
        ("waf", ""),
        ("referer", "https://www.example.org/"),
        ("user_agent", "Reader/1.0"),
        ("accept_encoding", "br,gzip"),
        ("tls_version", ""),
        ("trace_id", "Root=1-67891233-abcdef012345678912345678"),
    ] {
        assert_eq!(line[field], value, "{field}");
    }
    assert_eq!(line["status"], 200);
    for field in [
        "bytes_sent",
        "request_bytes",
        "request_seconds",
        "upstream_seconds",
    ] {
        assert!(line[field].is_number(), "{field}: {}", line[field]);
    }
}

#[test]
fn kept_answer_names_no_web_server() {
    let (tier, _) = shared();
    let target = "/products?log=kept&wish-cache-control=s-maxage=60";
    get(tier.http_port, target, &[]);
    let line = tier.log_line(get(tier.http_port, target, &[]).header("x-request-id"));
    assert_eq!(line["cache"], "HIT");
    assert_eq!(line["web_address"], "");
    assert_eq!(line["upstream_seconds"], Value::Null);
}

#[test]
fn refusal_is_told_apart_and_explained() {
    let (tier, _) = shared();
    let answer = get(
        tier.http_port,
        "/search?q=%3Cscript%3Ealert(2)%3C/script%3E",
        &[],
    );
    let id = answer.header("x-request-id");
    assert!(answer.body.contains(id), "{}", answer.body);
    assert!(!answer.body.contains("nginx"), "{}", answer.body);
    let line = tier.log_line(id);
    assert_eq!(
        (line["status"].as_u64(), line["waf"].as_str()),
        (Some(403), Some("blocked"))
    );
    assert_eq!(
        (line["path"].as_str(), line["web_address"].as_str()),
        (Some("/search"), Some(""))
    );
    let why = wait_for("the firewall's line", || {
        let bytes = fs::read(tier.proxy.firewall_log()).ok()?;
        let text = String::from_utf8_lossy(&bytes);
        text.lines()
            .find(|line| line.contains(id))
            .map(str::to_owned)
    });
    assert!(why.contains("\"ruleId\":\"941100\""), "{why}");
}

#[test]
fn lines_stay_json_whatever_is_asked() {
    let (tier, _) = shared();
    let asked: [&[u8]; 6] = [
        b"GET /\"quote\\?a=\"b\" HTTP/1.1\r\nhost: shop.example\r\nconnection: close\r\n\r\n",
        b"GET /x HTTP/1.1\r\nhost: shop.example\r\nuser-agent: \"\\\x01\t\x7f\xff\xfe\r\nconnection: close\r\n\r\n",
        b"GET /x HTTP/1.1\r\nhost: \"evil\r\nconnection: close\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
    ];
    for bytes in asked {
        let _ = raw(tier.http_port, bytes);
    }
    let last = get(tier.http_port, "/blog?last", &[]);
    tier.log_line(last.header("x-request-id"));
    // Bytes that are not UTF-8 stay as they are: whoever reads replaces them.
    let bytes = fs::read(tier.proxy.access_log()).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    let complete = text.rsplit_once('\n').unwrap().0;
    for line in complete.lines() {
        let value: Value =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(value["status"].is_u64(), "{line}");
    }
    assert!(
        !complete.contains(r#""path":"/healthz""#),
        "health checks are logged"
    );
}
