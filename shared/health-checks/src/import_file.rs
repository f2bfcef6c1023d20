//! Checks of another tool's file, as a file of ours.

use std::collections::BTreeSet;

use serde_json::Value;
use thiserror::Error;

use crate::excerpt::{excerpt, one_line};
use crate::import_entry::entry;
use crate::lint::{MAX_CHECKS, MAX_EVERY, MAX_ID, MAX_IN_A_ROW, MAX_TOTAL, MIN_EVERY, MIN_TIMEOUT};
use crate::{ChecksError, Defaults, Import, Levels, Period, Probe, SiteChecks, Unmapped};

/// Characters of a name or a reason in a comment at most.
const MAX_COMMENT: usize = 300;

/// Why nothing can be made of another tool's file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ImportError {
    /// It is another file, or an empty one.
    #[error("find what is checked: {0} of the file has nothing in it")]
    Nothing(&'static str),
}

/// What another tool's file comes to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportedFile {
    /// The checks, as [`SiteChecks::parse`] takes them. What was not taken over is named in a
    /// comment before the check that it is of, or at the beginning when it is of none.
    pub text: String,
    /// How many checks there are.
    pub checks: usize,
    /// How many things were not taken over.
    pub left_out: usize,
}

impl ImportedFile {
    /// One without checks, of which a comment says where it comes from.
    pub(crate) fn new(origin: &str) -> Self {
        Self {
            text: format!("# {origin}\n"),
            ..Self::default()
        }
    }

    /// Names what is of no check and was not taken over.
    pub(crate) fn leave(&mut self, source: &str, reason: &str) {
        self.left_out += 1;
        let source = excerpt(source.as_bytes(), MAX_COMMENT, &[]);
        let reason = one_line(reason, MAX_COMMENT);
        self.text.push_str(&format!("# - {source}: {reason}\n"));
    }

    fn add(&mut self, name: &str, unmapped: &[Unmapped], entry: Option<String>) {
        let name = excerpt(name.as_bytes(), MAX_COMMENT, &[]);
        self.text.push_str(&format!("\n# {name}\n"));
        for Unmapped { source, reason } in unmapped {
            self.leave(source, reason);
        }
        match entry {
            Some(entry) => {
                self.checks += 1;
                self.text.push_str(&entry);
            }
            None => self.text.push_str("# No check is made of it.\n"),
        }
    }
}

/// Makes entries of imports, one after the other, each with an id of its own.
pub(crate) struct Importer {
    file: ImportedFile,
    ids: BTreeSet<String>,
}

impl Importer {
    pub(crate) fn new(file: ImportedFile) -> Self {
        Self {
            file,
            ids: BTreeSet::new(),
        }
    }

    /// Adds a check of that name, when it can be one: each is tried by itself, so that no fault
    /// of one is a fault of all.
    pub(crate) fn add(&mut self, name: &str, mut import: Import) {
        if import.probe.is_some() {
            fit(&mut import);
        }
        let id = self.new_id(name);
        let made = self.made(&id, &import);
        let entry = match made {
            Ok(entry) => entry,
            Err(faults) => {
                for fault in faults {
                    import.leave("the check", fault);
                }
                None
            }
        };
        if entry.is_some() {
            self.ids.insert(id);
        }
        self.file.add(name, &import.unmapped, entry);
    }

    pub(crate) fn finish(self) -> ImportedFile {
        self.file
    }

    /// The entry; `None` when nothing of it is known here.
    fn made(&self, id: &str, import: &Import) -> Result<Option<String>, Vec<String>> {
        let Some(probe) = &import.probe else {
            return Ok(None);
        };
        if self.file.checks == MAX_CHECKS {
            return Err(vec![format!("{MAX_CHECKS} checks are the most here")]);
        }
        let entry = entry(id, import, probe).map_err(|reason| vec![reason])?;
        match SiteChecks::parse(&entry) {
            Ok(_) => Ok(Some(entry)),
            Err(ChecksError::Faults(faults)) => {
                Err(faults.into_iter().map(|fault| fault.text).collect())
            }
            Err(error @ ChecksError::Syntax(_)) => Err(vec![error.to_string()]),
        }
    }

