//! What holds for all names, numbers and times.

use health_state::{Bar, Seconds, State};
use proptest::prelude::*;
use roxmltree::Document;
use status_page::{
    BadgeKind, Component, Incident, Latency, Note, Snapshot, Uptime, Window, atom_feed, badge,
    health_json, status_html, status_json,
};

use crate::feed::assert_valid;
use crate::page::assert_balanced;

/// Text that tries to get out.
fn text() -> impl Strategy<Value = String> {
    let nasty = prop_oneof![
        Just("<script>alert(1)</script>".to_owned()),
        Just("\"><img src=x onerror=alert(1)>".to_owned()),
        Just("]]></title></svg><b>&amp;".to_owned()),
        Just("a\u{0}\u{b}\u{1b}\u{202e}\u{feff}\u{ffff}'`".to_owned()),
    ];
    prop_oneof![2 => nasty, 3 => any::<String>(), 1 => Just("a".to_owned())]
}

fn state() -> impl Strategy<Value = State> {
    prop_oneof![
        Just(State::Unknown),
        Just(State::Pass),
        Just(State::Warn),
        Just(State::Suspect),
        Just(State::Fail),
        Just(State::Recovering),
    ]
}

fn uptime() -> impl Strategy<Value = Uptime> {
    any::<[Option<f64>; 4]>().prop_map(|[day, week, month, quarter]| Uptime {
        day,
        week,
        month,
        quarter,
    })
}

fn latency() -> impl Strategy<Value = Latency> {
    any::<[u64; 3]>().prop_map(|[p50_us, p95_us, p99_us]| Latency {
        p50_us,
        p95_us,
        p99_us,
    })
}

fn bar() -> impl Strategy<Value = Bar> {
    (any::<i64>(), any::<[u32; 4]>()).prop_map(|(day, seconds)| Bar {
        day,
        seconds: Seconds::from(seconds),
    })
}

prop_compose! {
    fn component()(
        (id, name, group) in (text(), text(), text()),
        state in state(),
        (since_ms, checked_ms) in any::<(i64, Option<i64>)>(),
        uptime in uptime(),
        bars in proptest::collection::vec(bar(), 0..100),
        latency in proptest::option::of(latency()),
    ) -> Component {
        Component { id, name, group, state, since_ms, checked_ms, uptime, bars, latency }
    }
}

fn incident() -> impl Strategy<Value = Incident> {
    let note = (any::<i64>(), text()).prop_map(|(at_ms, text)| Note { at_ms, text });
    let notes = proptest::collection::vec(note, 0..4);
    let ids = proptest::collection::vec(text(), 0..3);
    let times = (any::<i64>(), any::<Option<i64>>());
    (text(), ids, times, text(), notes).prop_map(
        |(id, components, (started_ms, ended_ms), title, notes)| Incident {
            id,
            root: components.last().cloned(),
            components,
            started_ms,
            ended_ms,
            title,
            notes,
        },
    )
}

prop_compose! {
    fn window()(
        components in proptest::collection::vec(text(), 0..3),
        (from_ms, to_ms) in any::<(i64, i64)>(),
        text in text(),
    ) -> Window {
        Window { components, from_ms, to_ms, text }
    }
}

prop_compose! {
    fn snapshot()(
        (site, url) in (text(), text()),
        (made_ms, stale_ms) in any::<(i64, i64)>(),
        components in proptest::collection::vec(component(), 0..4),
        incidents in proptest::collection::vec(incident(), 0..4),
        maintenance in proptest::collection::vec(window(), 0..3),
    ) -> Snapshot {
        Snapshot { site, url, made_ms, stale_ms, components, incidents, maintenance }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn nothing_gets_out_of_its_place(site in snapshot(), now_ms in any::<i64>()) {
        let page = status_html(&site, now_ms);
        assert_balanced(&page);
        prop_assert!(!page.contains("<script") && !page.contains("<img") && !page.contains("<b>"));
        assert_valid(&atom_feed(&site));
        for component in &site.components {
            for kind in BadgeKind::ALL {
                if let Some(svg) = badge(&site, &component.id, kind, now_ms) {
                    let document = Document::parse(&svg).unwrap();
                    prop_assert_eq!(document.descendants().filter(|n| n.is_element()).count(), 7);
                }
            }
        }
    }

    #[test]
    fn json_is_json_and_clean_is_clean(site in snapshot(), now_ms in any::<i64>()) {
        let health: serde_json::Value = serde_json::from_str(&health_json(&site, now_ms)).unwrap();
        prop_assert!(health["checks"].is_object());
        let json = status_json(&site).unwrap();
        let read: Snapshot = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(status_json(&read).unwrap(), json);
    }
}
