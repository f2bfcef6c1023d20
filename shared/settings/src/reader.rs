use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::{Fault, SettingsError, Vars};

/// Reads variables one by one and keeps what was wrong until [`Reader::finish`].
///
/// A faulty variable yields a placeholder, so that reading can go on; `finish`
/// then refuses, and the placeholder is never used.
pub struct Reader<'a> {
    vars: &'a dyn Vars,
    faults: Vec<Fault>,
}

impl<'a> Reader<'a> {
    /// Starts reading from `vars`.
    #[must_use]
    pub fn new(vars: &'a dyn Vars) -> Self {
        Self {
            vars,
            faults: Vec::new(),
        }
    }

    /// A variable that must be set. `shape` says what it holds, for the message.
    pub fn required(&mut self, name: &'static str, shape: &str) -> String {
        self.vars.get(name).unwrap_or_else(|| {
            self.fault(name, "is not set".to_owned(), shape.to_owned());
            String::new()
        })
    }

    /// The origin of an address, which must be set: without a slash at the end.
    pub fn origin(&mut self, name: &'static str) -> String {
        let url = self.required(name, "an origin such as https://example.com");
        url.trim_end_matches('/').to_owned()
    }

    /// A variable that may be absent (unset and empty are the same).
    #[must_use]
    pub fn optional(&self, name: &'static str) -> Option<String> {
        self.vars.get(name)
    }

    /// A whole number within `range`, or `default` where it is unset.
    pub fn number<T>(&mut self, name: &'static str, range: RangeInclusive<T>, default: T) -> T
    where
        T: FromStr + PartialOrd + Display,
    {
        let Some(text) = self.vars.get(name) else {
            return default;
        };
        match text.parse::<T>() {
            Ok(value) if range.contains(&value) => value,
            _ => {
                let allowed = format!("{} to {}, default {default}", range.start(), range.end());
                self.fault(name, format!("is `{text}`"), allowed);
                default
            }
        }
    }

    /// One of a few words, or `default` where it is unset.
    pub fn choice<T: Copy>(&mut self, name: &'static str, choices: &[(&str, T)], default: T) -> T {
        let Some(text) = self.vars.get(name) else {
            return default;
        };
        if let Some((_, value)) = choices.iter().find(|(word, _)| *word == text) {
            return *value;
        }
        let allowed = choices
            .iter()
            .map(|(word, _)| *word)
            .collect::<Vec<_>>()
            .join(", ");
        self.fault(name, format!("is `{text}`"), allowed);
        default
    }

    /// Notes that a variable is set but no good, for a reason that only the caller knows.
    /// Its value is not told: it may be a secret.
    pub fn refuse(&mut self, name: &'static str, problem: &str, allowed: &str) {
        self.fault(name, problem.to_owned(), allowed.to_owned());
    }

    /// Ends the reading: `value` where nothing was wrong.
    ///
    /// # Errors
    /// Every fault met since [`Reader::new`].
    pub fn finish<T>(self, value: T) -> Result<T, SettingsError> {
        if self.faults.is_empty() {
            Ok(value)
        } else {
            Err(SettingsError {
                faults: self.faults,
            })
        }
    }

    fn fault(&mut self, name: &'static str, problem: String, allowed: String) {
        self.faults.push(Fault {
            name,
            problem,
            allowed,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn reports_every_fault_at_once() {
        let vars = BTreeMap::from([("PORT", "http"), ("MODE", "fast"), ("EMPTY", "")]);
        let mut reader = Reader::new(&vars);
        let bucket = reader.required("EMPTY", "an S3 bucket name");
        let port = reader.number("PORT", 1..=65535_u32, 80);
        let mode = reader.choice("MODE", &[("slow", 1), ("careful", 2)], 1);
        let error = reader.finish((bucket, port, mode)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "read the settings: EMPTY is not set (allowed: an S3 bucket name); \
             PORT is `http` (allowed: 1 to 65535, default 80); \
             MODE is `fast` (allowed: slow, careful)"
        );
    }

    #[test]
    fn reads_what_is_right() {
        let vars = BTreeMap::from([
            ("BUCKET", "photos"),
            ("PORT", "8080"),
            ("MODE", "careful"),
            ("SITE_URL", "https://example.com/"),
        ]);
        let mut reader = Reader::new(&vars);
        let read = (
            reader.required("BUCKET", "an S3 bucket name"),
            reader.number("PORT", 1..=65535_u32, 80),
            reader.choice("MODE", &[("slow", 1), ("careful", 2)], 1),
            reader.optional("ABSENT"),
            reader.origin("SITE_URL"),
        );
        let origin = "https://example.com".to_owned();
        assert_eq!(
            reader.finish(read).unwrap(),
            ("photos".to_owned(), 8080, 2, None, origin)
        );
    }

    #[test]
    fn refuses_numbers_out_of_range() {
        let vars = BTreeMap::from([("PORT", "70000")]);
        let mut reader = Reader::new(&vars);
        reader.number("PORT", 1..=65535_u32, 80);
        assert!(reader.finish(()).is_err());
    }

    #[test]
    fn never_prints_a_secret() {
        let secret = crate::Secret::new("hunter2");
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        assert_eq!(secret.expose(), "hunter2");
    }
}
