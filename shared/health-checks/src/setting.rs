use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::secrets::has_secret;

const PREFIX: &str = "env:";

/// A variable that is not set.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("environment variable `{0}` is not set")]
pub struct MissingVariable(pub String);

/// A text, or the name of the environment variable that has it: `env:SITE_URL`. More may
/// follow the name: `env:SITE_URL/search`, `env:SITE_DOMAIN:443`, `env:STACK_NAME-forms-intake`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Setting(String);

impl Setting {
    /// A setting as it is written in the file.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// As it is written in the file.
    #[must_use]
    pub fn as_written(&self) -> &str {
        &self.0
    }

    /// The variable's name, and what follows it; `None` for a text.
    #[must_use]
    pub fn variable(&self) -> Option<(&str, &str)> {
        let rest = self.0.strip_prefix(PREFIX)?;
        let is_of_name =
            |char: char| char.is_ascii_uppercase() || char.is_ascii_digit() || char == '_';
        let end = rest.find(|char| !is_of_name(char)).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let is_name = name.starts_with(|char: char| char.is_ascii_uppercase());
        let is_end = after.is_empty() || after.starts_with(['/', '?', ':', '-']);
        (is_name && is_end).then_some((name, after))
    }

    /// The text, when it is one.
    #[must_use]
    pub fn literal(&self) -> Option<&str> {
        (!self.0.starts_with(PREFIX)).then_some(&self.0)
    }

    /// The text, with the variable's value in place of its name.
    ///
    /// # Errors
    ///
    /// The variable is not set.
    pub fn resolve(
        &self,
        value: impl FnOnce(&str) -> Option<String>,
    ) -> Result<String, MissingVariable> {
        let Some((name, after)) = self.variable() else {
            return Ok(self.0.clone());
        };
        let value = value(name).ok_or_else(|| MissingVariable(name.to_owned()))?;
        match after.strip_prefix('/') {
            Some(path) => Ok(format!("{}/{path}", value.trim_end_matches('/'))),
            None => Ok(value + after),
        }
    }

    /// What is wrong with how it is written.
    pub(crate) fn fault(&self, name: &str) -> Option<String> {
        let text = self.0.as_str();
        if text.trim().is_empty() {
            return Some(format!(
                "`{name}` is empty: a value is needed, or `env:NAME`"
            ));
        }
        let begins = |prefix: &str| {
            let begin = text.get(..prefix.len());
            begin.is_some_and(|begin| begin.eq_ignore_ascii_case(prefix))
        };
        let is_near = begins(PREFIX) || begins("env.") || begins("env[") || text.starts_with('$');
        let is_placeholder = text.contains("${") || text.contains("$(") || text.contains("{{");
        if self.variable().is_none() && (is_near || is_placeholder) {
            return Some(format!(
                "`{name}` has an unknown form of an environment variable: `env:NAME` is allowed, with A-Z, 0-9 and `_`"
            ));
        }
        has_secret(text).then(|| {
            format!("`{name}` looks like a secret: only the variable that has it is allowed, as `env:NAME`")
        })
    }

    /// What is wrong with it as the variable without which something is left out.
    pub(crate) fn when_fault(&self) -> Option<String> {
        let is_whole = self.variable().is_some_and(|(_, after)| after.is_empty());
        (!is_whole)
            .then(|| "`when` is no variable: `env:NAME` is allowed, and nothing else".to_owned())
    }

    /// What is wrong when only a variable will do.
    pub(crate) fn fault_unless_variable(&self, name: &str) -> Option<String> {
        self.fault(name).or_else(|| {
            let is_whole = self.variable().is_some_and(|(_, after)| after.is_empty());
            (!is_whole).then(|| {
                format!("`{name}` may be secret: only the variable that has it is allowed, as `env:NAME`")
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_resolved_with_what_follows() {
        let value = |name: &str| (name == "SITE_URL").then(|| "https://a.example/".to_owned());
        for (text, resolved) in [
            ("env:SITE_URL", "https://a.example/"),
            ("env:SITE_URL/search?q=1", "https://a.example/search?q=1"),
            ("env:SITE_URL-a", "https://a.example/-a"),
            ("plain", "plain"),
        ] {
            assert_eq!(Setting::new(text).resolve(value).unwrap(), resolved);
        }
        let error = Setting::new("env:OTHER:443").resolve(value).unwrap_err();
        assert_eq!(error, MissingVariable("OTHER".to_owned()));
    }

    #[test]
    fn other_forms_of_variables_are_faults() {
        for text in [
            "$URL", "${URL}", "env:url", "ENV:URL", "env.URL", "a-${B}", "env:", "env:A b",
        ] {
            let fault = Setting::new(text).fault("url").unwrap();
            assert!(fault.contains("unknown form"), "{text}: {fault}");
        }
        assert_eq!(Setting::new("env:A_1/x").fault("url"), None);
        assert!(
            Setting::new("env:A/x")
                .fault_unless_variable("url")
                .is_some()
        );
    }
}
