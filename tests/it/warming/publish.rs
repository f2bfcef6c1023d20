//! An article, from the editor to a warm page and the owner's report.

use local::Stack;
use serde_json::Value;

use super::edge_log::EdgeLog;
use super::{LONG, minute, pages, result, unique};
use crate::browser::{Browser, check_accessibility};
use crate::harness::{Answer, get, stack, wait_for, wait_up_to};
use crate::road::editor::Editor;

fn publish(slug: &str, title: &str) {
    let editor = Editor::sign_in(stack());
    let (key, _) = editor.form_values("/editor/articles/new");
    let article = [
        ("form_key", key.as_str()),
        ("version", "0"),
        ("title", title),
        ("slug", slug),
        ("summary", "Warm before anybody has asked."),
        ("body", "Fresh from the kiln."),
        ("photo_alt", ""),
        ("is_published", "yes"),
        ("action", "save"),
    ];
    let saved = editor.post_form("/editor/articles/new", &article, None);
    assert_eq!(
        saved.status,
        303,
        "{}",
        String::from_utf8_lossy(&saved.body)
    );
}

fn is_hit(answer: &Answer) -> bool {
    let values = answer.headers.get_all("server-timing").iter();
    let mut values = values.filter_map(|value| value.to_str().ok());
    values.any(|value| value.contains("cdn-cache-hit"))
}

fn text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

/// The report of the invalidation that had a page, once its run is over.
fn invalidation_of(stack: &Stack, page: &str) -> Value {
    wait_up_to(LONG, &format!("the report about {page}"), || {
        minute(stack);
        let index = result(stack, "reports/warming/index.json")?;
        let runs = index["runs"].as_array().unwrap().iter();
        let mut runs = runs.filter(|run| run["reason"] == "invalidation");
        runs.find_map(|run| {
            let key = format!("reports/warming/{}.json", run["run"].as_str().unwrap());
            let report = result(stack, &key)?;
            pages(&report).contains(&page).then_some(report)
        })
    })
}

#[test]
fn what_is_published_is_warm_before_visitors_ask() {
    let (slug, title) = (unique("warm"), unique("Warm from the kiln"));
    let page = format!("/blog/{slug}");
    wait_for("the edge to have the old list", || {
        is_hit(&get("/blog", &[])).then_some(())
    });
    let log = EdgeLog::from_now(stack());
    publish(&slug, &title);

    // Nobody but the warmer knows the article's address yet.
    wait_for("the warmer to ask for the article", || {
        log.warmed().contains(&page).then_some(())
    });
    wait_for("the warmer to ask for the list", || {
        log.warmed().contains("/blog").then_some(())
    });
    let requests = log.requests();
    let mut of_page = requests.iter().filter(|request| request.path == page);
    let first = of_page.next().unwrap();
    assert!(first.is_warmers && !first.is_hit);

    // Twice it is forgotten and asked for again: in between, who comes may be the first.
    for path in [page.as_str(), "/blog"] {
        wait_for(&format!("{path} to be new and warm"), || {
            let answer = get(path, &[]);
            (is_hit(&answer) && text(&answer).contains(&title)).then_some(())
        });
    }
    let report = invalidation_of(stack(), &page);
    assert_eq!(report["lane"], "p0");
    assert_eq!(report["failed"], 0, "{report}");
    assert!(report["event_ms"].as_i64() <= report["closed_ms"].as_i64());
    the_owner_reads_of(report["run"].as_str().unwrap());
}

fn the_owner_reads_of(run: &str) {
    let browser = Browser::start(true);
    let site = stack().site_url();
    browser.open(&format!("{site}/forms/admin/login"));
    browser.type_into(&browser.wait_for("input[type=password]"), "sidetier");
    browser.click(&browser.wait_for("button[type=submit]"));
    browser.wait_for("nav");
    browser.open(&format!("{site}/forms/admin/reports/warming"));
    let link = browser.wait_for(&format!("a[href$='/forms/admin/reports/warming/{run}']"));
    check_page(&browser, "the list of runs");
    browser.resize(1280, 900);
    browser.click(&link);
    browser.wait_for_text("h1", run);
    check_page(&browser, "the report of a run");
}

fn check_page(browser: &Browser, page: &str) {
    for (width, height) in [(1280, 900), (360, 740)] {
        browser.resize(width, height);
        check_accessibility(browser, page);
        let overflow = browser.run_async(
            "arguments[0](document.documentElement.scrollWidth - document.documentElement.clientWidth)",
        );
        assert_eq!(overflow, 0, "{page} is wider than a window of {width}");
    }
}
