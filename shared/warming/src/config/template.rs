use std::fmt;

use percent_encoding::percent_decode_str;
use serde::Deserialize;
use thiserror::Error;

/// Longest value of a name in a path, in bytes: longer ones are nobody's page.
const MAX_VALUE: usize = 200;

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
}

/// Text with names in braces, such as `product:{slug}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Template {
    text: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Name(String),
}

/// Paths of one kind, such as `/products/{slug}`: a name stands for one segment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct PathPattern {
    text: String,
    segments: Vec<Part>,
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

impl PathPattern {
    /// The names, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(Part::name)
    }

    /// What the names stand for in a path, decoded and in their order; `None` when the path is
    /// of another kind, or has a value that is empty, too long or no text. A query does not
    /// count.
    #[must_use]
    pub fn values(&self, path: &str) -> Option<Vec<(&str, String)>> {
        let path = path.split('?').next().unwrap_or_default();
        let mut given = path.split('/');
        let mut values = Vec::new();
        for segment in &self.segments {
            let given = given.next()?;
            match segment {
                Part::Text(text) if text == given => {}
                Part::Text(_) => return None,
                Part::Name(name) => {
                    let value = percent_decode_str(given).decode_utf8().ok()?;
                    let is_value = !value.is_empty() && value.len() <= MAX_VALUE;
                    if !is_value || value.contains(char::is_control) {
                        return None;
                    }
                    values.push((name.as_str(), value.into_owned()));
                }
            }
        }
        given.next().is_none().then_some(values)
    }
}

impl Part {
    fn name(&self) -> Option<&str> {
        match self {
            Self::Text(_) => None,
            Self::Name(name) => Some(name),
        }
    }
}

fn parts(text: &str) -> Result<Vec<Part>, TemplateError> {
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

impl TryFrom<String> for PathPattern {
    type Error = TemplateError;

    fn try_from(text: String) -> Result<Self, TemplateError> {
        if !text.starts_with('/') {
            return Err(TemplateError::Relative(text));
        }
        let mut segments = Vec::new();
        for segment in text.split('/') {
            match parts(segment)?.as_slice() {
                [] => segments.push(Part::Text(String::new())),
                [part] => segments.push(part.clone()),
                _ => return Err(TemplateError::Segment(text)),
            }
        }
        let mut names: Vec<_> = segments.iter().filter_map(Part::name).collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(TemplateError::Twice(text));
        }
        Ok(Self { text, segments })
    }
}

impl fmt::Display for Template {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Result<PathPattern, TemplateError> {
        PathPattern::try_from(text.to_owned())
    }

    #[test]
    fn a_path_gives_the_values_of_its_names() {
        let product = pattern("/products/{slug}").unwrap();
        let values = |path| product.values(path).map(|values| values[0].1.clone());
        assert_eq!(
            values("/products/tide-vase?page=2").as_deref(),
            Some("tide-vase")
        );
        assert_eq!(values("/products/a%20b").as_deref(), Some("a b"));
        for path in [
            "/products",
            "/products/",
            "/products/a/b",
            "/blog/a",
            "/products/%00",
            "/products/%ff",
        ] {
            assert_eq!(values(path), None, "{path}");
        }
        let root = pattern("/").unwrap();
        assert_eq!(root.values("/"), Some(Vec::new()));
        assert_eq!(root.values("/a"), None);
    }

    #[test]
    fn templates_are_filled() {
        let template = Template::try_from("p:{slug}:{page}!".to_owned()).unwrap();
        let values = [("page", "2".to_owned()), ("slug", "a".to_owned())];
        assert_eq!(template.filled(&values), "p:a:2!");
        assert_eq!(template.names().collect::<Vec<_>>(), ["slug", "page"]);
    }

    #[test]
    fn what_is_no_pattern_is_named() {
        for (text, error) in [
            ("products", TemplateError::Relative("products".to_owned())),
            ("/a/{slug", TemplateError::Brace("{slug".to_owned())),
            ("/a/slug}", TemplateError::Brace("slug}".to_owned())),
            ("/a/{Slug}", TemplateError::Name("{Slug}".to_owned())),
            ("/a/{}", TemplateError::Name("{}".to_owned())),
            (
                "/a/x{slug}",
                TemplateError::Segment("/a/x{slug}".to_owned()),
            ),
            ("/{a}/{a}", TemplateError::Twice("/{a}/{a}".to_owned())),
        ] {
            assert_eq!(pattern(text), Err(error), "{text}");
        }
    }
}
