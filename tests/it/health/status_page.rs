//! The page that says how the site is.

use local::Stack;
use roxmltree::Document;
use serde_json::Value;

use super::broken::Broken;
use super::{component, probe, published, status};
use crate::browser::{Browser, check_accessibility};
use crate::harness::{Answer, fragile_stack, get, get_from, stack, wait_for};

/// What the page calls the tiers. On this machine there are no instances, so there are no
/// target groups to tell of.
const COMPONENTS: [(&str, &str); 9] = [
    ("home", "Shop"),
    ("search", "Search"),
    ("media", "Pictures"),
    ("forms", "Forms"),
    ("database", "Database"),
    ("cache", "Cache"),
    ("pictures", "Picture processing"),
    ("deliveries", "Mails and webhooks"),
    ("logs", "Log processing"),
];
/// Bytes of the page at most.
const LARGEST: usize = 20_000;
const ATOM: &str = "http://www.w3.org/2005/Atom";
const SVG: &str = "http://www.w3.org/2000/svg";

fn text(answer: &Answer) -> &str {
    std::str::from_utf8(&answer.body).unwrap()
}

/// An answer of the site, once there is one: the first run may still be under way.
fn published_at(stack: &Stack, path: &str) -> Answer {
    wait_for(path, || {
        let answer = get_from(stack, path, &[]);
        if answer.status == 200 {
            return Some(answer);
        }
        probe(stack);
        None
    })
}

#[test]
fn the_page_has_all_tiers_and_needs_nothing_but_itself() {
    let page = published_at(stack(), "/status");
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(page.header("cache-control"), "public, max-age=30");
    assert!(page.body.len() <= LARGEST, "{} bytes", page.body.len());
    let html = text(&page);
    for (_, name) in COMPONENTS {
        assert!(
            html.contains(&format!("scope=\"row\">{name}")),
            "{name}: {html}"
        );
    }
    // Nothing is fetched, and nothing leads elsewhere.
    for word in [
        "<script",
        "src=",
        "@import",
        "url(",
        "<iframe",
        "stylesheet",
    ] {
        assert!(!html.contains(word), "{word}: {html}");
    }
    let site = stack().site_url();
    for link in html.split("href=\"").skip(1) {
        let target = link.split('"').next().unwrap();
        let is_ours = target.starts_with('#') || target.starts_with(&format!("{site}/status"));
        assert!(is_ours, "{target}");
    }
    // The hosts of the tiers are nobody's business.
    let own: Vec<&str> = html.split("127.0.0.1:").skip(1).collect();
    let port = site.rsplit(':').next().unwrap();
    assert!(own.iter().all(|rest| rest.starts_with(port)), "{html}");
}

#[test]
fn what_programs_read_says_the_same() {
    published_at(stack(), "/status.json");
    let status = status(stack());
    for (id, name) in COMPONENTS {
        assert_eq!(component(&status, id).unwrap()["name"], name);
    }
    let health = get("/health", &[]);
    assert_eq!(health.header("content-type"), "application/health+json");
    let health: Value = serde_json::from_slice(&health.body).unwrap();
    for (id, _) in COMPONENTS {
        let check = &health["checks"][format!("{id}:state")][0];
        assert_eq!(check["componentId"], id, "{health}");
        assert!(check["status"].is_string(), "{health}");
    }
}

#[test]
fn the_feed_is_one() {
    let feed = published_at(stack(), "/status/incidents.atom");
    let media_type = "application/atom+xml; charset=utf-8";
    assert_eq!(feed.header("content-type"), media_type);
    assert_feed(text(&feed));
}

/// What RFC 4287 asks of a feed and of its entries.
fn assert_feed(text: &str) {
    let document = Document::parse(text).unwrap();
    let root = document.root_element();
    assert!(root.has_tag_name((ATOM, "feed")), "{text}");
    let needed = ["id", "title", "updated"];
    let entries = root
        .children()
        .filter(|node| node.has_tag_name((ATOM, "entry")));
    for node in entries.chain([root]) {
        for name in needed {
            let mut found = node
                .children()
                .filter(|child| child.has_tag_name((ATOM, name)));
            let text_of = found
                .next()
                .and_then(|child| child.text())
                .unwrap_or_default();
            assert!(
                !text_of.is_empty() && found.next().is_none(),
                "{name}: {text}"
            );
        }
    }
    let links = root
        .children()
        .filter(|node| node.has_tag_name((ATOM, "link")));
    let own = links.filter(|link| link.attribute("rel") == Some("self"));
    let url = format!("{}/status/incidents.atom", stack().site_url());
    let own: Vec<_> = own.filter_map(|link| link.attribute("href")).collect();
    assert_eq!(own, [url]);
}

