use std::collections::BTreeMap;

use health_checks::{MissingVariable, Setting};

use crate::probe::ProbeError;

/// The variables that checks name, with their values, some of which are secret.
#[derive(Clone, Default)]
pub(crate) struct Variables(BTreeMap<String, String>);

impl Variables {
    pub(crate) const fn new(values: BTreeMap<String, String>) -> Self {
        Self(values)
    }

    /// What a setting stands for. An empty variable is as good as none.
    ///
    /// # Errors
    /// When the variable is not set.
    pub(crate) fn resolve(&self, setting: &Setting) -> Result<String, ProbeError> {
        let value = setting.resolve(|name| self.get(name).map(str::to_owned));
        value.map_err(|MissingVariable(name)| MissingVariable(name).into())
    }

    /// The value of a variable, unless it is empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let value = self.0.get(name)?;
        (!value.trim().is_empty()).then_some(value.as_str())
    }

    /// What of the settings came from variables, with the parts of it that may be quoted by
    /// themselves: the password of an address, the token after a scheme such as `Bearer`.
    pub(crate) fn secrets_of<'a>(
        &self,
        settings: impl IntoIterator<Item = &'a Setting>,
    ) -> Vec<String> {
        let named = settings.into_iter().filter_map(Setting::variable);
        let values = named.filter_map(|(name, _)| self.get(name));
        values.flat_map(parts).collect()
    }
}

fn parts(value: &str) -> Vec<String> {
    let mut parts = vec![value.to_owned()];
    if let Some((_, token)) = value.split_once(' ') {
        parts.push(token.trim().to_owned());
    }
    if let Some((_, rest)) = value.split_once("://")
        && let Some((credentials, _)) = rest.rsplit_once('@')
    {
        parts.push(credentials.to_owned());
        if let Some((_, password)) = credentials.split_once(':') {
            parts.push(password.to_owned());
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_is_not_set() {
        let values = [("A", " "), ("B", "b")].map(|(name, value)| (name.into(), value.into()));
        let variables = Variables::new(values.into());
        assert_eq!(variables.resolve(&Setting::new("env:B/x")).unwrap(), "b/x");
        let error = variables.resolve(&Setting::new("env:A")).unwrap_err();
        assert!(error.is_own());
        assert_eq!(error.to_string(), "environment variable `A` is not set");
    }

    #[test]
    fn what_may_be_quoted_alone_is_a_secret_by_itself() {
        let values = [
            ("TOKEN", "Bearer abc"),
            ("URL", "postgres://site:p@ss@db:5432/site"),
        ];
        let values = values.map(|(name, value)| (name.into(), value.into()));
        let settings = [
            Setting::new("env:TOKEN"),
            Setting::new("env:URL"),
            Setting::new("x y"),
        ];
        let secrets = Variables::new(values.into()).secrets_of(&settings);
        assert_eq!(
            secrets,
            [
                "Bearer abc",
                "abc",
                "postgres://site:p@ss@db:5432/site",
                "site:p@ss",
                "p@ss"
            ]
        );
    }
}
