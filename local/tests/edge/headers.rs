//! What web servers are told of a request, and visitors of an answer.

use std::net::Ipv4Addr;

use crate::client::{get, get_from, post};
use crate::harness::shared;

/// A peer that no rule trusts.
const STRANGER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

#[test]
fn web_server_gets_one_address_that_of_the_client() {
    let (tier, _) = shared();
    for (sent, address) in [
        ("198.51.100.7", "198.51.100.7"),
        // What the client wrote, what CloudFront added, what the load balancer added.
        ("203.0.113.9, 198.51.100.7, 127.0.0.1", "198.51.100.7"),
        ("127.0.0.1, 198.51.100.7", "198.51.100.7"),
        ("nonsense, 198.51.100.7", "198.51.100.7"),
        ("198.51.100.7, nonsense", "127.0.0.1"),
        ("2001:db8::7", "2001:db8::7"),
    ] {
        let answer = get(
            tier.http_port,
            "/blog?address",
            &[("x-forwarded-for", sent)],
        );
        assert_eq!(
            answer.asked()["headers"]["x-forwarded-for"],
            address,
            "{sent}"
        );
        let line = tier.log_line(answer.header("x-request-id"));
        assert_eq!(line["client_address"], address, "{sent}");
    }
}

#[test]
fn stranger_is_not_believed() {
    let (tier, _) = shared();
    let claims = [
        ("x-forwarded-for", "198.51.100.7"),
        ("x-forwarded-proto", "https"),
        ("cloudfront-forwarded-proto", "https"),
        ("x-amz-cf-id", "Stranger"),
    ];
    let answer = get_from(STRANGER, tier.http_port, "/blog?stranger", &claims);
    let headers = &answer.asked()["headers"];
    assert_eq!(headers["x-forwarded-for"], "127.0.0.2");
    assert_eq!(headers["x-forwarded-proto"], "http");
    assert_ne!(headers["x-request-id"], "Stranger");
}

#[test]
fn scheme_is_cloudfronts_then_the_load_balancers_then_ours() {
    let (tier, _) = shared();
    let cases: [(&[(&str, &str)], &str); 5] = [
        (&[], "http"),
        (&[("x-forwarded-proto", "https")], "https"),
        (
            &[
                ("cloudfront-forwarded-proto", "https"),
                ("x-forwarded-proto", "http"),
            ],
            "https",
        ),
        (
            &[
                ("cloudfront-forwarded-proto", "http"),
                ("x-forwarded-proto", "https"),
            ],
            "http",
        ),
        (&[("x-forwarded-proto", "gopher")], "http"),
    ];
    for (headers, scheme) in cases {
        let answer = get(tier.http_port, "/blog?scheme", headers);
        assert_eq!(
            answer.asked()["headers"]["x-forwarded-proto"],
            scheme,
            "{headers:?}"
        );
    }
}

#[test]
fn request_id_of_cloudfront_goes_all_the_way() {
    let (tier, _) = shared();
    let id = "Wz3k-9_Xq=abcdefghijklmnopqrstuvwxyzABCDEFGHIJ==";
    let answer = get(tier.http_port, "/blog?id", &[("x-amz-cf-id", id)]);
    assert_eq!(answer.asked()["headers"]["x-request-id"], id);
    assert_eq!(answer.headers("x-request-id"), [id]);
    assert_eq!(tier.log_line(id)["path"], "/blog");
    let long = "x".repeat(129);
    for bad in ["has space", "<script>", "\"", long.as_str(), ""] {
        let answer = get(tier.http_port, "/blog?id", &[("x-amz-cf-id", bad)]);
        let own = answer.header("x-request-id");
        assert!(
            own.len() == 32 && own.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{own}"
        );
    }
}

#[test]
fn posts_carry_what_forms_and_sessions_need() {
    let (tier, _) = shared();
    let sent = [
        ("cookie", "editor_session=v1.a.b; theme=dark"),
        ("origin", "https://shop.example"),
        ("referer", "https://shop.example/editor"),
        ("sec-fetch-site", "same-origin"),
        ("accept-language", "de"),
        ("user-agent", "Browser/1.0"),
        (
            "x-amzn-trace-id",
            "Root=1-67891233-abcdef012345678912345678",
        ),
    ];
    let answer = post(tier.http_port, "/editor/articles/new", &sent, "title=New");
    let asked = answer.asked();
    for (name, value) in sent {
        assert_eq!(asked["headers"][name], value);
    }
    assert_eq!(
        asked["headers"]["content-type"],
        "application/x-www-form-urlencoded"
    );
    assert_eq!(asked["body_bytes"], 9);
}

#[test]
fn security_headers_are_added_where_the_web_server_has_none() {
    let (tier, _) = shared();
    let answer = get(tier.http_port, "/blog?security", &[]);
    assert_eq!(answer.headers("x-content-type-options"), ["nosniff"]);
    assert_eq!(
        answer.headers("referrer-policy"),
        ["strict-origin-when-cross-origin"]
    );
    assert_eq!(answer.headers("x-frame-options"), ["SAMEORIGIN"]);
    assert_eq!(answer.header("strict-transport-security"), "");

    let own = |header: &str| get(tier.http_port, &format!("/blog?wish-header={header}"), &[]);
    assert_eq!(
        own("referrer-policy:no-referrer").headers("referrer-policy"),
        ["no-referrer"]
    );
    assert_eq!(
        own("x-frame-options:DENY").headers("x-frame-options"),
        ["DENY"]
    );
    let policy = own("content-security-policy:frame-ancestors%20'none'");
    assert_eq!(policy.header("x-frame-options"), "");
}

#[test]
fn nothing_tells_what_runs_here() {
    let (tier, _) = shared();
    let answer = get(tier.http_port, "/blog?tells", &[]);
    assert_eq!(answer.header("server"), "nginx");
    assert_eq!(answer.header("x-powered-by"), "");
    let internal = answer
        .headers
        .iter()
        .find(|(name, _)| name.starts_with("x-edge"));
    assert_eq!(internal, None);
}

#[test]
fn headers_that_steer_nginx_do_nothing() {
    let (tier, _) = shared();
    for header in [
        "x-accel-redirect:/readyz",
        "x-accel-expires:60",
        "x-accel-limit-rate:1",
    ] {
        let target = format!("/blog?wish-header={header}");
        let answer = get(tier.http_port, &target, &[]);
        assert_eq!(answer.asked()["target"], target);
        assert_eq!(
            get(tier.http_port, &target, &[]).cache(),
            "MISS",
            "{header}"
        );
    }
}
