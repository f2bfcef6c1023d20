//! What of the `blackbox_exporter` is taken over.

use health_checks::{
    BlackboxTarget, Import, Period, Probe, blackbox_targets, import_blackbox, import_blackbox_file,
};
use serde_json::json;

fn left(import: &Import) -> Vec<&str> {
    import
        .unmapped
        .iter()
        .map(|unmapped| unmapped.source.as_str())
        .collect()
}

#[test]
fn modules_of_http_become_checks() {
    let module = json!({"prober": "http", "timeout": "5s", "http": {
        "valid_status_codes": [200, 201, 301],
        "valid_http_versions": ["HTTP/2.0"],
        "method": "HEAD", "no_follow_redirects": true,
        "fail_if_not_ssl": true,
        "fail_if_body_matches_regexp": ["Could not connect", "err(or)?"],
        "fail_if_body_not_matches_regexp": [".*v1\\.2.*"],
        "fail_if_header_matches": [{"header": "Set-Cookie", "regexp": "debug", "allow_missing": true}],
        "fail_if_header_not_matches": [{"header": "Content-Type", "regexp": "html"}, {"header": "X", "regexp": "a|b"}],
        "tls_config": {"insecure_skip_verify": false, "ca_file": "x.pem"},
        "basic_auth": {"username": "u", "password": "hunter2"},
        "preferred_ip_protocol": "ip4",
    }});
    let import = import_blackbox(&module, "https://a.example");
    assert_eq!(
        left(&import),
        [
            "http.fail_if_body_matches_regexp: err(or)?",
            "http.fail_if_header_not_matches: X",
            "http.tls_config.ca_file",
            "http.basic_auth",
            "http.preferred_ip_protocol",
            "http.valid_http_versions"
        ]
    );
    assert!(!format!("{import:?}").contains("hunter2"));
    let Some(Probe::Http(http)) = import.probe else {
        panic!("no HTTP")
    };
    let ranges: Vec<_> = http.expect.status.iter().map(ToString::to_string).collect();
    assert_eq!(
        (ranges.join(","), http.redirects, http.expect.tls),
        ("200-201,301".to_owned(), 0, Some(true))
    );
    assert_eq!(http.expect.body.not_contains, ["Could not connect"]);
    assert_eq!(http.expect.body.contains, ["v1.2"]);
    assert_eq!(http.expect.headers.len(), 2);
    assert_eq!(
        (
            http.expect.headers[0].present,
            http.expect.headers[0].not_contains.as_deref()
        ),
        (None, Some("debug"))
    );
}

#[test]
fn other_modules_become_checks_or_are_left() {
    let module = json!({"prober": "tcp", "tcp": {"tls": true, "query_response": [], "tls_config": {"server_name": "a.example", "min_version": "TLS13"}}});
    let import = import_blackbox(&module, "a.example:443");
    assert_eq!(left(&import), ["tcp.query_response"]);
    assert!(matches!(import.probe, Some(Probe::Tls(tls)) if tls.names == ["a.example"]));
    let module = json!({"prober": "dns", "dns": {"query_name": "a.example", "query_type": "SOA", "valid_rcodes": ["NOERROR", "REFUSED"], "validate_answer_rrs": {}}});
    let import = import_blackbox(&module, "9.9.9.9");
    assert_eq!(
        left(&import),
        ["dns.validate_answer_rrs", "dns.valid_rcodes"]
    );
    assert!(matches!(import.probe, Some(Probe::Dns(_))));
    for (module, left_out) in [
        (
            json!({"prober": "icmp", "icmp": {}}),
            vec!["prober", "icmp"],
        ),
        (json!({"prober": "dns"}), vec!["dns"]),
        (
            json!({"prober": "dns", "dns": {"query_name": "a"}}),
            vec!["dns.query_type"],
        ),
        (json!([]), vec!["the module"]),
    ] {
        let import = import_blackbox(&module, "a");
        assert_eq!((import.probe.is_none(), left(&import)), (true, left_out));
    }
}

#[test]
fn targets_are_those_of_jobs_that_ask_the_exporter() {
    let known = blackbox_targets(&json!({
        "global": {"scrape_interval": "1m30s"},
        "scrape_configs": [
            {"job_name": "node", "static_configs": [{"targets": ["10.0.0.1:9100"]}]},
            {"job_name": "a", "metrics_path": "/probe", "scrape_timeout": "4s",
             "static_configs": [{"targets": ["https://a.example"]}, {"targets": ["https://b.example"]}]},
            {"job_name": "b", "params": {"module": ["tcp"], "target": ["c.example:25"]},
             "static_configs": [{"targets": ["127.0.0.1:9115"]}], "consul_sd_configs": []},
        ],
    }));
    let target = |module: &str, address: &str, timeout| BlackboxTarget {
        module: module.to_owned(),
        address: address.to_owned(),
        every: Some(Period::from_seconds(90)),
        timeout,
    };
    let timeout = Some(Period::from_ms(3500));
    assert_eq!(
        known.targets,
        [
            target("http_2xx", "https://a.example", timeout),
            target("http_2xx", "https://b.example", timeout),
            target("tcp", "c.example:25", None),
        ]
    );
    assert_eq!(
        known.unmapped[0].source,
        "scrape_configs b: consul_sd_configs"
    );

    let imported = import_blackbox_file(
        json!({"modules": {"tcp": {"prober": "tcp", "tcp": null}, "icmp": {"prober": "icmp"}}}),
        &known,
    )
    .unwrap();
    assert_eq!(
        (imported.checks, imported.left_out),
        (1, 4),
        "{}",
        imported.text
    );
    for part in [
        "# - http_2xx: the file has no such module\n",
        "# - modules.icmp: no target of it is known: they are in Prometheus' file\n",
        "id = \"tcp-c-example-25\"\nevery = \"90s\"\ntimeout = \"9500ms\"\ntcp = { address = \"c.example:25\" }\n",
    ] {
        assert!(imported.text.contains(part), "{part}: {}", imported.text);
    }
    assert!(import_blackbox_file(json!({"modules": {}}), &known).is_err());
}
