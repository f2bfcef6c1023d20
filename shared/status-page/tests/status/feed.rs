//! The feed.

use health_state::State;
use roxmltree::{Document, Node};
use status_page::{Incident, Snapshot, atom_feed};

use crate::sample::{HOUR_MS, MINUTE_MS, NOW_MS, component, incident, snapshot};

const ATOM: &str = "http://www.w3.org/2005/Atom";

fn children<'a, 'i>(node: Node<'a, 'i>, name: &'static str) -> Vec<Node<'a, 'i>> {
    node.children()
        .filter(|child| child.has_tag_name((ATOM, name)))
        .collect()
}

fn text(node: Node<'_, '_>, name: &'static str) -> String {
    let found = children(node, name);
    assert_eq!(found.len(), 1, "{name}");
    found[0].text().unwrap_or_default().to_owned()
}

/// What RFC 4287 demands of a feed and of its entries.
pub(crate) fn assert_valid(feed: &str) {
    let document = Document::parse(feed).unwrap();
    let root = document.root_element();
    assert!(root.has_tag_name((ATOM, "feed")));
    let mut ids = vec![text(root, "id")];
    text(root, "title");
    let selves = children(root, "link").into_iter();
    assert_eq!(
        selves
            .filter(|link| link.attribute("rel") == Some("self"))
            .count(),
        1
    );
    assert_eq!(children(children(root, "author")[0], "name").len(), 1);
    for node in children(root, "entry").into_iter().chain([root]) {
        let updated = text(node, "updated");
        assert!(updated.len() == 20 && updated.ends_with('Z'), "{updated}");
    }
    for entry in children(root, "entry") {
        ids.push(text(entry, "id"));
        text(entry, "title");
        text(entry, "content");
        assert!(text(entry, "published") <= text(entry, "updated"));
    }
    for id in &ids {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~:,%".contains(c);
        assert!(id.starts_with("tag:") && id.chars().all(is_plain), "{id}");
    }
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all);
}

fn site(incidents: Vec<Incident>) -> Snapshot {
    Snapshot {
        incidents,
        ..snapshot(vec![component("a", "Cart", State::Fail)])
    }
}

#[test]
fn incidents_are_entries_that_keep_their_name() {
    let open = atom_feed(&site(vec![incident("01JDQ", &["a"], None)]));
    assert_valid(&open);
    let document = Document::parse(&open).unwrap();
    let entry = children(document.root_element(), "entry")[0];
    assert_eq!(
        text(entry, "id"),
        "tag:www.example.com,2026:status:incident:01JDQ"
    );
    assert_eq!(text(entry, "published"), "2026-11-27T08:20:30Z");
    assert_eq!(text(entry, "updated"), "2026-11-27T08:50:30Z");
    let link = children(entry, "link")[0].attribute("href").unwrap();
    assert_eq!(link, "https://www.example.com/status#incident-01JDQ");
    assert!(text(entry, "content").contains("Concerns: Cart.\nComes from: Cart.\nBegan 27 "));

    let ended = atom_feed(&site(vec![incident(
        "01JDQ",
        &["a"],
        Some(NOW_MS - MINUTE_MS),
    )]));
    assert_valid(&ended);
    let document = Document::parse(&ended).unwrap();
    let feed = document.root_element();
    let entry = children(feed, "entry")[0];
    assert_eq!(
        text(entry, "id"),
        "tag:www.example.com,2026:status:incident:01JDQ"
    );
    assert_eq!(text(entry, "updated"), "2026-11-27T10:19:30Z");
    assert_eq!(text(feed, "updated"), "2026-11-27T10:19:30Z");
    assert!(text(entry, "content").contains("after 1 h 59 min."));
}

#[test]
fn the_feed_is_the_same_when_nothing_happened() {
    let mut site = site(vec![incident("1", &["a"], Some(NOW_MS - HOUR_MS))]);
    let before = atom_feed(&site);
    site.made_ms += HOUR_MS;
    assert_eq!(atom_feed(&site), before);
    site.incidents.clear();
    assert_valid(&atom_feed(&site));
}
