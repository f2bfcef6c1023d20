//! Modules of the `blackbox_exporter`.
//! <https://github.com/prometheus/blackbox_exporter/blob/master/CONFIGURATION.md>

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::blackbox_http::{HttpProbe, http};
use crate::import::{go_duration, setting};
use crate::{
    DnsCheck, DnsExpectation, Import, Levels, Probe, Rcode, RecordType, TcpCheck, TlsCheck,
    TlsVersion,
};

#[derive(Deserialize)]
struct Module {
    prober: String,
    timeout: Option<String>,
    #[serde(default)]
    http: HttpProbe,
    #[serde(default)]
    tcp: TcpProbe,
    dns: Option<DnsProbe>,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TcpProbe {
    tls: bool,
    tls_config: BTreeMap<String, Value>,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct DnsProbe {
    query_name: String,
    query_type: Option<String>,
    #[serde(default)]
    valid_rcodes: Vec<String>,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

/// Makes a check of a module of the `blackbox_exporter`, whose YAML was read as if it were
/// JSON, and of a target: an address, a host and port, or for DNS a name server.
#[must_use]
pub fn import_blackbox(module: &Value, target: &str) -> Import {
    let mut import = Import::default();
    let module = match Module::deserialize(module) {
        Ok(module) => module,
        Err(error) => {
            import.leave(
                "the module",
                crate::excerpt::excerpt(error.to_string().as_bytes(), 200, &[]),
            );
            return import;
        }
    };
    import.timeout = module.timeout.as_deref().and_then(go_duration);
    if module.timeout.is_some() && import.timeout.is_none() {
        import.leave("timeout", "it is no duration");
    }
    import.probe = match module.prober.as_str() {
        "http" => Some(http(module.http, target, &mut import)),
        "tcp" => Some(tcp(module.tcp, target, &mut import)),
        "dns" => dns(module.dns, target, &mut import),
        _ => {
            import.leave("prober", "only `http`, `tcp` and `dns` are asked here");
            None
        }
    };
    leave_rest("", &module.rest, &mut import);
    import
}

fn tcp(probe: TcpProbe, target: &str, import: &mut Import) -> Probe {
    leave_rest("tcp.", &probe.rest, import);
    let address = setting(target);
    if !probe.tls {
        leave_tls("tcp", &probe.tls_config, import);
        return Probe::Tcp(TcpCheck {
            address,
            latency: Levels::default(),
        });
    }
    let mut config = probe.tls_config;
    let name = config
        .remove("server_name")
        .and_then(|name| name.as_str().map(str::to_owned));
    let min_version = config
        .remove("min_version")
        .and_then(|version| match version.as_str() {
            Some("TLS12") => Some(TlsVersion::Tls12),
            Some("TLS13") => Some(TlsVersion::Tls13),
            _ => {
                import.leave(
                    "tcp.tls_config.min_version",
                    "only TLS 1.2 and 1.3 are spoken here",
                );
                None
            }
        });
    leave_tls("tcp", &config, import);
    Probe::Tls(TlsCheck {
        address,
        days: Levels::default(),
        names: name.into_iter().collect(),
        min_version,
        latency: Levels::default(),
    })
}

fn dns(probe: Option<DnsProbe>, target: &str, import: &mut Import) -> Option<Probe> {
    let Some(probe) = probe else {
        import.leave("dns", "it has no `query_name`");
        return None;
    };
    leave_rest("dns.", &probe.rest, import);
    let query_type = probe.query_type.as_deref().unwrap_or("ANY");
    let Ok(record_type) = serde_json::from_value::<RecordType>(Value::from(query_type)) else {
        import.leave(
            "dns.query_type",
            "records of this type, or of any, are not asked for here",
        );
        return None;
    };
    let rcode = rcode(&probe.valid_rcodes, import);
    let has_port = crate::address::split_address(target).is_some();
    let resolver = if has_port {
        target.to_owned()
    } else {
        format!("{target}:53")
    };
    Some(Probe::Dns(DnsCheck {
        name: setting(&probe.query_name),
        record_type,
        resolver: Some(setting(&resolver)),
        expect: DnsExpectation {
            rcode,
            min_answers: Some(0),
            contains: Vec::new(),
        },
        latency: Levels::default(),
    }))
}

/// The one answer that is expected.
fn rcode(names: &[String], import: &mut Import) -> Rcode {
    let [first, others @ ..] = names else {
        return Rcode::NoError;
    };
    if !others.is_empty() {
        import.leave(
            "dns.valid_rcodes",
            "one answer is expected here: the first is taken",
        );
    }
    serde_json::from_value(Value::from(first.as_str())).unwrap_or_else(|_| {
        import.leave(
            "dns.valid_rcodes",
            "no such answer is known here: NOERROR is taken",
        );
        Rcode::NoError
    })
}

pub(crate) fn leave_tls(prober: &str, config: &BTreeMap<String, Value>, import: &mut Import) {
    for (key, value) in config {
        let reason = match (key.as_str(), value) {
            ("insecure_skip_verify", Value::Bool(false)) => continue,
            ("insecure_skip_verify", _) => "certificates are always verified here",
            ("ca_file", _) => "the program's own certificate authorities are trusted here",
            ("cert_file" | "key_file" | "cert" | "key", _) => "no client certificate is shown here",
            ("server_name", _) => "the certificate must be for the host of the address here",
            _ => "there is nothing like it here",
        };
        import.leave(&format!("{prober}.tls_config.{key}"), reason);
    }
}

pub(crate) fn leave_rest(prefix: &str, rest: &BTreeMap<String, Value>, import: &mut Import) {
    for key in rest.keys() {
        let reason = match key.as_str() {
            "basic_auth" | "bearer_token" | "bearer_token_file" | "authorization" | "oauth2" => {
                "it is a secret: name the variable that has it in `headers`"
            }
            "fail_if_body_json_matches_cel" | "fail_if_body_json_not_matches_cel" => {
                "expressions are not run here: see `json`"
            }
            "body" | "body_file" => "no body is sent here",
            "query_response" => "nothing is said once a connection is open here",
            "preferred_ip_protocol" | "ip_protocol_fallback" => {
                "the system chooses the address here"
            }
            "icmp" => "hosts are not pinged here",
            _ => "there is nothing like it here",
        };
        import.leave(&format!("{prefix}{key}"), reason);
    }
}
