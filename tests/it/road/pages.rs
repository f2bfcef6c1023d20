//! The site's pages: what caches are told, and whether everybody can use them.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::editor::Editor;
use crate::browser::{Browser, check_accessibility};
use crate::harness::{get, stack};

const PUBLIC: [&str; 8] = [
    "/",
    "/products",
    "/products/tide-vase",
    "/categories/lamps",
    "/blog",
    "/blog/why-we-fire-with-wood",
    "/pages/contact",
    "/search?q=bowl",
];

#[test]
fn every_public_page_may_be_kept_and_says_what_it_is_made_of() {
    for path in PUBLIC {
        let answer = get(path, &[]);
        assert_eq!(answer.status, 200, "{path}");
        assert!(
            answer.header("cache-control").contains("s-maxage=60"),
            "{path}"
        );
        assert!(!answer.header("cache-tag").is_empty(), "{path}");
        assert!(answer.header("etag").starts_with("W/"), "{path}");
        assert!(!answer.headers.contains_key("set-cookie"), "{path}");
        assert!(
            answer.headers.contains_key("content-security-policy"),
            "{path}"
        );
        let known = get(path, &[("if-none-match", answer.header("etag"))]);
        assert_eq!(known.status, 304, "{path}");
    }
}

#[test]
fn what_is_not_there_is_a_page_too() {
    let answer = get("/products/no-such-thing", &[]);
    assert_eq!(answer.status, 404);
    let page = String::from_utf8(answer.body).unwrap();
    assert!(page.contains("There is nothing here"), "{page}");
}

#[test]
fn the_site_map_names_every_page() {
    let map = String::from_utf8(get("/sitemap.xml", &[]).body).unwrap();
    for path in [
        "/products/tide-vase",
        "/blog/why-we-fire-with-wood",
        "/pages/about",
    ] {
        let address = format!("<loc>{}{path}</loc><lastmod>", stack().site_url());
        assert!(map.contains(&address), "{address} in {map}");
    }
}

#[test]
fn assets_are_kept_for_ever() {
    let page = String::from_utf8(get("/", &[]).body).unwrap();
    let style = page
        .split("href=\"")
        .find(|part| part.starts_with("/assets/site."));
    let style = style.unwrap().split('"').next().unwrap();
    let answer = get(style, &[]);
    assert_eq!(answer.status, 200);
    assert!(answer.header("cache-control").contains("immutable"));
    assert_eq!(get(style, &[]).header("x-cache"), "Hit from cloudfront");
}

#[test]
fn a_form_in_a_page_works_without_javascript() {
    let browser = Browser::start(false);
    browser.open(&format!("{}/pages/contact", stack().site_url()));
    for (field, text) in [
        ("#f-name", "Ada"),
        ("#f-email", "ada@example.com"),
        (
            "#f-message",
            "Does the tide vase hold a branch of hawthorn?",
        ),
    ] {
        browser.type_into(&browser.wait_for(field), text);
    }
    browser.click(&browser.wait_for("#f-privacy"));
    browser.click(&browser.wait_for(".form-panel button[type=submit]"));
    browser.wait_for_text("h1", "Your message is on its way");
}

#[test]
fn axe_finds_nothing_on_the_sites_pages() {
    let browser = Browser::start(true);
    for path in PUBLIC.into_iter().chain(["/nothing", "/editor/sign-in"]) {
        browser.open(&format!("{}{path}", stack().site_url()));
        browser.wait_for("main h1");
        check_accessibility(&browser, path);
    }
    Editor::sign_in_with(&browser);
    for path in [
        "/editor",
        "/editor/articles/new",
        "/editor/articles/seconds-sale",
        "/editor/products/tide-vase",
        "/editor/pages/contact",
    ] {
        browser.open(&format!("{}{path}", stack().site_url()));
        browser.wait_for("main h1");
        check_accessibility(&browser, path);
    }
}

#[test]
fn nothing_is_wider_than_a_telephone() {
    let browser = Browser::start(true);
    browser.resize(380, 800);
    for path in PUBLIC {
        browser.open(&format!("{}{path}", stack().site_url()));
        browser.wait_for("main h1");
        let script = "arguments[0](document.documentElement.scrollWidth \
             - document.documentElement.clientWidth)";
        let beyond = browser.run_async(script);
        assert_eq!(beyond, 0, "{path}");
    }
}

#[test]
fn the_function_answers_every_sample_event() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events/site-serve");
    for (name, status, word) in [
        ("home", 200, "Made slowly"),
        ("product", 200, "Tide vase"),
        ("article", 200, "Why we still fire with wood"),
        ("contact", 200, "action=\"/forms/contact\""),
        ("search", 200, "Bud vase"),
        ("sitemap", 200, "<urlset"),
        ("not-found", 404, "There is nothing here"),
        ("editor", 303, ""),
        ("sign-in-wrong", 422, "That is not the password"),
    ] {
        let event = fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
        let answer: Value = stack().invoke("site-serve", &event).unwrap();
        assert_eq!(answer["statusCode"], status, "{name}: {answer}");
        let body = answer["body"].as_str().unwrap_or_default();
        assert!(body.contains(word), "{name}: {body}");
    }
}
