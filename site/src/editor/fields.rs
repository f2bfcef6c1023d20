//! Fields of the editor's forms, and what may be wrong with them.

use std::collections::BTreeMap;

use maud::{Markup, html};

/// What is wrong with a form, by field.
#[derive(Default)]
pub(super) struct Faults(BTreeMap<&'static str, String>);

impl Faults {
    /// Notes what is wrong with a field, and what is allowed.
    pub(super) fn add(&mut self, field: &'static str, words: impl Into<String>) {
        self.0.entry(field).or_insert_with(|| words.into());
    }

    /// Checks the length of a text.
    pub(super) fn text(
        &mut self,
        field: &'static str,
        value: &str,
        allowed: std::ops::RangeInclusive<usize>,
    ) {
        let length = value.chars().count();
        if !allowed.contains(&length) {
            let (least, most) = (allowed.start(), allowed.end());
            self.add(
                field,
                format!("{least} to {most} characters are allowed; these are {length}"),
            );
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn of(&self, field: &str) -> Option<&String> {
        self.0.get(field)
    }

    /// A summary that leads to the fields.
    pub(super) fn summary(&self) -> Markup {
        html! {
            @if !self.is_empty() {
                div.notice.bad role="alert" {
                    p { strong { "Not saved yet." } " Please look at:" }
                    ul { @for (field, words) in &self.0 { li { a href=(format!("#{field}")) { (words) } } } }
                }
            }
        }
    }
}

/// A field of one line.
pub(super) struct Line<'a> {
    pub(super) name: &'static str,
    pub(super) label: &'a str,
    pub(super) hint: Option<&'a str>,
    pub(super) value: &'a str,
    pub(super) kind: &'static str,
}

pub(super) fn line(field: &Line<'_>, faults: &Faults) -> Markup {
    let fault = faults.of(field.name);
    html! {
        div.field {
            label for=(field.name) { (field.label) }
            (hint(field.name, field.hint))
            input #(field.name) type=(field.kind) name=(field.name) value=(field.value)
                aria-invalid=[fault.map(|_| "true")]
                aria-describedby=[described(field.name, field.hint, fault)];
            (said(field.name, fault))
        }
    }
}

/// A field of many lines.
pub(super) fn area(
    name: &'static str,
    label: &str,
    note: Option<&str>,
    value: &str,
    faults: &Faults,
) -> Markup {
    let fault = faults.of(name);
    html! {
        div.field {
            label for=(name) { (label) }
            (hint(name, note))
            textarea.body #(name) name=(name) rows="14" aria-invalid=[fault.map(|_| "true")]
                aria-describedby=[described(name, note, fault)] { (value) }
            (said(name, fault))
        }
    }
}

fn hint(name: &str, words: Option<&str>) -> Markup {
    html! { @if let Some(words) = words { p.hint #(format!("{name}-hint")) { (words) } } }
}

fn said(name: &str, fault: Option<&String>) -> Markup {
    html! { @if let Some(words) = fault { p.fault #(format!("{name}-fault")) { (words) } } }
}

fn described(name: &str, note: Option<&str>, fault: Option<&String>) -> Option<String> {
    let ids: Vec<String> = [
        note.map(|_| format!("{name}-hint")),
        fault.map(|_| format!("{name}-fault")),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// What an editor is told when somebody else was faster.
pub(super) fn overtaken(place: &str) -> Markup {
    html! {
        div.notice.bad role="alert" {
            p { strong { "Somebody else has changed this meanwhile." } " Your text is below and not saved. "
                a href=(place) target="_blank" rel="noopener" { "Look at theirs" }
                ", then save again to replace it." }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_told_at_its_field_too() {
        let mut faults = Faults::default();
        faults.text("title", "", 1..=10);
        let field = Line {
            name: "title",
            label: "Title",
            hint: None,
            value: "",
            kind: "text",
        };
        let html = line(&field, &faults).into_string();
        assert!(html.contains("aria-describedby=\"title-fault\""), "{html}");
        assert!(html.contains("1 to 10 characters"), "{html}");
    }
}