#[test]
fn badges_are_pictures_with_a_name() {
    published_at(stack(), "/status");
    for kind in [
        "health",
        "uptime-24h",
        "uptime-7d",
        "uptime-30d",
        "uptime-90d",
        "p95",
    ] {
        let path = format!("/badge/home/{kind}.svg");
        let badge = published_at(stack(), &path);
        assert_eq!(badge.header("content-type"), "image/svg+xml", "{path}");
        let document = Document::parse(text(&badge)).unwrap();
        let root = document.root_element();
        assert!(root.has_tag_name((SVG, "svg")), "{path}");
        let title = root
            .descendants()
            .find(|node| node.has_tag_name((SVG, "title")));
        let title = title.and_then(|node| node.text()).unwrap_or_default();
        assert!(title.contains("Shop"), "{path}: {title}");
    }
    let unknown = get("/badge/nothing/health.svg", &[]);
    assert_eq!(unknown.status, 404);
    assert!(text(&unknown).contains("home"), "{}", text(&unknown));
}

#[test]
fn axe_finds_nothing_on_the_page_and_a_telephone_shows_it_whole() {
    published_at(stack(), "/status");
    let browser = Browser::start(true);
    browser.open(&format!("{}/status", stack().site_url()));
    browser.wait_for("main table");
    // What it is styled with is in it, and its policy lets it be. The browser itself asks for
    // an icon of any site.
    let script = "const fetched = performance.getEntriesByType('resource') \
         .map(each => each.name).filter(name => !name.endsWith('/favicon.ico')); \
         arguments[0]([document.styleSheets.length, fetched])";
    assert_eq!(browser.run_async(script), serde_json::json!([1, []]));
    for (width, height) in [(1280, 900), (360, 740)] {
        browser.resize(width, height);
        check_accessibility(&browser, "the status page");
        let script = "arguments[0](document.documentElement.scrollWidth \
             - document.documentElement.clientWidth)";
        assert_eq!(browser.run_async(script), 0, "{width} px");
    }
}

#[test]
fn it_is_read_without_scripts() {
    published_at(stack(), "/status");
    let browser = Browser::start(false);
    browser.open(&format!("{}/status", stack().site_url()));
    browser.wait_for_text("h1", "Halden status");
    browser.wait_for_text("table", "Database");
}

#[test]
fn it_outlives_all_that_it_tells_of() {
    let stack = fragile_stack();
    let broken = Broken::not_yet(&stack, &["database", "cache"]);
    probe(&stack);
    for server in [0, 1] {
        stack.kill_web_server(server).unwrap();
    }
    stack.stop_redis().unwrap();
    stack.stop_postgres().unwrap();
    stack.fail_services(&["dynamodb", "sqs"]).unwrap();
    // The prober itself has nowhere to keep what it sees: from now on the page is as it was.
    assert!(probe(&stack)["errorType"].is_string());
    stack.stop_proxy();
    stack.fail_services(&["dynamodb", "sqs", "lambda"]).unwrap();
    assert_all_is_gone(&stack, &broken);
    let page = published(&stack, "status").unwrap();
    for path in ["/status", "/status.json", "/status/incidents.atom"] {
        // From where it is kept, and not from whoever has asked for it before.
        broken.forget_at_the_edge(path);
        let answer = get_from(&stack, path, &[]);
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("x-cache"), "Miss from cloudfront", "{path}");
        // A copy only ages: health-web's page asks for itself again, this one does not.
        assert_eq!(answer.header("refresh"), "", "{path}");
        if path == "/status" {
            assert_eq!(text(&answer), page);
        }
    }
    // Whoever reads it learns of when it is, and from when on not to believe it.
    let made_ms = status(&stack)["made_ms"].as_i64().unwrap();
    let made = jiff::Timestamp::from_millisecond(made_ms).unwrap();
    let made = made.strftime("%-d %B %Y, %H:%M:%S UTC").to_string();
    for words in [
        "This page was made at ",
        "you see a copy, and its data are stale",
        &made,
    ] {
        assert!(page.contains(words), "{words} in {page}");
    }
}

/// No function runs, no proxy answers, and so no page does but one that somebody has kept.
fn assert_all_is_gone(stack: &Stack, broken: &Broken<'_>) {
    // Of a function, by the load balancer; and one that the edge has no copy of.
    for path in ["/health/live", "/pages/about?status=outlives"] {
        broken.forget_at_the_edge(path);
        let answer = get_from(stack, path, &[]);
        assert!(answer.status >= 500, "{path}: {}", answer.status);
    }
    let proxy = stack.proxy_url().replace("http://", "");
    let refused = std::net::TcpStream::connect(proxy).unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
}
