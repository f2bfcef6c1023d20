use form_definition::Form;
use maud::{Markup, html};
use serde_json::Value;
use submission_store::{Attachment, AttachmentVerdict, Delivery, DeliveryState, State, Stored};

use super::in_words;
use super::shell::Shell;

/// One submission: what it says, why it was judged as it was, where it went.
pub(crate) fn submission(
    shell: &Shell<'_>,
    form: Option<&Form>,
    stored: &Stored,
    deliveries: &[Delivery],
    attachments: &[Attachment],
) -> String {
    let submission = &stored.submission;
    let path = format!("/forms/admin/submissions/{}", submission.id);
    let title = form.map_or(submission.form.as_str(), |form| {
        form.presentation.title.as_str()
    });
    shell.page(
        title,
        &html! {
            p { "Received " (in_words(submission.received_at)) ", " strong { (stored.state.name()) } ", score " (submission.score) "." }
            @if let Some(first) = &submission.revises {
                p { "It corrects " a href={"/forms/admin/submissions/" (first)} { "an earlier submission" } "." }
            }
            (fields(form, stored))
            @if !attachments.is_empty() { (files(&path, attachments)) }
            h2 { "Judgement" }
            @if submission.signals.is_empty() { p { "Nothing suspicious." } } @else {
                ul { @for signal in &submission.signals { li { (signal.code.replace('_', " ")) ": " (signal.points) } } }
            }
            div.actions {
                @if stored.state != State::Accepted {
                    (shell.post(&format!("{path}/accept"), &html! { button type="submit" { "Not spam: deliver it" } }))
                }
                @if stored.state != State::Spam {
                    (shell.post(&format!("{path}/spam"), &html! { button.secondary type="submit" { "It is spam" } }))
                }
            }
            h2 { "Deliveries" }
            @if deliveries.is_empty() { p { "None." } } @else {
                div.scroll tabindex="0" role="region" aria-label="Deliveries" { (table(shell, &path, deliveries)) }
            }
            dl {
                dt { "Number" } dd { code { (submission.id) } }
                @if let Some(network) = &submission.network { dt { "Network" } dd { (network) } }
                @if let Some(country) = &submission.country { dt { "Country" } dd { (country) } }
                dt { "Form version" } dd { (submission.version) }
            }
        },
    )
}

fn fields(form: Option<&Form>, stored: &Stored) -> Markup {
    let label = |name: &str| {
        let field = form.and_then(|form| form.field(name));
        field.map_or_else(|| name.to_owned(), |field| field.label.clone())
    };
    let order = |name: &str| {
        let fields = form.map(|form| form.fields.as_slice()).unwrap_or_default();
        fields
            .iter()
            .position(|field| field.name == name)
            .unwrap_or(usize::MAX)
    };
    let mut values: Vec<(&String, &Value)> = stored.submission.fields.iter().collect();
    values.sort_by_key(|(name, _)| order(name));
    html! {
        dl.fields {
            @for (name, value) in values {
                dt { (label(name)) }
                dd { @match value {
                    Value::String(text) => { (text) }
                    Value::Bool(true) => { "yes" }
                    Value::Bool(false) => { "no" }
                    Value::Array(items) => { @for (index, item) in items.iter().enumerate() { @if index > 0 { ", " } (item.as_str().unwrap_or_default()) } }
                    other => { (other.to_string()) }
                } }
            }
        }
    }
}

fn files(path: &str, attachments: &[Attachment]) -> Markup {
    html! {
        h2 { "Attachments" }
        ul {
            @for file in attachments {
                li { @match &file.verdict {
                    AttachmentVerdict::Clean => {
                        a href={(path) "/files/" (file.slot)} { "Attachment " (file.slot) } ", " (file.media_type) ", " (file.bytes) " bytes"
                    }
                    AttachmentVerdict::AwaitingScan => { "Attachment " (file.slot) " is still being scanned" }
                    AttachmentVerdict::Refused(reason) => { "Attachment " (file.slot) " was removed: " (reason) }
                } }
            }
        }
    }
}

fn table(shell: &Shell<'_>, path: &str, deliveries: &[Delivery]) -> Markup {
    html! {
        table {
            thead { tr { th scope="col" { "Delivery" } th scope="col" { "State" } th.number scope="col" { "Attempts" }
                th scope="col" { "When" } th scope="col" { "Note" } th scope="col" { "Again" } } }
            tbody {
                @for delivery in deliveries {
                    @let is_pending = delivery.state == DeliveryState::Pending;
                    tr {
                        td { (delivery.key.kind) " “" (delivery.key.sink) "”" }
                        td { (delivery.state.name()) }
                        td.number { (delivery.attempts) }
                        td { @if is_pending { "next " (in_words(delivery.next_at)) } @else { (delivery.finished_at.map(in_words).unwrap_or_default()) } }
                        td { (delivery.note.as_deref().unwrap_or_default()) }
                        td { @if !is_pending {
                            (shell.post(&format!("{path}/replay"), &html! {
                                input type="hidden" name="kind" value=(delivery.key.kind);
                                input type="hidden" name="sink" value=(delivery.key.sink);
                                button.secondary type="submit" aria-label={"Deliver " (delivery.key.sink) " again"} { "Again" }
                            }))
                        } }
                    }
                }
            }
        }
    }
}
