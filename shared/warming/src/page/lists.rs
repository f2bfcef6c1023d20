//! Pages that want to be looked at, and how the warmer held back.

use maud::{Markup, html};
use report_page::format::{count, moment};
use report_page::layout::{Column, table};

use super::cells::{counts, health, hundredths, more, named, of_page, saturated};
use crate::{LimitMinute, Report};

pub(super) fn uncacheable(report: &Report, rows: usize) -> Markup {
    let result = &report.result;
    let reasons: Vec<Vec<Markup>> = result
        .uncacheable_reasons
        .iter()
        .map(|(reason, n)| {
            vec![
                html! { (reason.title()) },
                html! { (count(*n)) },
                html! { (reason.mending()) },
            ]
        })
        .collect();
    let columns = [
        Column::Text("Reason"),
        Column::Number("Pages"),
        Column::Text("What to do"),
    ];
    let pages: Vec<Vec<Markup>> = result
        .uncacheable
        .iter()
        .take(rows)
        .map(|item| named(&item.path, &item.variant, html! { (item.reason.title()) }))
        .collect();
    html! {
        @if reasons.is_empty() {
            p.none { "Everything that was asked for can be kept." }
        } @else {
            (table("Why no cache keeps answers", &columns, &reasons))
            (table("Pages that no cache keeps", &of_page("Reason"), &pages))
            (more(saturated(report.uncacheable()), pages.len(), "pages"))
        }
    }
}

pub(super) fn slowest(report: &Report, rows: usize) -> Markup {
    let columns = [
        Column::Text("Page"),
        Column::Text("Variant"),
        Column::Text("Answer"),
        Column::Number("First byte"),
    ];
    let pages: Vec<Vec<Markup>> = report
        .result
        .slowest
        .iter()
        .take(rows)
        .map(|item| {
            let mut row = named(&item.path, &item.variant, html! { (item.class.title()) });
            row.push(html! { (item.first_byte_ms) " ms" });
            row
        })
        .collect();
    html! { @if !pages.is_empty() { (table("Slowest pages", &columns, &pages)) } }
}

pub(super) fn errors(report: &Report, rows: usize) -> Markup {
    let pages: Vec<Vec<Markup>> = report
        .result
        .errors
        .iter()
        .take(rows)
        .map(|item| named(&item.path, &item.variant, html! { (item.failure.title()) }))
        .collect();
    html! {
        @if pages.is_empty() {
            p.none { "Nothing failed." }
        } @else {
            (table("Pages that failed", &of_page("What happened"), &pages))
            (more(saturated(report.failed), pages.len(), "pages"))
        }
    }
}

pub(super) fn limits(report: &Report, rows: usize) -> Markup {
    let result = &report.result;
    let stops = counts(result.stops.iter().map(|(stop, n)| (stop.title(), *n)));
    let stop_columns = [Column::Text("Why"), Column::Number("Times")];
    let columns = [
        Column::Text("Minute"),
        Column::Number("Lowest limit"),
        Column::Number("Highest limit"),
        Column::Text("Paused"),
        Column::Text("Health"),
    ];
    let minute = |(minute, limit): (&i64, &LimitMinute)| {
        vec![
            html! { (moment(minute.saturating_mul(60_000))) },
            html! { (hundredths(limit.least)) },
            html! { (hundredths(limit.most)) },
            html! { @if limit.is_paused { "yes" } @else { "no" } },
            html! { (health(limit.health)) },
        ]
    };
    let minutes: Vec<_> = result.limits.iter().take(rows).map(minute).collect();
    html! {
        @if minutes.is_empty() {
            p { "No worker has begun." }
        } @else {
            (table("Requests that might be in flight at once", &columns, &minutes))
            (more(result.limits.len(), rows, "minutes"))
        }
        @if !stops.is_empty() {
            (table("Why workers stopped before their chunks were done", &stop_columns, &stops))
        }
    }
}
