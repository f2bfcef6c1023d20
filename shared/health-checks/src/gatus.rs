//! Gatus's endpoints. <https://github.com/TwiN/gatus#endpoints>

use serde_json::{Map, Value};

use crate::import::{go_duration, setting};
use crate::{
    DnsCheck, DnsExpectation, GatusExpectation, HttpCheck, HttpExpectation, HttpMethod, Import,
    Levels, Probe, StatusRange, TcpCheck, TlsCheck, gatus_condition,
};

/// How many redirects are followed where Gatus follows ten.
const REDIRECTS: u8 = 5;

/// Makes a check of an endpoint of Gatus, whose YAML was read as if it were JSON.
#[must_use]
pub fn import_gatus(endpoint: &Value) -> Import {
    let mut import = Import::default();
    let Some(keys) = endpoint.as_object() else {
        import.leave("the endpoint", "it has no keys");
        return import;
    };
    let text = |key: &str| keys.get(key).and_then(Value::as_str);
    import.name = text("name").map(str::to_owned);
    import.group = text("group").map(str::to_owned);
    import.every = text("interval").and_then(go_duration);
    import.probe = probe(text("url").unwrap_or_default(), keys, &mut import);
    take_keys(keys, &mut import);
    take_conditions(keys, &mut import);
    import
}

fn probe(url: &str, keys: &Map<String, Value>, import: &mut Import) -> Option<Probe> {
    let address = || setting(url.split_once("://").map_or("", |(_, address)| address));
    if let Some(dns) = keys.get("dns") {
        return dns_probe(url, dns, import);
    }
    match url.split_once("://").map(|(scheme, _)| scheme) {
        Some("http" | "https") => Some(http_probe(url, keys, import)),
        Some("tcp") => Some(Probe::Tcp(TcpCheck {
            address: address(),
            latency: Levels::default(),
        })),
        Some("tls") => Some(Probe::Tls(TlsCheck {
            address: address(),
            days: Levels::default(),
            names: Vec::new(),
            min_version: None,
            latency: Levels::default(),
        })),
        None if url.starts_with("${") => Some(http_probe(url, keys, import)),
        _ => {
            import.leave(
                "url",
                "only `http`, `https`, `tcp`, `tls` and DNS are asked here",
            );
            None
        }
    }
}

fn dns_probe(url: &str, dns: &Value, import: &mut Import) -> Option<Probe> {
    let text = |key: &str| dns.get(key).and_then(Value::as_str);
    let Some(name) = text("query-name") else {
        import.leave("dns", "it has no `query-name`");
        return None;
    };
    let record_type = serde_json::from_value(Value::from(text("query-type").unwrap_or("A")));
    let Ok(record_type) = record_type else {
        import.leave("dns.query-type", "such records are not asked for here");
        return None;
    };
    let host = url.rsplit_once("://").map_or(url, |(_, host)| host);
    let has_port = crate::address::split_address(host).is_some();
    let resolver = if has_port {
        host.to_owned()
    } else {
        format!("{host}:53")
    };
    Some(Probe::Dns(DnsCheck {
        name: setting(name),
        record_type,
        resolver: (!host.is_empty()).then(|| setting(&resolver)),
        expect: DnsExpectation {
            min_answers: Some(0),
            ..DnsExpectation::default()
        },
        latency: Levels::default(),
    }))
}

fn http_probe(url: &str, keys: &Map<String, Value>, import: &mut Import) -> Probe {
    let client = |key: &str| keys.get("client").and_then(|client| client.get(key));
    let mut http = HttpCheck {
        url: setting(url),
        method: HttpMethod::Get,
        headers: std::collections::BTreeMap::new(),
        redirects: REDIRECTS,
        expect: HttpExpectation {
            status: vec![StatusRange::ANY],
            ..HttpExpectation::default()
        },
    };
    match keys.get("method").and_then(Value::as_str) {
        None | Some("GET") => {}
        Some("HEAD") => http.method = HttpMethod::Head,
        Some(_) => import.leave(
            "method",
            "only GET and HEAD are asked here, as others may change something",
        ),
    }
    if client("ignore-redirect") == Some(&Value::Bool(true)) {
        http.redirects = 0;
    }
    if let Some(headers) = keys.get("headers") {
        import.take_headers("headers", headers, &mut http);
    }
    Probe::Http(Box::new(http))
}

