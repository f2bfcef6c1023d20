//! What cells of tables show.

use maud::{Markup, html};
use report_page::format::count;
use report_page::layout::Column;

use crate::Variant;
use crate::trace::HealthSeen;

/// Characters of a path that are shown.
const PATH_CHARS: usize = 100;

pub(super) fn of_page(what: &'static str) -> [Column; 3] {
    [
        Column::Text("Page"),
        Column::Text("Variant"),
        Column::Text(what),
    ]
}

pub(super) fn named(path: &str, variant: &Variant, what: Markup) -> Vec<Markup> {
    let shown: String = path.chars().take(PATH_CHARS).collect();
    let is_cut = shown.len() < path.len();
    vec![
        html! { (shown) @if is_cut { "…" } },
        html! { (variant) },
        what,
    ]
}

pub(super) fn counts<N: AsRef<str>>(pairs: impl Iterator<Item = (N, u64)>) -> Vec<Vec<Markup>> {
    pairs
        .map(|(name, n)| vec![html! { (name.as_ref()) }, html! { (count(n)) }])
        .collect()
}

/// How many are not in a list.
pub(super) fn more(all: usize, shown: usize, what: &str) -> Markup {
    html! {
        @if all > shown {
            p.soft { "And " (count((all - shown) as u64)) " more " (what) "." }
        }
    }
}

pub(super) fn saturated(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

pub(super) const fn health(seen: HealthSeen) -> &'static str {
    match seen {
        HealthSeen::Good => "good",
        HealthSeen::Unknown => "unknown",
        HealthSeen::Degraded => "degraded",
        HealthSeen::Down => "down",
    }
}

pub(super) fn hundredths(value: u32) -> String {
    format!("{}.{:02}", value / 100, value % 100)
}

pub(super) fn seconds(ms: i64) -> String {
    seconds_of(u64::try_from(ms).unwrap_or(0))
}

pub(super) fn seconds_of(ms: u64) -> String {
    match ms {
        ..60_000 => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
        _ => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1000),
    }
}

pub(super) fn dollars(amount: f64) -> String {
    const LEAST: f64 = 0.0001;
    if amount > 0.0 && amount < LEAST {
        format!("under ${LEAST}")
    } else {
        format!("${amount:.4}")
    }
}
