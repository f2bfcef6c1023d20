//! The badges.

use health_state::State;
use roxmltree::Document;
use status_page::{BadgeKind, Snapshot, badge};

use crate::page::contrast;
use crate::sample::{HOUR_MS, NOW_MS, component, snapshot, window};

/// A badge's text alternative, and its colour, which is checked.
fn read(snapshot: &Snapshot, kind: BadgeKind, now_ms: i64) -> (String, String) {
    let svg = badge(snapshot, "a", kind, now_ms).unwrap();
    let document = Document::parse(&svg).unwrap();
    let root = document.root_element();
    let say = root.attribute("aria-label").unwrap();
    let of = |name: &'static str| document.descendants().filter(move |n| n.has_tag_name(name));
    assert_eq!(root.attribute("role"), Some("img"));
    assert_eq!(of("title").next().unwrap().text(), Some(say));
    let texts: Vec<_> = of("text").map(|node| node.text().unwrap()).collect();
    assert!(say.ends_with(&texts.join(": ")), "{texts:?}");
    for paint in of("rect").chain(of("path")) {
        let fill = paint.attribute("fill").unwrap();
        assert!(contrast("#fff", fill) >= 4.5, "{fill}");
    }
    let width: u32 = root.attribute("width").unwrap().parse().unwrap();
    let lengths = of("text").map(|node| node.attribute("textLength").unwrap());
    let lengths: u32 = lengths.map(|length| length.parse::<u32>().unwrap()).sum();
    assert_eq!(width, lengths + 24);
    let colour = of("path").next().unwrap().attribute("fill").unwrap();
    (say.to_owned(), colour.to_owned())
}

#[test]
fn badges_say_what_they_show() {
    let site = snapshot(vec![component("a", "Cart", State::Pass)]);
    let says = BadgeKind::ALL.map(|kind| read(&site, kind, NOW_MS).0);
    assert_eq!(
        says,
        [
            "Cart: uptime 24 h: 100 %",
            "Cart: uptime 7 d: 99.99 %",
            "Cart: uptime 30 d: 99.87 %",
            "Cart: uptime 90 d: unknown",
            "Cart: health: up",
            "Cart: 95 % within: 230 ms",
        ]
    );
    assert_eq!(badge(&site, "b", BadgeKind::Health, NOW_MS), None);
}

#[test]
fn health_has_a_word_and_a_colour_for_each_state() {
    let states = [
        (State::Pass, "up", "#1a7f37"),
        (State::Warn, "degraded", "#8a5300"),
        (State::Suspect, "in doubt", "#8a5300"),
        (State::Fail, "down", "#b3261e"),
        (State::Recovering, "recovering", "#8a5300"),
        (State::Unknown, "unknown", "#55616e"),
    ];
    for (state, word, colour) in states {
        let mut site = snapshot(vec![component("a", "Cart", state)]);
        let expected = (format!("Cart: health: {word}"), colour.to_owned());
        assert_eq!(read(&site, BadgeKind::Health, NOW_MS), expected);
        let (say, _) = read(&site, BadgeKind::Health, NOW_MS + HOUR_MS);
        assert_eq!(say, "Cart: health: unknown: data are stale");
        site.maintenance = vec![window(&["a"], NOW_MS, NOW_MS + 1)];
        let (say, _) = read(&site, BadgeKind::Health, NOW_MS);
        assert_eq!(say, "Cart: health: in maintenance");
    }
}

#[test]
fn uptime_has_a_colour_by_how_much_it_is() {
    for (share, colour) in [(1.0, "#1a7f37"), (0.995, "#8a5300"), (0.9, "#b3261e")] {
        let mut part = component("a", "Cart", State::Pass);
        part.uptime.week = Some(share);
        let (_, found) = read(&snapshot(vec![part]), BadgeKind::UptimeWeek, NOW_MS);
        assert_eq!(found, colour);
    }
}
