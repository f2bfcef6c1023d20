//! Logs of the web application firewall: a JSON object a line.
//! <https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html>

use std::borrow::Cow;

use serde::Deserialize;

use crate::{BadLine, FirewallAction, FirewallEvent, Record};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    timestamp: i64,
    #[serde(borrow)]
    action: Cow<'a, str>,
    #[serde(borrow, default)]
    terminating_rule_id: Cow<'a, str>,
    #[serde(borrow)]
    http_request: HttpRequest<'a>,
    #[serde(borrow, default)]
    ja3_fingerprint: Cow<'a, str>,
    #[serde(borrow, default)]
    ja4_fingerprint: Cow<'a, str>,
    #[serde(borrow, default)]
    labels: Vec<Label<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HttpRequest<'a> {
    #[serde(borrow)]
    client_ip: Cow<'a, str>,
    #[serde(borrow, default)]
    country: Cow<'a, str>,
    #[serde(borrow, default)]
    headers: Vec<Header<'a>>,
    #[serde(borrow, default)]
    uri: Cow<'a, str>,
    #[serde(borrow, default)]
    args: Cow<'a, str>,
    #[serde(borrow, default)]
    http_method: Cow<'a, str>,
    #[serde(borrow, default)]
    request_id: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Header<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    value: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Label<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
}

impl HttpRequest<'_> {
    fn header(&self, name: &str) -> &[u8] {
        self.headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name))
            .map_or(&[], |header| header.value.as_bytes())
    }
}

pub(crate) fn parse(line: &[u8], each: impl FnOnce(&Record<'_>)) -> Result<(), BadLine> {
    let line = String::from_utf8_lossy(line);
    let line: Line<'_> = serde_json::from_str(&line).map_err(|_| BadLine::Json)?;
    let action = match line.action.as_ref() {
        "ALLOW" => FirewallAction::Allow,
        "BLOCK" => FirewallAction::Block,
        "COUNT" => FirewallAction::Count,
        "CAPTCHA" | "CHALLENGE" => FirewallAction::Challenge,
        _ => return Err(BadLine::Form),
    };
    let labels: Vec<_> = line
        .labels
        .iter()
        .map(|label| label.name.as_ref())
        .collect();
    let fingerprint = if line.ja4_fingerprint.is_empty() {
        &line.ja3_fingerprint
    } else {
        &line.ja4_fingerprint
    };
    each(&Record::Firewall(FirewallEvent {
        time_ms: line.timestamp,
        action,
        rule: line.terminating_rule_id.as_bytes(),
        client: line.http_request.client_ip.as_bytes(),
        country: line.http_request.country.as_bytes(),
        method: line.http_request.http_method.as_bytes(),
        host: line.http_request.header("host"),
        path: line.http_request.uri.as_bytes(),
        query: line.http_request.args.as_bytes(),
        user_agent: line.http_request.header("user-agent"),
        fingerprint: fingerprint.as_bytes(),
        labels: labels.join(" ").as_bytes(),
        request_id: line.http_request.request_id.as_bytes(),
    }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LineParser, Source};

    #[test]
    fn a_blocked_request_is_read() {
        let line = r#"{"timestamp":1795774830000,"formatVersion":1,"webaclId":"arn","terminatingRuleId":"SqlInjection",
            "action":"BLOCK","httpRequest":{"clientIp":"203.0.113.9","country":"DE","headers":[{"name":"Host","value":"halden.example"},
            {"name":"User-Agent","value":"sqlmap/1"}],"uri":"/shop","args":"REDACTED","httpMethod":"GET","requestId":"r1"},
            "ja3Fingerprint":"abc","labels":[{"name":"a:b"},{"name":"c"}],"future":{"x":[1,2]}}"#;
        let mut parser = LineParser::new(Source::Waf, None).unwrap();
        let check = |record: &Record<'_>| {
            let Record::Firewall(event) = record else {
                panic!()
            };
            assert_eq!(
                (event.action, event.rule),
                (FirewallAction::Block, &b"SqlInjection"[..])
            );
            assert_eq!(
                (event.host, event.user_agent),
                (&b"halden.example"[..], &b"sqlmap/1"[..])
            );
            assert_eq!(
                (event.fingerprint, event.labels),
                (&b"abc"[..], &b"a:b c"[..])
            );
        };
        assert_eq!(parser.parse(line.as_bytes(), check), Ok(()));
        let odd = line.replace("BLOCK", "PONDER");
        assert_eq!(parser.parse(odd.as_bytes(), |_| {}), Err(BadLine::Form));
        let deep = format!("{{\"timestamp\":1,\"x\":{}", "[".repeat(10_000));
        assert_eq!(parser.parse(deep.as_bytes(), |_| {}), Err(BadLine::Json));
    }
}
