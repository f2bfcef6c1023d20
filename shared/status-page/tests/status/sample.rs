//! A site to look at.

use health_state::{Bar, Seconds, State};
use status_page::{Component, Incident, Latency, Note, STALE_MS, Snapshot, Uptime, Window};

/// 27 November 2026, 10:20:30 UTC.
pub(crate) const NOW_MS: i64 = 1_795_774_830_000;
pub(crate) const MINUTE_MS: i64 = 60_000;
pub(crate) const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
const TODAY: i64 = NOW_MS / DAY_MS;

pub(crate) const UP: [u32; 4] = [86_400, 0, 0, 0];

/// 90 days, with something else on every `every`th from `first` on.
pub(crate) fn bars(kinds: &[[u32; 4]], every: usize, first: usize) -> Vec<Bar> {
    let bar = |place: usize| {
        let is_other = place >= first && (place - first).is_multiple_of(every);
        let other = kinds[(place / every) % kinds.len()];
        Bar {
            day: TODAY - 89 + i64::try_from(place).unwrap(),
            seconds: Seconds::from(if is_other { other } else { UP }),
        }
    };
    (0..90).map(bar).collect()
}

pub(crate) fn component(id: &str, name: &str, state: State) -> Component {
    Component {
        id: id.to_owned(),
        name: name.to_owned(),
        group: String::new(),
        state,
        since_ms: NOW_MS - 3 * HOUR_MS,
        checked_ms: Some(NOW_MS - 40_000),
        uptime: Uptime {
            day: Some(1.0),
            week: Some(0.999_99),
            month: Some(0.9987),
            quarter: None,
        },
        bars: bars(&[[86_000, 400, 0, 0], [40_000, 46_400, 0, 0]], 30, 7),
        latency: Some(Latency {
            p50_us: 42_000,
            p95_us: 230_400,
            p99_us: 1_240_000,
        }),
    }
}

pub(crate) fn snapshot(components: Vec<Component>) -> Snapshot {
    Snapshot {
        site: "Shop".to_owned(),
        url: "https://www.example.com/status".to_owned(),
        made_ms: NOW_MS - 30_000,
        stale_ms: STALE_MS,
        components,
        ..Snapshot::default()
    }
}

pub(crate) fn incident(id: &str, components: &[&str], ended_ms: Option<i64>) -> Incident {
    Incident {
        id: id.to_owned(),
        components: components.iter().map(|&id| id.to_owned()).collect(),
        root: components.first().map(|&id| id.to_owned()),
        started_ms: NOW_MS - 2 * HOUR_MS,
        ended_ms,
        title: "Orders cannot be placed".to_owned(),
        notes: vec![
            Note {
                at_ms: NOW_MS - 110 * MINUTE_MS,
                text: "The database is switching over to its standby.".to_owned(),
            },
            Note {
                at_ms: NOW_MS - 90 * MINUTE_MS,
                text: "It has switched over; orders are being worked off.".to_owned(),
            },
        ],
    }
}

pub(crate) fn window(components: &[&str], from_ms: i64, to_ms: i64) -> Window {
    Window {
        components: components.iter().map(|&id| id.to_owned()).collect(),
        from_ms,
        to_ms,
        text: "The database gets a new version.".to_owned(),
    }
}

/// 20 components in four groups, with an incident, maintenance, and what was.
pub(crate) fn full(kinds: &[[u32; 4]], every: usize) -> Snapshot {
    let state = |place| match place {
        3 => State::Fail,
        7 => State::Warn,
        _ => State::Pass,
    };
    let of = |place: usize| Component {
        group: format!("Group {}", place / 5),
        bars: bars(kinds, every, place % every),
        ..component(
            &format!("part-{place}"),
            &format!("Part of the shop {place}"),
            state(place),
        )
    };
    let ended = |place: i64| Incident {
        started_ms: NOW_MS - place * DAY_MS,
        ..incident(
            &format!("old-{place}"),
            &["part-4"],
            Some(NOW_MS - place * DAY_MS + HOUR_MS),
        )
    };
    let open = incident("01JDQ", &["part-3", "part-7"], None);
    Snapshot {
        incidents: std::iter::once(open).chain((1..=5).map(ended)).collect(),
        maintenance: vec![window(&["part-9"], NOW_MS + HOUR_MS, NOW_MS + 3 * HOUR_MS)],
        ..snapshot((0..20).map(of).collect())
    }
}
