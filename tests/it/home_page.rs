//! The page about the local stack, in a real browser.

use std::path::PathBuf;

use crate::browser::Browser;
use tempfile::TempDir;

use crate::harness::{get, stack};

/// A directory with one file in it, and the path of that file.
fn file(name: &str, bytes: &[u8]) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    (dir, path)
}

fn photo() -> Vec<u8> {
    let scene = sample_photos::render(sample_photos::Scene::Meadow, 640, 480, 11);
    sample_photos::encode_jpeg(&scene, 85, 1)
}

/// Sends a file with the form, as a person would.
fn send(browser: &Browser, path: &std::path::Path) {
    browser.open(&format!("{}/_local/", stack().site_url()));
    browser.type_into(&browser.wait_for("#photo"), path.to_str().unwrap());
    browser.click(&browser.wait_for("form.drop button"));
}

#[test]
fn a_photo_becomes_a_set_without_javascript() {
    let (_dir, path) = file("by form é.jpg", &photo());
    let browser = Browser::start(false);
    send(&browser, &path);
    // The page loads itself again until the manifest is there.
    let picture = browser.wait_for(r#"article[data-key="by form é.jpg"] picture img"#);
    assert_eq!(browser.accessible_name(&picture), "Photo by form é.jpg");
    let table = browser.wait_for(r#"article[data-key="by form é.jpg"] table"#);
    let rows = browser.property(&table, "textContent").to_string();
    assert!(
        rows.contains("avif") && rows.contains("webp") && rows.contains("jpeg"),
        "{rows}"
    );
    let photo = browser.wait_for(r#"article[data-key="by form é.jpg"]"#);
    assert!(
        browser.text(&photo).contains("640 × 480 JPEG"),
        "{}",
        browser.text(&photo)
    );
}

#[test]
fn the_form_works_with_javascript_too() {
    let (_dir, path) = file("by script.jpg", &photo());
    let browser = Browser::start(true);
    send(&browser, &path);
    let picture = browser.wait_for(r#"article[data-key="by script.jpg"] picture img"#);
    browser.wait_for("footer");
    assert!(
        browser
            .property(&picture, "src")
            .to_string()
            .contains("/derived/sets/")
    );
}

#[test]
fn a_file_that_is_no_photo_is_refused_with_the_reason() {
    let (_dir, path) = file("letter.pdf", b"%PDF-1.7 not a photo");
    let browser = Browser::start(false);
    send(&browser, &path);
    browser.wait_for(r#"article[data-key="letter.pdf"] .refused"#);
    let photo = browser.wait_for(r#"article[data-key="letter.pdf"]"#);
    assert!(
        browser.text(&photo).contains("PDF"),
        "{}",
        browser.text(&photo)
    );
}

#[test]
fn an_empty_file_is_refused_at_once() {
    let (_dir, path) = file("nothing.jpg", b"");
    let browser = Browser::start(false);
    send(&browser, &path);
    let notice = browser.wait_for("#notice .refused");
    assert_eq!(browser.text(&notice), "“nothing.jpg” is empty.");
    assert!(browser.find(r#"article[data-key="nothing.jpg"]"#).is_none());
}

#[test]
fn the_page_can_be_read_by_everyone() {
    let browser = Browser::start(false);
    browser.open(&format!("{}/_local/", stack().site_url()));
    for landmark in [
        "header nav[aria-label]",
        "main",
        "footer",
        "main h1",
        "a.skip[href='#content']",
    ] {
        browser.wait_for(landmark);
    }
    let input = browser.wait_for("#photo");
    assert!(
        browser
            .accessible_name(&input)
            .starts_with("Photos: JPEG, PNG, WebP")
    );
    let picture = browser.wait_for("svg[role=group]");
    let name = browser.accessible_name(&picture);
    assert!(
        name.starts_with("The parts of the site and how a request travels"),
        "{name}"
    );
    for part in [
        "Edge cache",
        "Reverse proxy",
        "Web server 1",
        "Web server 2",
        "S3 media bucket",
        "image-derive",
        "PostgreSQL",
        "Redis",
    ] {
        let legend = browser.wait_for(".legend");
        assert!(
            browser.text(&legend).contains(&format!("{part} runs")),
            "{part}"
        );
    }
}

#[test]
fn another_site_cannot_send_forms_here() {
    let address = format!("{}/_local/upload", stack().site_url());
    let form = "--x\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"forged.jpg\"\r\n\r\nx\r\n--x--\r\n";
    let answer = ureq::post(&address)
        .config()
        .http_status_as_error(false)
        .build()
        .header("origin", "http://example.com")
        .header("content-type", "multipart/form-data; boundary=x")
        .send(form)
        .unwrap();
    assert_eq!(answer.status(), 422);
    let listing = get("/_local/objects?prefix=originals/forged", &[]);
    assert!(!String::from_utf8_lossy(&listing.body).contains("forged.jpg</code>"));
}
