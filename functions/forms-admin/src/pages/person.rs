use maud::html;
use submission_store::Stored;

use super::in_words;
use super::shell::Shell;

/// Everything of one person. The address travels in bodies only: URLs end up in logs.
pub(crate) fn person(shell: &Shell<'_>, email: Option<&str>, rows: &[Stored]) -> String {
    shell.page(
        "One person",
        &html! {
            (shell.post("/forms/admin/person", &html! {
                label for="email" { "E-mail address" }
                input id="email" name="email" type="email" autocomplete="off" required value=(email.unwrap_or_default());
                p { button type="submit" { "Find" } }
            }))
            @if let Some(email) = email {
                p role="status" { (rows.len()) " submissions." }
                @if !rows.is_empty() {
                    ul { @for row in rows {
                        li { a href={"/forms/admin/submissions/" (row.submission.id)} { (row.submission.form) ", " (in_words(row.submission.received_at)) } }
                    } }
                    div.actions {
                        (shell.post("/forms/admin/person/export", &html! {
                            input type="hidden" name="email" value=(email);
                            button.secondary type="submit" { "Export as JSON" }
                        }))
                        (shell.post("/forms/admin/person/erase", &html! {
                            input type="hidden" name="email" value=(email);
                            label.check { input type="checkbox" name="sure" value="yes" required; " Erase all of it for good" }
                            button type="submit" { "Erase" }
                        }))
                    }
                }
            }
        },
    )
}

/// After everything was erased.
pub(crate) fn erased(shell: &Shell<'_>, count: usize) -> String {
    shell.page(
        "Erased",
        &html! {
            p role="status" { (count) " submissions were erased, with their attachments and deliveries; PostgreSQL follows within seconds." }
            p { "Backups of the table keep what was in it until they end; what was mailed or sent elsewhere is not ours to take back." }
        },
    )
}
