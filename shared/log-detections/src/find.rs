//! What a condition finds in a window.

use std::collections::BTreeMap;

use log_summary::{ClientStats, LatencySketch, Merge, Window};

use crate::timeline::Timeline;
use crate::{Condition, Measure};

/// Something that was found: of a network or an operator, or of the site as a whole.
#[derive(Default)]
pub(crate) struct Found {
    /// Who; empty for the site as a whole.
    pub(crate) group: String,
    pub(crate) finding: String,
    pub(crate) value: f64,
    pub(crate) threshold: f64,
    /// The first and the last request; `None` for the whole window.
    pub(crate) first_ms: Option<i64>,
    pub(crate) last_ms: Option<i64>,
    pub(crate) evidence: Vec<String>,
}

pub(crate) fn find(
    timeline: &Timeline<'_>,
    number: i64,
    window: &Window,
    condition: Condition,
) -> Vec<Found> {
    let span = |minutes: u32| timeline.back_from(number, i64::from(minutes / 5));
    let of_site = |found: Option<Found>| found.into_iter().collect();
    match condition {
        Condition::Network {
            measure,
            at_least,
            minutes,
        } => {
            let counted = count_networks(span(minutes), measure);
            over(counted, measure, at_least, minutes)
        }
        Condition::Operator {
            measure,
            at_least,
            minutes,
        } => {
            let counted = count_operators(span(minutes), measure);
            over(counted, measure, at_least, minutes)
        }
        Condition::Errors {
            percent,
            times,
            requests,
        } => of_site(errors(timeline, number, window, (percent, times, requests))),
        Condition::Latency {
            percentile,
            ms,
            times,
            requests,
        } => {
            let least = (f64::from(ms), times, requests);
            of_site(latency(timeline, number, window, percentile, least))
        }
        Condition::HitRatio { points, requests } => {
            of_site(hit_ratio(timeline, number, window, points, requests))
        }
    }
}

/// What networks did in some windows.
fn count_networks<'a>(
    windows: impl Iterator<Item = &'a Window>,
    measure: Measure,
) -> BTreeMap<String, ClientStats> {
    let mut counted = BTreeMap::new();
    for window in windows {
        for (network, _, client) in measure.ranked_in(window).ranking() {
            add(&mut counted, network.to_string(), client);
        }
    }
    counted
}

/// What the networks of operators did in some windows.
fn count_operators<'a>(
    windows: impl Iterator<Item = &'a Window>,
    measure: Measure,
) -> BTreeMap<String, ClientStats> {
    let mut counted = BTreeMap::new();
    for window in windows {
        for (asn, client) in measure.added_up_in(&window.by_operator()) {
            add(&mut counted, format!("AS{asn}"), client);
        }
    }
    counted
}

fn add(counted: &mut BTreeMap<String, ClientStats>, group: String, client: &ClientStats) {
    counted
        .entry(group)
        .and_modify(|known| known.merge(client))
        .or_insert_with(|| client.clone());
}

fn over(
    counted: BTreeMap<String, ClientStats>,
    measure: Measure,
    at_least: u64,
    minutes: u32,
) -> Vec<Found> {
    counted
        .into_iter()
        .filter(|(_, client)| measure.of(client) >= at_least)
        .map(|(group, client)| Found {
            group,
            finding: format!(
                "{} {} in {minutes} minutes",
                measure.of(&client),
                measure.noun()
            ),
            value: measure.of(&client) as f64,
            threshold: at_least as f64,
            first_ms: Some(client.first_ms),
            last_ms: Some(client.last_ms),
            evidence: client.evidence.into_iter().collect(),
        })
        .collect()
}

fn errors(
    timeline: &Timeline<'_>,
    number: i64,
    window: &Window,
    (percent, times, requests): (f64, f64, u64),
) -> Option<Found> {
    let share = 100.0 * window.counters.error_ratio()?;
    let before = timeline
        .before(number)
        .0
        .error_ratio()
        .map(|before| 100.0 * before);
    let threshold = percent.max(before.unwrap_or(0.0) * times);
    let compared = before.map_or_else(
        || "there is no log of the hour before".to_owned(),
        |before| format!("the hour before it was {before:.1} %"),
    );
    (window.counters.requests >= requests && share >= threshold).then(|| Found {
        finding: format!(
            "{share:.1} % of {} requests ended in 5xx; {compared}",
            window.counters.requests
        ),
        value: share,
        threshold,
        ..Found::default()
    })
}

fn latency(
    timeline: &Timeline<'_>,
    number: i64,
    window: &Window,
    percentile: f64,
    (ms, times, requests): (f64, f64, u64),
) -> Option<Found> {
    let quantile =
        |latency: &LatencySketch| Some(f64::from(latency.quantile(percentile / 100.0)?) / 1000.0);
    let now = quantile(&window.latency)?;
    // Without an hour to compare with, nothing is slower than before.
    let before = quantile(&timeline.before(number).1)?;
    let threshold = ms.max(before * times);
    (window.latency.count() >= requests && now >= threshold).then(|| Found {
        finding: format!(
            "{percentile} % of requests took up to {now:.0} ms; the hour before it was {before:.0} ms"
        ),
        value: now,
        threshold,
        ..Found::default()
    })
}

fn hit_ratio(
    timeline: &Timeline<'_>,
    number: i64,
    window: &Window,
    points: f64,
    requests: u64,
) -> Option<Found> {
    let now = 100.0 * window.counters.hit_ratio()?;
    let before = 100.0 * timeline.before(number).0.hit_ratio()?;
    let fall = before - now;
    (window.counters.requests >= requests && fall >= points).then(|| Found {
        finding: format!("the cache answered {now:.0} %; the hour before it was {before:.0} %"),
        value: fall,
        threshold: points,
        ..Found::default()
    })
}
