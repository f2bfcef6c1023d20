use maud::{Markup, html};
use report_page::format::{count, moment, percent};
use report_page::layout::{Column, Document, table};

use super::cells::dollars;
use super::frame::{prices, reach};
use crate::RunIndex;

/// The page with the list of runs. `link` makes the address of a run's page.
#[must_use]
pub fn render_index(index: &RunIndex, link: impl Fn(&str) -> String) -> String {
    let columns = [
        Column::Text("Run"),
        Column::Text("Ended"),
        Column::Number("Asked for"),
        Column::Number("Done"),
        Column::Number("Skipped"),
        Column::Number("Failed"),
        Column::Number("Hits before"),
        Column::Number("Hits after"),
        Column::Number("Cost"),
    ];
    let rows: Vec<Vec<Markup>> = index
        .runs
        .iter()
        .map(|run| {
            vec![
                html! { a href=(link(&run.run)) { (run.run) } },
                html! { (moment(run.closed_ms)) },
                html! { (count(run.requested)) },
                html! { (count(run.done)) },
                html! { (count(run.skipped)) },
                html! { (count(run.failed)) },
                html! { (percent(run.hit_ratio_before)) },
                html! { (percent(run.hit_ratio_after)) },
                html! { (dollars(run.cost)) },
            ]
        })
        .collect();
    let document = Document {
        title: "Cache warming".to_owned(),
        lead: html! { p.soft { "The newest hundred runs that ended." } },
        main: html! {
            @if rows.is_empty() { p { "No run has ended yet." } }
            @else { (table("Runs", &columns, &rows)) }
            (reach())
        },
        footer: prices(),
    };
    document.render()
}