    /// An id that looks like a name, and that no other check has.
    fn new_id(&self, name: &str) -> String {
        let like_name = id_like(name);
        let numbered = (2..).map(|number| {
            let end = format!("-{number}");
            let begin = like_name.get(..MAX_ID - end.len()).unwrap_or(&like_name);
            format!("{}{end}", begin.trim_end_matches('-'))
        });
        let mut ids = std::iter::once(like_name.clone()).chain(numbered);
        ids.find(|id| !self.ids.contains(id)).unwrap_or(like_name)
    }
}

/// Lower-case letters and digits of a name, and a hyphen for all that is between them.
fn id_like(name: &str) -> String {
    let mut id = String::new();
    for char in name.chars().map(|char| char.to_ascii_lowercase()) {
        if char.is_ascii_lowercase() || char.is_ascii_digit() {
            id.push(char);
        } else if !id.is_empty() && !id.ends_with('-') {
            id.push('-');
        }
    }
    id.truncate(MAX_ID);
    let id = id.trim_end_matches('-');
    if id.is_empty() { "check" } else { id }.to_owned()
}

/// Brings figures to what is allowed here.
fn fit(import: &mut Import) {
    if let Some(every) = import.every {
        let fitting = every.clamp(MIN_EVERY, MAX_EVERY);
        import.every = Some(fitting);
        if fitting != every {
            import.leave(
                "the interval",
                format!("{every} is not between {MIN_EVERY} and {MAX_EVERY}: it is {fitting}"),
            );
        }
    }
    if let Some(timeout) = import.timeout {
        let most = MAX_TOTAL.min(import.every.unwrap_or(Defaults::default().every));
        let fitting = timeout.clamp(MIN_TIMEOUT, most);
        import.timeout = Some(fitting);
        if fitting != timeout {
            import.leave(
                "the timeout",
                format!("{timeout} is not between {MIN_TIMEOUT} and {most}: it is {fitting}"),
            );
        }
    }
    let counts = [import.fail_after, import.pass_after];
    let fitting = counts.map(|count| count.map(|count| count.clamp(1, MAX_IN_A_ROW)));
    [import.fail_after, import.pass_after] = fitting;
    if fitting != counts {
        import.leave(
            "the thresholds",
            format!("they are between 1 and {MAX_IN_A_ROW} here"),
        );
    }
    fit_latency(import);
}

/// What takes as long as the timeout fails by that.
fn fit_latency(import: &mut Import) {
    let timeout = import.timeout.unwrap_or(Defaults::default().timeout);
    let Some(latency) = import.probe.as_mut().and_then(latency_of) else {
        return;
    };
    if let Some(level) = latency.fail.filter(|level| *level >= timeout) {
        latency.fail = None;
        import.leave(
            "the response time",
            format!("{level} is never reached: after {timeout} the check fails anyway"),
        );
    }
}

fn latency_of(probe: &mut Probe) -> Option<&mut Levels<Period>> {
    match probe {
        Probe::Http(check) => Some(&mut check.expect.latency),
        Probe::Tcp(check) => Some(&mut check.latency),
        Probe::Tls(check) => Some(&mut check.latency),
        Probe::Dns(check) => Some(&mut check.latency),
        _ => None,
    }
}

/// A document in which keys without a value are not there, as programs in Go read it.
pub(crate) fn without_nulls(document: Value) -> Value {
    match document {
        Value::Object(keys) => {
            let there = keys.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(
                there
                    .map(|(key, value)| (key, without_nulls(value)))
                    .collect(),
            )
        }
        Value::Array(values) => Value::Array(values.into_iter().map(without_nulls).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_look_like_names_and_differ() {
        for (name, id) in [
            ("Site / Home page", "site-home-page"),
            ("--", "check"),
            ("Küche №1", "k-che-1"),
            (
                &"ab ".repeat(20),
                "ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-a",
            ),
        ] {
            assert_eq!(id_like(name), id);
        }
        let mut importer = Importer::new(ImportedFile::default());
        let long = "a".repeat(60);
        let mut ids = BTreeSet::new();
        for _ in 0..12 {
            let id = importer.new_id(&long);
            assert!(id.len() <= MAX_ID, "{id}");
            importer.ids.insert(id.clone());
            ids.insert(id);
        }
        assert_eq!(ids.len(), 12);
    }

    #[test]
    fn keys_without_a_value_are_not_there() {
        let document = serde_json::json!({"a": null, "b": [{"c": null, "d": 1}, null]});
        let clean = serde_json::json!({"b": [{"d": 1}, null]});
        assert_eq!(without_nulls(document), clean);
    }
}
