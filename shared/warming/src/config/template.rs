use std::fmt;

use serde::Deserialize;
use thiserror::Error;

/// Why a text is no pattern or template.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TemplateError {
    /// A brace has no other.
    #[error("`{0}` has a brace without its other one")]
    Brace(String),
    /// A name between braces is none.
    #[error("`{0}` has between braces what is not a-z and `_`")]
    Name(String),
    /// A name is there twice.
    #[error("`{0}` has a name twice")]
    Twice(String),
    /// A pattern of paths begins otherwise.
    #[error("`{0}` does not begin with `/`")]
    Relative(String),
    /// A name is a part of a segment only.
    #[error("`{0}` has a name that is not a whole segment of the path")]
    Segment(String),
    /// A parameter of the query is not a name for one.
    #[error("`{0}` has a query that is not like `?q={{words}}`")]
    Query(String),
}

/// Text with names in braces, such as `product:{slug}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Template {
    text: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// As it is.
    Text(String),
    /// What stands for something else.
    Name(String),
}

impl Template {
    /// The names, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(Part::name)
    }

    /// The text with values in place of names; a name that has none leaves nothing.
    #[must_use]
    pub fn filled(&self, values: &[(&str, String)]) -> String {
        let fill = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Name(name) => {
                let found = values.iter().find(|(known, _)| known == name);
                found.map(|(_, value)| value.clone()).unwrap_or_default()
            }
        };
        self.parts.iter().map(fill).collect()
    }
}

impl Part {
    /// Its name, where it is one.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Text(_) => None,
            Self::Name(name) => Some(name),
        }
    }
}

/// Text and names of a template.
pub(super) fn parts(text: &str) -> Result<Vec<Part>, TemplateError> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after
            .split_once('}')
            .ok_or_else(|| TemplateError::Brace(text.to_owned()))?;
        let is_of_name = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
        if name.is_empty() || !name.bytes().all(is_of_name) {
            return Err(TemplateError::Name(text.to_owned()));
        }
        if !before.is_empty() {
            parts.push(Part::Text(before.to_owned()));
        }
        parts.push(Part::Name(name.to_owned()));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    let is_stray = |part: &Part| matches!(part, Part::Text(text) if text.contains('}'));
    if parts.iter().any(is_stray) {
        return Err(TemplateError::Brace(text.to_owned()));
    }
    Ok(parts)
}

impl TryFrom<String> for Template {
    type Error = TemplateError;

    fn try_from(text: String) -> Result<Self, TemplateError> {
        let parts = parts(&text)?;
        Ok(Self { text, parts })
    }
}

impl fmt::Display for Template {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_filled() {
        let template = Template::try_from("p:{slug}:{page}!".to_owned()).unwrap();
        let values = [("page", "2".to_owned()), ("slug", "a".to_owned())];
        assert_eq!(template.filled(&values), "p:a:2!");
        assert_eq!(template.names().collect::<Vec<_>>(), ["slug", "page"]);
    }
}
