use maud::{Markup, html};
use submission_store::Delivery;

use super::in_words;
use super::shell::Shell;

/// The first page: which forms there are, and what needs attention.
pub(crate) fn overview(shell: &Shell<'_>, dead: usize, queues: &[(String, String)]) -> String {
    shell.page(
        "Forms",
        &html! {
            ul.cards {
                @for form in site_forms::forms() {
                    li { a href={"/forms/admin/" (form.id)} { (form.presentation.title) }
                        p { (form.fields.len()) " fields, " (form.sinks.len()) " deliveries" } }
                }
            }
            h2 { "What needs attention" }
            p { @if dead == 0 { "No delivery was given up." }
                @else { a href="/forms/admin/dead" { (dead) " deliveries were given up" } } }
            @if !queues.is_empty() {
                table {
                    caption { "Messages in dead-letter queues" }
                    thead { tr { th scope="col" { "Queue" } th.number scope="col" { "Messages" } } }
                    tbody { @for (name, depth) in queues { tr { td { (name) } td.number { (depth) } } } }
                }
            }
        },
    )
}

/// Deliveries that were given up.
pub(crate) fn dead(shell: &Shell<'_>, deliveries: &[Delivery]) -> String {
    shell.page(
        "Deliveries that were given up",
        &html! {
            @if deliveries.is_empty() { p { "There are none." } } @else {
                (shell.post("/forms/admin/dead", &html! { button type="submit" { "Try all of them again" } }))
                div.scroll tabindex="0" role="region" aria-label="Deliveries" { (table(deliveries)) }
            }
        },
    )
}

fn table(deliveries: &[Delivery]) -> Markup {
    html! {
        table {
            thead { tr { th scope="col" { "Submission" } th scope="col" { "Delivery" } th scope="col" { "Given up" }
                th.number scope="col" { "Attempts" } th scope="col" { "Why" } } }
            tbody {
                @for delivery in deliveries {
                    @let id = &delivery.key.submission;
                    tr {
                        td { a href={"/forms/admin/submissions/" (id)} { code { (id) } } }
                        td { (delivery.key.kind) " “" (delivery.key.sink) "”" }
                        td { (delivery.finished_at.map(in_words).unwrap_or_default()) }
                        td.number { (delivery.attempts) }
                        td { (delivery.note.as_deref().unwrap_or_default()) }
                    }
                }
            }
        }
    }
}
