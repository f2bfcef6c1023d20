//! The page.

use health_state::State;
use status_page::{CONTENT_POLICY, Component, SIZE_LIMIT, Snapshot, Standing, status_html};

use crate::sample::{
    HOUR_MS, MINUTE_MS, NOW_MS, UP, bars, component, full, incident, snapshot, window,
};

const SHORT: [u32; 4] = [86_000, 400, 0, 0];
const LONG: [u32; 4] = [40_000, 46_400, 0, 0];
const UNKNOWN: [u32; 4] = [0, 0, 86_400, 0];
const WORK: [u32; 4] = [0, 0, 0, 86_400];

/// Whether a page, which must not be too large, has all bars, or none.
fn has_bars(name: &str, site: &Snapshot) -> bool {
    let page = status_html(site, NOW_MS);
    let bars = page.matches("<svg viewBox=\"0 0 90 10\"").count();
    assert!(page.len() <= SIZE_LIMIT, "{name}: {} bytes", page.len());
    assert!(bars == 0 || bars == site.components.len());
    bars > 0
}

#[test]
fn twenty_components_with_their_bars_take_20_kb() {
    let kinds = [SHORT, LONG, WORK, UNKNOWN];
    for every in [90, 30, 10] {
        let name = format!("another day every {every}");
        assert!(has_bars(&name, &full(&kinds, every)), "{name}");
    }
    // A site that is another one every day still has its page.
    assert!(!has_bars("another every day", &full(&kinds, 1)));
}

#[test]
fn more_components_than_there_is_room_for_have_less_detail() {
    for count in [30, 50] {
        let mut site = full(&[SHORT, LONG, WORK, UNKNOWN], 6);
        let parts = site.components.clone();
        let copies = parts.into_iter().cycle().enumerate().skip(20);
        let copy = |(place, component)| Component {
            id: format!("copy-{place}"),
            ..component
        };
        site.components.extend(copies.map(copy).take(count - 20));
        assert!(!has_bars(&format!("{count} components"), &site));
        let page = status_html(&site, NOW_MS);
        assert!(page.contains("too many components") && page.contains("Days with downtime"));
    }
}

#[test]
fn states_have_a_word_a_shape_and_a_colour() {
    let states = [
        (State::Pass, "up", "●", "good"),
        (State::Warn, "degraded", "▲", "warn"),
        (State::Suspect, "in doubt", "◆", "warn"),
        (State::Fail, "down", "■", "bad"),
        (State::Recovering, "recovering", "◧", "warn"),
        (State::Unknown, "unknown", "○", "soft"),
    ];
    for (state, word, shape, class) in states {
        let page = status_html(&snapshot(vec![component("a", "Cart", state)]), NOW_MS);
        let cell = format!("<td class=\"{class}\"><i aria-hidden=\"true\">{shape}</i> {word}");
        assert!(page.contains(&cell), "{cell}");
    }
}

#[test]
fn the_sentence_counts_what_is_not_well() {
    let sentence = |states: &[State]| {
        let of = |(place, state): (usize, &State)| component(&place.to_string(), "x", *state);
        let site = snapshot(states.iter().enumerate().map(of).collect());
        let page = status_html(&site, NOW_MS);
        let title = page.split("<title>").nth(1).unwrap();
        title.split("</title>").next().unwrap().to_owned()
    };
    let (pass, warn, fail) = (State::Pass, State::Warn, State::Fail);
    assert_eq!(sentence(&[]), "Shop status: Nothing is looked at yet");
    assert_eq!(sentence(&[pass]), "Shop status: The one component is up");
    assert_eq!(
        sentence(&[pass, pass]),
        "Shop status: All 2 components are up"
    );
    assert_eq!(
        sentence(&[pass, fail, warn, fail]),
        "Shop status: 2 of 4 components are down, 1 is degraded"
    );
}

#[test]
fn stale_data_are_said_to_be() {
    let site = snapshot(vec![component("a", "Cart", State::Pass)]);
    let fresh = status_html(&site, site.made_ms + 3 * MINUTE_MS);
    assert!(!fresh.contains("stale since") && fresh.contains("The one component is up."));
    assert!(fresh.contains("27 November 2026, 10:20:00 UTC</time> (3 min ago)"));
    assert!(fresh.contains("When that is more than 3 min in the past, you see a copy"));
    let stale = status_html(&site, site.made_ms + 3 * MINUTE_MS + 1);
    assert!(stale.contains("Data are stale since <time datetime=\"2026-11-27T10:20:00Z\">"));
    assert!(stale.contains("How things are now is not known.") && !stale.contains("is up."));
    // A clock that is behind makes nothing stale, and nothing of the future.
    assert!(status_html(&site, 0).contains("UTC</time> (now)"));
}

#[test]
fn maintenance_is_now_or_next_and_then_gone() {
    let mut site = snapshot(vec![component("a", "Cart", State::Fail)]);
    site.maintenance = vec![window(&["a", "hidden"], NOW_MS, NOW_MS + HOUR_MS)];
    let now = status_html(&site, NOW_MS);
    assert!(now.contains("<h3>Now: Cart</h3>") && now.contains("in maintenance"));
    assert_eq!(
        site.standing(&site.components[0], NOW_MS),
        Standing::Maintenance
    );
    let next = status_html(&site, NOW_MS - 1);
    assert!(next.contains("<h3>Next: Cart</h3>") && next.contains("is down."));
    let after = status_html(&site, NOW_MS + HOUR_MS);
    assert!(!after.contains("<h2>Maintenance</h2>"));
}

