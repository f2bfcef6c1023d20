//! Tables of pages, groups of paths, referrers and programs.

use hot_list::HotList;
use log_summary::{AgentClass, Hour};
use maud::{Markup, html};

use crate::format::{bytes, count, duration, percent};
use crate::view::{Report, TIERS};

/// Rows of a ranking.
const ROWS: usize = 25;

/// One row for each tier that has logs.
pub(crate) fn tiers(report: &Report<'_>) -> Markup {
    let tiers = TIERS.iter();
    let tiers: Vec<_> = tiers
        .filter_map(|(source, name)| Some((name, report.total_of(*source)?)))
        .collect();
    html! {
        div.scroll tabindex="0" role="region" aria-label="Tiers, from visitors inwards" { table {
            caption { "Tiers, from visitors inwards" }
            thead { tr {
                th scope="col" { "Tier" } th scope="col" { "Requests" } th scope="col" { "From the cache" }
                th scope="col" { "4xx" } th scope="col" { "5xx" } th scope="col" { "Median" }
                th scope="col" { "95 %" } th scope="col" { "99 %" } th scope="col" { "Sent" }
            } }
            tbody { @for (name, hour) in tiers { tr {
                th scope="row" { (name) }
                td { (count(hour.counters.requests)) }
                td { (percent(hour.counters.hit_ratio())) }
                td { (count(hour.counters.status_4xx)) }
                td { (count(hour.counters.status_5xx)) }
                td { (duration(hour.latency.quantile(0.5))) }
                td { (duration(hour.latency.quantile(0.95))) }
                td { (duration(hour.latency.quantile(0.99))) }
                td { (bytes(hour.counters.bytes_sent)) }
            } } }
        } }
    }
}

/// Groups of paths.
pub(crate) fn routes(hour: &Hour) -> Markup {
    let mut routes: Vec<_> = hour.routes.iter().collect();
    routes.sort_by(|a, b| {
        let by = b.1.counters.requests.cmp(&a.1.counters.requests);
        by.then_with(|| a.0.cmp(b.0))
    });
    html! {
        div.scroll tabindex="0" role="region" aria-label="Groups of paths" { table {
            caption { "Groups of paths" }
            thead { tr {
                th scope="col" { "Group" } th scope="col" { "Requests" } th scope="col" { "From the cache" }
                th scope="col" { "5xx" } th scope="col" { "Median" } th scope="col" { "95 %" }
                th scope="col" { "Sent" }
            } }
            tbody { @for (name, route) in routes.into_iter().take(ROWS) { tr {
                th scope="row" { (name) }
                td { (count(route.counters.requests)) }
                td { (percent(route.counters.hit_ratio())) }
                td { (percent(route.counters.error_ratio())) }
                td { (duration(route.latency.quantile(0.5))) }
                td { (duration(route.latency.quantile(0.95))) }
                td { (bytes(route.counters.bytes_sent)) }
            } } }
        } }
    }
}

/// The most requested pages.
pub(crate) fn pages(hour: &Hour) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Top pages" { table {
            caption { "Top pages" }
            thead { tr {
                th scope="col" { "Page" } th scope="col" { "Requests" } th scope="col" { "Errors" }
                th scope="col" { "Origin" } th scope="col" { "Sent" }
            } }
            tbody { @for (path, requests, page) in hour.pages.ranking().into_iter().take(ROWS) { tr {
                th scope="row" { (path) }
                td { (count(requests)) }
                td { (count(page.errors)) }
                td { (page.origin_ms().map_or_else(|| "–".to_owned(), |ms| format!("{ms:.1} ms"))) }
                td { (bytes(page.bytes_sent)) }
            } } }
        } }
        @if hour.pages.error() > 0 {
            p.soft { "There were more pages than are counted: each count may be too small by up to "
                (count(hour.pages.error())) "." }
        }
    }
}

/// What the cache warmer begins with.
pub(crate) fn hot(list: &HotList) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Hot pages: what a warm cache spares the origin, older reads counting less" { table {
            caption { "Hot pages: what a warm cache spares the origin, older reads counting less" }
            thead { tr {
                th scope="col" { "Page" } th scope="col" { "Heat" } th scope="col" { "Origin" }
                th scope="col" { "Spared" } th scope="col" { "From the cache" }
            } }
            tbody { @for page in list.pages.iter().take(10) { tr {
                th scope="row" { (page.path) }
                td { (format!("{:.1}", page.heat)) }
                td { (page.origin_ms.map_or_else(|| "–".to_owned(), |ms| format!("{ms:.1} ms"))) }
                td { (format!("{:.1} s", page.saved_ms / 1000.0)) }
                td { (percent(page.hit_ratio)) }
            } } }
        } }
    }
}

/// Hosts that visitors came from.
pub(crate) fn referrers(hour: &Hour) -> Markup {
    let ranking = hour.referrers.ranking();
    html! {
        @if ranking.is_empty() {
            p { "Nobody came from another site." }
        } @else {
            table {
                caption { "Where visitors came from" }
                thead { tr { th scope="col" { "Host" } th scope="col" { "Requests" } } }
                tbody { @for (host, requests, _) in ranking.into_iter().take(ROWS) { tr {
                    th scope="row" { (host) } td { (count(requests)) }
                } } }
            }
        }
    }
}

/// Kinds of programs, with the most frequent of those that are no browsers.
pub(crate) fn agents(hour: &Hour) -> Markup {
    let of = |class: &AgentClass| hour.agent_classes.get(class).copied().unwrap_or(0);
    let ranking = hour.agents.ranking().into_iter();
    let bots = ranking.filter(|(_, _, agent)| agent.class != AgentClass::Browser);
    html! {
        table {
            caption { "Who asks" }
            thead { tr { th scope="col" { "Kind" } th scope="col" { "Requests" } } }
            tbody { @for class in AgentClass::ALL.iter().filter(|class| of(class) > 0) { tr {
                th scope="row" { (class.title()) } td { (count(of(class))) }
            } } }
        }
        div.scroll tabindex="0" role="region" aria-label="Programs that are no browsers" { table {
            caption { "Programs that are no browsers" }
            thead { tr {
                th scope="col" { "User agent" } th.text scope="col" { "Kind" }
                th scope="col" { "Requests" } th scope="col" { "Sent" }
            } }
            tbody { @for (agent, requests, stats) in bots.take(ROWS) { tr {
                th scope="row" { @if agent.is_empty() { "(none)" } @else { (agent) } }
                td.text { (stats.class.title()) }
                td { (count(requests)) }
                td { (bytes(stats.bytes_sent)) }
            } } }
        } }
    }
}

/// Answers by status.
pub(crate) fn statuses(hour: &Hour) -> Markup {
    html! {
        table {
            caption { "Answers" }
            thead { tr { th scope="col" { "Status" } th scope="col" { "Requests" } } }
            tbody { @for (status, requests) in &hour.statuses { tr {
                th scope="row" { @if *status == 0 { "none: the client left" } @else { (status) } }
                td { (count(*requests)) }
            } } }
        }
    }
}
