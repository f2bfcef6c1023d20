//! Notices in words, and for programs.

use alert_topic::Message;
use health_state::{Notice, NoticeKind, NoticeTopic, Severity};
use jiff::Timestamp;
use serde_json::json;

const WHAT_TO_DO: &str = "What to do: docs/functions/health-probe.md#when-a-check-fails";

/// The word for a severity.
const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Ticket => "ticket",
        Severity::Page => "page",
    }
}

const fn kind(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Raised => "raised",
        NoticeKind::Reminder => "reminder",
        NoticeKind::Resolved => "resolved",
    }
}

const fn topic(topic: NoticeTopic) -> &'static str {
    match topic {
        NoticeTopic::Failure => "failure",
        NoticeTopic::Flapping => "flapping",
    }
}

/// The message, a line for each thing.
pub(crate) fn message(notice: &Notice, site: &str, status_url: &str) -> Message {
    let Notice {
        title,
        text,
        check,
        evidence,
        causes,
        key,
        ..
    } = notice;
    let mut lines = vec![
        format!("{title} ({})", severity(notice.severity)),
        String::new(),
        format!("Check: {check}"),
        format!("Since: {}", utc(notice.since_ms)),
    ];
    if !text.is_empty() {
        lines.push(format!("Seen: {text}"));
    }
    lines.extend(evidence.iter().map(|piece| format!("Evidence: {piece}")));
    if !causes.is_empty() {
        lines.push(format!("Fail because of it: {}", causes.join(", ")));
    }
    lines.push(String::new());
    lines.push(format!("Status page: {status_url}"));
    lines.push(WHAT_TO_DO.to_owned());
    lines.push(format!("Notice: {key}, of {}", utc(notice.at_ms)));
    let title = title.replace('`', "");
    Message::new(severity(notice.severity), site, &title, &lines)
}

/// The body of the webhook, as Standard Webhooks suggests it.
pub(crate) fn body(notice: &Notice, status_url: &str) -> String {
    let body = json!({
        "type": format!("health.{}", kind(notice.kind)),
        "timestamp": rfc3339(notice.at_ms),
        "data": {
            "notice": notice.key,
            "check": notice.check,
            "topic": topic(notice.topic),
            "severity": severity(notice.severity),
            "since": rfc3339(notice.since_ms),
            "title": notice.title,
            "text": notice.text,
            "evidence": notice.evidence,
            "causes": notice.causes,
            "status_url": status_url,
        },
    });
    body.to_string()
}

fn time(at_ms: i64) -> Timestamp {
    Timestamp::from_millisecond(at_ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn rfc3339(at_ms: i64) -> String {
    time(at_ms).to_string()
}

fn utc(at_ms: i64) -> String {
    time(at_ms).strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice() -> Notice {
        Notice {
            key: "database/failure/1795774830000/raised".to_owned(),
            kind: NoticeKind::Raised,
            topic: NoticeTopic::Failure,
            check: "database".to_owned(),
            severity: Severity::Page,
            since_ms: 1_795_774_830_000,
            at_ms: 1_795_774_950_123,
            title: "`database` fails".to_owned(),
            text: "connection refused\nStatus page: https://evil.example".to_owned(),
            evidence: vec!["dns 1 ms, connect 2 ms".to_owned()],
            causes: vec!["home".to_owned(), "search".to_owned()],
        }
    }

    #[test]
    fn a_message_says_what_since_when_and_what_follows() {
        let message = message(&notice(), "Shop", "https://shop.example.com/status");
        assert_eq!(message.subject(), "[page] Shop: database fails");
        let text = message.text();
        for line in [
            "`database` fails (page)",
            "Since: 2026-11-27 10:20:30 UTC",
            "Evidence: dns 1 ms, connect 2 ms",
            "Fail because of it: home, search",
            "Status page: https://shop.example.com/status",
            "What to do: docs/functions/health-probe.md#when-a-check-fails",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in {text}");
        }
        let pages = text.lines().filter(|line| line.starts_with("Status page"));
        assert_eq!(pages.count(), 1);
    }

    #[test]
    fn a_webhook_has_a_type_a_time_and_data() {
        let text = body(&notice(), "https://shop.example.com/status");
        let body: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(body["type"], "health.raised");
        assert_eq!(body["timestamp"], "2026-11-27T10:22:30.123Z");
        assert_eq!(body["data"]["since"], "2026-11-27T10:20:30Z");
        assert_eq!(body["data"]["causes"][1], "search");
    }
}
