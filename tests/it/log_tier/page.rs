use super::{now_ms, reported, result};
use crate::browser::{Browser, check_accessibility};
use crate::harness::{get, stack};

/// The page of the day of a visit, once there is one.
async fn page_of_today() -> String {
    let (date, _) = &log_formats::date_and_hour(now_ms());
    assert_eq!(get("/", &[]).status, 200);
    reported("the page of the day", || async {
        let name = format!("{date}.html");
        result(&format!("reports/halden/{name}")).await?;
        Some(name)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_reads_the_report_and_everyone_could() {
    let name = page_of_today().await;
    let browser = Browser::start(true);
    let site = stack().site_url();
    browser.open(&format!("{site}/forms/admin/login"));
    browser.type_into(&browser.wait_for("input[type=password]"), "sidetier");
    browser.click(&browser.wait_for("button[type=submit]"));
    browser.wait_for("nav");
    browser.open(&format!("{site}/forms/admin/reports"));
    browser.wait_for_text("main h1", "Reports");
    let link = browser.wait_for(&format!("a[href$='/halden/{name}']"));
    browser.click(&link);
    browser.wait_for("main h1, h1");
    let requests = browser.wait_for("table");
    assert!(!browser.text(&requests).is_empty());
    for (width, height) in [(1280, 900), (360, 740)] {
        browser.resize(width, height);
        check_accessibility(&browser, "the report");
        let overflow = browser.run_async(
            "arguments[0](document.documentElement.scrollWidth - document.documentElement.clientWidth)",
        );
        assert_eq!(overflow, 0, "the report is wider than a window of {width}");
    }
}
