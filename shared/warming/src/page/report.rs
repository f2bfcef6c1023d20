use maud::{Markup, html};
use report_page::format::{bytes, count, moment, percent};
use report_page::layout::{Column, Document, table, tiles};

use super::cells::{counts, dollars, more, seconds, seconds_of};
use super::frame::{prices, reach};
use super::lists::{errors, limits, slowest, uncacheable};
use crate::Report;

/// Longest page, in bytes.
const MAX_BYTES: usize = 60_000;
/// Rows of each list, as many as fit: shorter ones are tried when a page gets too long.
const ROWS: [usize; 4] = [50, 25, 12, 6];

/// The page of a run.
#[must_use]
pub fn render(report: &Report) -> String {
    let mut page = String::new();
    for rows in ROWS {
        page = with_rows(report, rows);
        if page.len() <= MAX_BYTES {
            break;
        }
    }
    page
}

fn with_rows(report: &Report, rows: usize) -> String {
    let lead = html! {
        p.soft {
            "Target " (report.target) ", lane " (report.lane) ", because of " (report.reason.as_str())
            ". From " (moment(report.started_ms)) " to " (moment(report.closed_ms))
            ", " (seconds(report.duration_ms())) "."
        }
        @if !report.is_planned || report.chunks_done < report.chunks {
            p { strong { "Not all of it was done: " }
                (report.chunks_done) " of " (report.chunks) " chunks"
                @if !report.is_planned { ", and the plan was not made to its end" } "." }
        }
    };
    let document = Document {
        title: format!("Cache warming: {}", report.run),
        lead,
        main: html! {
            (summary(report))
            h2 { "What was found" }
            (found(report))
            (variants(report, rows))
            h2 { "What cannot be kept" }
            (uncacheable(report, rows))
            h2 { "Slowest and failed" }
            (slowest(report, rows))
            (errors(report, rows))
            h2 { "How it held back" }
            (limits(report, rows))
            (reach())
        },
        footer: prices(),
    };
    document.render()
}

fn summary(report: &Report) -> Markup {
    let result = &report.result;
    let mut figures = vec![
        ("Asked for", count(report.requested)),
        ("Done", count(report.done)),
        ("Skipped", count(report.skipped())),
        ("Failed", count(report.failed)),
        ("Hits before", percent(report.hit_ratio_before)),
        ("Hits after", percent(report.hit_ratio_after)),
        ("Requests", count(result.requests)),
        ("Read", bytes(result.bytes)),
        ("Origin worked", seconds_of(result.origin_ms)),
        ("Cost at most", dollars(report.money.total())),
    ];
    if let Some(lag_ms) = report.lag_ms() {
        figures.push(("From its cause to its end", seconds(lag_ms)));
    }
    let skipped: Vec<_> = report.skipped.iter().collect();
    let rows = counts(skipped.into_iter().map(|(reason, n)| (reason.title(), *n)));
    html! {
        (tiles(&figures))
        p.soft {
            "Pages are counted in each of their variants. Asked for is done, skipped and failed together. "
            @if result.verified > 0 {
                "Hits after are reckoned from " (count(result.verified)) " pages that were asked for once more, of which "
                (count(result.verified_hits)) " were in the cache."
            } @else {
                "No page was asked for once more, so that nothing is known of what the cache kept."
            }
        }
        @if !rows.is_empty() {
            (table("Why pages were skipped", &[Column::Text("Reason"), Column::Number("Pages")], &rows))
        }
    }
}

fn found(report: &Report) -> Markup {
    let result = &report.result;
    let classes = counts(result.classes.iter().map(|(kind, n)| (kind.title(), *n)));
    let layers = counts(result.layers.iter().map(|(layer, n)| (layer.title(), *n)));
    let pops = counts(result.pops.iter().map(|(pop, n)| (pop.as_str(), *n)));
    let class = |(bound, n): (Option<u32>, u64)| {
        let name = match bound {
            Some(bound) => format!("up to {bound} ms"),
            None => "longer".to_owned(),
        };
        (name, n)
    };
    let times = counts(
        result
            .first_byte
            .classes()
            .map(class)
            .filter(|(_, n)| *n > 0),
    );
    let of = |caption: &str, name: &'static str, rows: &[Vec<Markup>]| {
        let columns = [Column::Text(name), Column::Number("Pages")];
        html! { @if !rows.is_empty() { (table(caption, &columns, rows)) } }
    };
    html! {
        (of("What the first answers were", "Answer", &classes))
        (of("Who gave the first answers", "Layer", &layers))
        (of("How long first bytes took", "Time", &times))
        (of("Edge locations that answered", "Edge location", &pops))
    }
}

fn variants(report: &Report, rows: usize) -> Markup {
    let columns = [
        Column::Text("Variant"),
        Column::Number("Done"),
        Column::Number("In a cache before"),
        Column::Number("Failed"),
        Column::Number("Skipped"),
    ];
    let all = &report.result.variants;
    let table_rows: Vec<Vec<Markup>> = all
        .iter()
        .take(rows)
        .map(|(variant, counts)| {
            vec![
                html! { (variant) },
                html! { (count(counts.done)) },
                html! { (count(counts.hits)) },
                html! { (count(counts.failed)) },
                html! { (count(counts.skipped)) },
            ]
        })
        .collect();
    html! {
        @if !table_rows.is_empty() { (table("Variants", &columns, &table_rows)) }
        (more(all.len(), rows, "variants"))
        @if !report.out_of_reach.is_empty() {
            p { "In the cache's keys, and out of the warmer's reach: " (report.out_of_reach.join(", ")) "." }
        }
    }
}
