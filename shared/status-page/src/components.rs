//! The components as tables: how they are, and on which days they were down.

use health_state::{Bar, DAY_S};
use maud::{Markup, html};

use crate::bars::{self, Day};
use crate::format::{date, duration, latency, percent, relative, since};
use crate::page::{Detail, View};
use crate::snapshot::{Component, Latency};

/// Rows of the days with downtime.
const ROWS: usize = 12;

/// Components that are shown together, in the order of the first of each group.
fn groups<'a>(view: &View<'a>) -> Vec<(&'a str, Vec<&'a Component>)> {
    let mut groups: Vec<(&str, Vec<&Component>)> = Vec::new();
    for component in &view.snapshot.components {
        match groups.iter_mut().find(|(name, _)| *name == component.group) {
            Some((_, members)) => members.push(component),
            None => groups.push((&component.group, vec![component])),
        }
    }
    groups
}

pub(crate) fn table(view: &View<'_>) -> Markup {
    let columns = match view.detail {
        Detail::Least => 6,
        Detail::Words => 8,
        Detail::All => 9,
    };
    html! {
        h2 { "Components" }
        div.scroll tabindex="0" role="region" aria-label="Components" { table {
            caption { "State, uptime, and time to answer" }
            thead { (head(view.detail)) }
            @for (name, members) in groups(view) {
                tbody {
                    @if !name.is_empty() { tr { th colspan=(columns) scope="rowgroup" { (name) } } }
                    @for component in members { (row(view, component)) }
                }
            }
        } }
        @if view.detail == Detail::All {
            (legend())
        } @else {
            p.soft { "There are too many components to show their days, too." }
        }
    }
}

fn head(detail: Detail) -> Markup {
    html! { tr {
        th scope="col" { "Component" } th scope="col" { "State" } th scope="col" { "24 h" }
        th scope="col" { "7 days" } th scope="col" { "30 days" } th scope="col" { "90 days" }
        @if detail == Detail::All { th scope="col" { "Day by day" } }
        @if detail >= Detail::Words {
            th scope="col" { "50, 95, 99 % within" } th scope="col" { "Looked at" }
        }
    } }
}

fn row(view: &View<'_>, component: &Component) -> Markup {
    let (now_ms, detail) = (view.now_ms, view.detail);
    let standing = view.snapshot.standing(component, now_ms);
    let uptime = &component.uptime;
    let checked = component.checked_ms.map(|at_ms| relative(at_ms, now_ms));
    html! { tr {
        th scope="row" { (component.name) }
        td.(standing.class()) {
            i aria-hidden="true" { (standing.shape()) } " " (standing.name())
            @if detail >= Detail::Words { small { "since " (since(component.since_ms, now_ms)) } }
        }
        @for share in [uptime.day, uptime.week, uptime.month, uptime.quarter] {
            td { (percent(share)) }
        }
        @if detail == Detail::All { td { (bars::bars(&component.bars)) } }
        @if detail >= Detail::Words {
            td { (latencies(component.latency)) }
            td { (checked.as_deref().unwrap_or("never")) }
        }
    } }
}

fn latencies(of: Option<Latency>) -> String {
    let Some(of) = of else {
        return "–".to_owned();
    };
    [of.p50_us, of.p95_us, of.p99_us].map(latency).join(", ")
}

fn legend() -> Markup {
    html! {
        p.soft.key {
            "Day by day, today at the right:"
            @for day in Day::ALL { " " (bars::sample(day)) " " (day.name()) }
            ". Partly is up to 5 %."
        }
    }
}

/// The days with downtime as text, the last first.
pub(crate) fn days(view: &View<'_>) -> Markup {
    let of = |component| down_days(component).map(move |bar| (component, bar));
    let mut days: Vec<(&Component, &Bar)> = view.snapshot.components.iter().flat_map(of).collect();
    days.sort_by_key(|(_, bar)| std::cmp::Reverse(bar.day));
    let more = days.len().saturating_sub(ROWS);
    html! {
        @if !days.is_empty() {
            h2 { "Days with downtime" }
            div.scroll tabindex="0" role="region" aria-label="Days with downtime" { table {
                caption { "Of the last 90 days, the last first" }
                thead { tr { th scope="col" { "Day" } th scope="col" { "Component" }
                    th scope="col" { "Down for" } th scope="col" { "Uptime" } } }
                tbody { @for (component, bar) in days.into_iter().take(ROWS) { tr {
                    th scope="row" { (date(bar.day)) } td { (component.name) }
                    td { (duration(i64::from(bar.seconds.down).min(DAY_S) * 1000)) }
                    td { (percent(bar.seconds.uptime())) }
                } } }
            } }
            @if more > 0 { p.soft { "And " (more) " earlier." } }
        }
    }
}

fn down_days(component: &Component) -> impl Iterator<Item = &Bar> {
    component.bars.iter().filter(|bar| bar.seconds.down > 0)
}