#[test]
fn incidents_name_public_components_only() {
    let mut site = snapshot(vec![component("a", "Cart", State::Fail)]);
    site.incidents = vec![
        incident("1", &["shop-db.internal", "a"], None),
        incident("2", &["a"], Some(NOW_MS - HOUR_MS)),
    ];
    let page = status_html(&site, NOW_MS);
    assert!(page.contains("Concerns: Cart.") && !page.contains("shop-db.internal"));
    assert_eq!(page.matches("Comes from: Cart.").count(), 1);
    assert!(page.contains("not ended yet") && page.contains(": 1 h."));
    assert!(page.find("Incidents now").unwrap() < page.find("Past incidents").unwrap());
    let json = status_page::status_json(&site).unwrap();
    assert!(!json.contains("shop-db.internal"));
}

#[test]
fn days_with_downtime_are_text_too() {
    let mut part = component("a", "Cart", State::Pass);
    part.bars = bars(&[LONG], 90, 88);
    let page = status_html(&snapshot(vec![part]), NOW_MS);
    assert!(page.contains("<title>Days: 89 up, 1 down</title>"));
    assert!(page.contains("<th scope=\"row\">26 Nov 2026<td>Cart<td>12 h 53 min<td>46.29 %"));
    let mut part = component("a", "Cart", State::Pass);
    part.bars = bars(&[UP], 90, 0);
    let calm = status_html(&snapshot(vec![part]), NOW_MS);
    assert!(!calm.contains("Days with downtime"));
}

#[test]
fn the_document_is_whole_without_scripts_and_inline_styles() {
    let page = status_html(&full(&[SHORT, LONG, WORK, UNKNOWN], 10), NOW_MS);
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">"));
    // Whoever reads must not be interrupted: that is for a server's header to decide.
    assert!(!page.contains("http-equiv"));
    assert!(page.contains("href=\"#main\"") && page.contains("<main id=\"main\""));
    for never in ["<script", " style=", " src=", " onclick="] {
        assert!(!page.contains(never), "{never}");
    }
    for landmark in ["<header>", "<main ", "<footer>"] {
        assert_eq!(page.matches(landmark).count(), 1, "{landmark}");
    }
    assert_balanced(&page);
    let unique = |attribute: &str| {
        let values = page.split(attribute).skip(1);
        let mut values: Vec<_> = values.map(|rest| rest.split('"').next().unwrap()).collect();
        let all = values.len();
        values.sort_unstable();
        values.dedup();
        assert!(all > 1 && values.len() == all, "{attribute}");
    };
    unique(" id=\"");
    unique(" aria-label=\"");
    assert!(CONTENT_POLICY.starts_with("default-src 'none'; style-src 'sha256-"));
}

/// Every element is closed in its turn, where HTML wants it to be, and all quotes are pairs.
pub(crate) fn assert_balanced(page: &str) {
    const CELLS: [&str; 2] = ["td", "th"];
    const OPTIONAL: [&str; 4] = ["td", "th", "tr", "li"];
    let mut open: Vec<&str> = Vec::new();
    let pop = |open: &mut Vec<&str>, names: &[&str]| {
        while open.last().is_some_and(|last| names.contains(last)) {
            open.pop();
        }
    };
    for tag in page
        .strip_prefix("<!DOCTYPE html>")
        .unwrap()
        .split('<')
        .skip(1)
    {
        let (tag, _) = tag.split_once('>').unwrap();
        assert!(tag.matches('"').count().is_multiple_of(2), "{tag}: {page}");
        let name = tag.trim_start_matches('/').split(' ').next().unwrap();
        if tag.starts_with('/') {
            pop(&mut open, &OPTIONAL);
            assert_eq!(open.pop(), Some(name), "{page}");
        } else if !tag.ends_with('/') && !["meta", "link"].contains(&name) {
            match name {
                "td" | "th" => pop(&mut open, &CELLS),
                "tr" => pop(&mut open, &OPTIONAL[..3]),
                "li" => pop(&mut open, &OPTIONAL[3..]),
                _ => {}
            }
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}: {page}");
}

/// The colours of the style by name, of the light theme and of the dark one.
fn palettes(page: &str) -> [Vec<(String, String)>; 2] {
    let style = page.split("<style>").nth(1).unwrap();
    let mut blocks = style.split(":root{").skip(1);
    [(); 2].map(|()| {
        let block = blocks.next().unwrap().split('}').next().unwrap();
        let pairs = block
            .split(';')
            .filter_map(|pair| pair.trim().split_once(':'));
        let pairs = pairs.filter(|(_, value)| value.starts_with('#'));
        pairs
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    })
}

/// How far two colours are apart, as the WCAG have it.
pub(crate) fn contrast(a: &str, b: &str) -> f64 {
    let luminance = |colour: &str| {
        let digits: String = match colour.len() {
            4 => colour[1..].chars().flat_map(|c| [c, c]).collect(),
            _ => colour[1..].to_owned(),
        };
        let channel = |at: usize| {
            let value = u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn all_text_has_enough_contrast_in_both_themes() {
    let page = status_html(&Snapshot::default(), NOW_MS);
    for palette in palettes(&page) {
        let of = |name: &str| &palette.iter().find(|(n, _)| n == name).unwrap().1;
        for ink in [
            "--ink", "--soft", "--link", "--good", "--warn", "--bad", "--work",
        ] {
            for paper in ["--paper", "--card"] {
                let contrast = contrast(of(ink), of(paper));
                assert!(contrast >= 4.5, "{ink} on {paper}: {contrast}");
            }
        }
    }
}