/// What is not part of the probe.
fn take_keys(keys: &Map<String, Value>, import: &mut Import) {
    for (key, value) in keys {
        match key.as_str() {
            "name" | "group" | "url" | "method" | "headers" | "dns" | "conditions" => {}
            "interval" if import.every.is_some() => {}
            "enabled" if value == &Value::Bool(true) => {}
            "enabled" => import.leave(key, "a check that is in the file is made"),
            "client" => take_client(value, import),
            "alerts" => take_alerts(value, import),
            "body" | "graphql" => import.leave(key, "no body is sent here"),
            _ => import.leave(key, "there is nothing like it here"),
        }
    }
}

fn take_client(client: &Value, import: &mut Import) {
    for (key, value) in client.as_object().into_iter().flatten() {
        match (key.as_str(), value) {
            ("timeout", Value::String(text)) if go_duration(text).is_some() => {
                import.timeout = go_duration(text);
            }
            ("ignore-redirect", Value::Bool(_)) | ("insecure", Value::Bool(false)) => {}
            ("insecure", _) => {
                import.leave("client.insecure", "certificates are always verified here")
            }
            _ => import.leave(&format!("client.{key}"), "there is nothing like it here"),
        }
    }
}

/// The first alert says after how many results it is sure; who is told is not a check's here.
pub(crate) fn take_alerts(alerts: &Value, import: &mut Import) {
    let first = alerts.get(0);
    let count = |key: &str| {
        let count = first
            .and_then(|alert| alert.get(key))
            .and_then(Value::as_u64);
        count.and_then(|count| u32::try_from(count).ok())
    };
    import.fail_after = count("failure-threshold");
    import.pass_after = count("success-threshold");
    import.leave(
        "alerts",
        "only the thresholds of the first are taken: who is told is not part of a check here",
    );
}

fn take_conditions(keys: &Map<String, Value>, import: &mut Import) {
    let conditions = keys.get("conditions").and_then(Value::as_array);
    let Some(mut probe) = import.probe.take() else {
        return;
    };
    for condition in conditions.into_iter().flatten() {
        let Some(condition) = condition.as_str() else {
            import.leave("conditions", "a condition is no text");
            continue;
        };
        match gatus_condition(condition) {
            Ok(expectation) => {
                if let Err(reason) = take(expectation, &mut probe) {
                    import.leave(condition, reason);
                }
            }
            Err(unmapped) => import.unmapped.push(unmapped),
        }
    }
    import.probe = Some(probe);
}

fn take(expectation: GatusExpectation, probe: &mut Probe) -> Result<(), &'static str> {
    const OTHER: &str = "such a check does not look at it here";
    match (expectation, probe) {
        (GatusExpectation::Connected, _) => {}
        (GatusExpectation::Rcode(rcode), Probe::Dns(dns)) => dns.expect.rcode = rcode,
        (GatusExpectation::CertificateDays(days), Probe::Tls(tls)) => {
            tls.days.fail = tls.days.fail.max(Some(days));
        }
        (
            GatusExpectation::Latency(limit),
            Probe::Tls(TlsCheck { latency, .. })
            | Probe::Tcp(TcpCheck { latency, .. })
            | Probe::Dns(DnsCheck { latency, .. }),
        ) => {
            latency.fail = Some(latency.fail.map_or(limit, |other| other.min(limit)));
        }
        (expectation, Probe::Http(http)) => return take_http(expectation, &mut http.expect),
        _ => return Err(OTHER),
    }
    Ok(())
}

fn take_http(
    expectation: GatusExpectation,
    expect: &mut HttpExpectation,
) -> Result<(), &'static str> {
    match expectation {
        GatusExpectation::Status(ranges) => {
            let contains = |ranges: &[StatusRange], status: u16| {
                ranges.iter().any(|range| range.contains(status))
            };
            let both = StatusRange::of_statuses(|status| {
                contains(&expect.status, status) && contains(&ranges, status)
            });
            if both.is_empty() {
                return Err("no status satisfies it and the conditions before");
            }
            expect.status = both;
        }
        GatusExpectation::Latency(limit) => {
            let fail = expect.latency.fail;
            expect.latency.fail = Some(fail.map_or(limit, |other| other.min(limit)));
        }
        GatusExpectation::CertificateDays(days) => {
            expect.certificate_days.fail = expect.certificate_days.fail.max(Some(days));
        }
        GatusExpectation::BodyEquals(text) => expect.body.equals = Some(text),
        GatusExpectation::BodyContains(text) => expect.body.contains.push(text),
        GatusExpectation::BodyLacks(text) => expect.body.not_contains.push(text),
        GatusExpectation::Json(json) => expect.json.push(*json),
        GatusExpectation::Header(header) => expect.headers.push(header),
        GatusExpectation::Connected => {}
        GatusExpectation::Rcode(_) => return Err("such a check does not look at it here"),
    }
    Ok(())
}
