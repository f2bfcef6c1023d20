use form_definition::Form;
use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use submission_store::{State, Stored};

use super::in_words;
use super::shell::Shell;
use crate::actions::{Filter, Found};

/// Longest excerpt of a submission in a list, in characters.
const EXCERPT: usize = 90;

/// A form's submissions.
pub(crate) fn list(shell: &Shell<'_>, form: &Form, filter: &Filter, found: &Found) -> String {
    let path = format!("/forms/admin/{}", form.id);
    shell.page(
        &form.presentation.title,
        &html! {
            form.filter method="get" action=(path) role="search" {
                label for="words" { "Words" } input id="words" name="words" type="search" value=(filter.words);
                label for="state" { "State" }
                select id="state" name="state" {
                    option value="" { "all" }
                    @for state in [State::Accepted, State::Quarantined, State::Spam] {
                        option value=(state.name()) selected[filter.state == Some(state)] { (state.name()) }
                    }
                }
                button type="submit" { "Show" }
            }
            p role="status" { (found.rows.len()) " shown, " (found.looked_at) " looked at" @if found.next.is_some() { ", there are more" } "." }
            div.scroll tabindex="0" role="region" aria-label="Submissions" { (table(&found.rows)) }
            @if let Some(next) = &found.next {
                p { a href={(path) "?" (query(filter, next))} { "Older ones" } }
            }
            h2 { "Take it with you" }
            p { a href={(path) "/export.csv"} { "CSV" } " · " a href={(path) "/export.jsonl"} { "JSON lines" } }
            (shell.post(&format!("{path}/project"), &html! {
                p { button.secondary type="submit" { "Project all into PostgreSQL again" } }
            }))
        },
    )
}

fn table(rows: &[Stored]) -> Markup {
    html! {
        table {
            thead { tr { th scope="col" { "Received" } th scope="col" { "What" } th scope="col" { "State" } th.number scope="col" { "Score" } } }
            tbody {
                @for row in rows {
                    @let submission = &row.submission;
                    tr.unread[row.read_at.is_none()] {
                        td { a href={"/forms/admin/submissions/" (submission.id)} { (in_words(submission.received_at)) }
                            @if row.read_at.is_none() { " " span.tag { "new" } } }
                        td { (excerpt(row)) }
                        td { (row.state.name()) }
                        td.number { (submission.score) }
                    }
                }
            }
        }
    }
}

fn excerpt(row: &Stored) -> String {
    let texts: Vec<&str> = row
        .submission
        .fields
        .values()
        .filter_map(Value::as_str)
        .collect();
    let text: String = texts.join(" · ").chars().take(EXCERPT).collect();
    text.replace('\n', " ")
}

fn query(filter: &Filter, next: &str) -> String {
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let state = filter.state.map(State::name).unwrap_or_default();
    format!(
        "before={}&state={state}&words={}",
        encode(next),
        encode(&filter.words)
    )
}

/// After a page was projected again: how many, and the button for the rest.
pub(crate) fn continued(
    shell: &Shell<'_>,
    form: &Form,
    count: usize,
    next: Option<&str>,
) -> String {
    shell.page(
        "Projecting again",
        &html! {
            p role="status" { (count) " submissions are on their way to PostgreSQL." }
            @if let Some(next) = next {
                (shell.post(&format!("/forms/admin/{}/project", form.id), &html! {
                    input type="hidden" name="before" value=(next);
                    button type="submit" { "Go on with the older ones" }
                }))
            } @else { p { "That were all." } }
            p { a href={"/forms/admin/" (form.id)} { "Back to " (form.presentation.title) } }
        },
    )
}

/// An export that is too long for one file: this part, and where the next one is.
pub(crate) fn parts(
    shell: &Shell<'_>,
    form: &Form,
    name: &str,
    before: Option<&str>,
    next: Option<&str>,
) -> String {
    shell.page(
        "More than one file",
        &html! {
            p { "There are more submissions than fit into one file. Take the parts one after the other, the newest come first." }
            ol {
                li { a href={(part_path(form, name, before)) "&part=1"} { "Download this part" } }
                li { a href=(part_path(form, name, next)) { "Go on with the next part" } }
            }
            p { a href={"/forms/admin/" (form.id)} { "Back to " (form.presentation.title) } }
        },
    )
}

/// Where the part of an export that starts at `before` is.
pub(crate) fn part_path(form: &Form, name: &str, before: Option<&str>) -> String {
    let before = utf8_percent_encode(before.unwrap_or_default(), NON_ALPHANUMERIC);
    format!("/forms/admin/{}/{name}?before={before}", form.id)
}
