//! What tells kept pages apart, and what no visitor can put into the next one's page.

use crate::cache::{PUBLIC, page};
use crate::client::{get, raw, request, request_bytes};
use crate::harness::shared;

#[test]
fn what_is_not_in_the_key_does_not_reach_the_web_server() {
    let (tier, _) = shared();
    let target = page("poison", PUBLIC);
    let poison = [
        ("x-forwarded-host", "evil.example"),
        ("x-host", "evil.example"),
        ("x-forwarded-server", "evil.example"),
        ("x-forwarded-port", "1337"),
        ("x-forwarded-scheme", "nothttps"),
        ("x-original-url", "/editor"),
        ("x-rewrite-url", "/editor"),
        ("x-http-method-override", "POST"),
        ("x-request-id", "evil"),
        ("x-real-ip", "203.0.113.66"),
        ("forwarded", "host=evil.example"),
        ("proxy", "http://evil.example"),
        ("origin", "https://evil.example"),
        ("referer", "https://evil.example"),
        ("accept-language", "evil"),
        ("accept", "evil/evil"),
        ("cookie", "theme=evil"),
        ("range", "bytes=0-1"),
        ("if-none-match", "\"evil\""),
        ("content-type", "evil/evil"),
        ("accept-encoding", "evil"),
    ];
    let answer = get(tier.http_port, &target, &poison);
    assert_eq!((answer.status, answer.cache()), (200, "MISS"));
    let asked = answer.asked();
    let names: Vec<&str> = asked["headers"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        names,
        [
            // In the key, as the scheme.
            "cloudfront-forwarded-proto",
            "host",
            "x-forwarded-for",
            "x-forwarded-proto",
            "x-request-id"
        ]
    );
    assert_eq!(asked["headers"]["host"], "shop.example");
    let visitor = get(tier.http_port, &target, &[]);
    assert_eq!(visitor.cache(), "HIT");
    assert!(!visitor.body.contains("evil"), "{}", visitor.body);
}

#[test]
fn keys_differ_by_host_scheme_path_and_query_as_they_are_spelled() {
    let (tier, web) = shared();
    let target = page("spelled", PUBLIC);
    let forms = [
        (target.clone(), vec![]),
        (target.clone(), vec![("host", "other.example")]),
        (target.clone(), vec![("x-forwarded-proto", "https")]),
        (target.replacen("/products", "/Products", 1), vec![]),
        (target.replacen("/products", "//products", 1), vec![]),
        (target.replacen("/products", "/products;x", 1), vec![]),
        (target.replacen("/products", "/%70roducts", 1), vec![]),
        (format!("{target}&utm_source=x"), vec![]),
    ];
    for (target, headers) in &forms {
        let before = web.total();
        assert_eq!(
            get(tier.http_port, target, headers).cache(),
            "MISS",
            "{target} {headers:?}"
        );
        assert_eq!(
            get(tier.http_port, target, headers).cache(),
            "HIT",
            "{target} {headers:?}"
        );
        assert!(web.total() > before);
    }
}

#[test]
fn body_of_a_request_for_a_page_is_refused() {
    let (tier, web) = shared();
    let target = page("fat", PUBLIC);
    let answer = request(tier.http_port, "GET", &target, &[], b"q=evil");
    assert_eq!(answer.status, 400);
    let chunked = format!(
        "GET {target} HTTP/1.1\r\nhost: shop.example\r\nconnection: close\r\n\
         transfer-encoding: chunked\r\n\r\n6\r\nq=evil\r\n0\r\n\r\n"
    );
    assert_eq!(raw(tier.http_port, chunked.as_bytes()).unwrap().status, 400);
    assert_eq!(web.count(&target), 0);
}

#[test]
fn head_and_range_fill_the_cache_with_the_whole_page() {
    let (tier, web) = shared();
    let target = page("head", PUBLIC);
    let head = raw(tier.http_port, &request_bytes("HEAD", &target, &[], b"")).unwrap();
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(
        get(tier.http_port, &target, &[("range", "bytes=0-9")]).cache(),
        "HIT"
    );
    let whole = get(tier.http_port, &target, &[]);
    assert_eq!(
        (whole.cache(), whole.asked()["method"].as_str()),
        ("HIT", Some("GET"))
    );
    assert_eq!(web.count(&target), 1);
}

#[test]
fn one_kept_page_serves_those_who_take_gzip_and_those_who_do_not() {
    let (tier, web) = shared();
    let target = format!("{}&wish-body-bytes=5000", page("gzip", PUBLIC));
    let plain = get(tier.http_port, &target, &[]);
    let zipped = get(tier.http_port, &target, &[("accept-encoding", "br, gzip")]);
    assert_eq!(plain.header("content-encoding"), "");
    assert_eq!(zipped.header("content-encoding"), "gzip");
    assert_eq!(zipped.header("vary"), "Accept-Encoding");
    assert_eq!(zipped.cache(), "HIT");
    assert!(zipped.body.len() < plain.body.len() / 2);
    assert_eq!(web.count(&target), 1);
}
