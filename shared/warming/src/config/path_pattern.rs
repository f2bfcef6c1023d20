use std::fmt;

use percent_encoding::percent_decode_str;
use serde::Deserialize;

use super::TemplateError;
use super::template::{Part, parts};

/// Longest value of a name in a path, in bytes: longer ones are nobody's page.
const MAX_VALUE: usize = 200;

/// Paths of one kind, such as `/products/{slug}`: a name stands for one segment, or for the
/// value of a parameter, as in `/search?q={words}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct PathPattern {
    text: String,
    segments: Vec<Part>,
    parameters: Vec<Parameter>,
}

/// A parameter of the query, and the name of its value.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Parameter {
    key: String,
    name: String,
}

impl PathPattern {
    /// The names, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let of_path = self.segments.iter().filter_map(Part::name);
        let of_query = self.parameters.iter().map(|known| known.name.as_str());
        of_path.chain(of_query)
    }

    /// What the names stand for in a path, decoded and in their order; `None` when the path is
    /// of another kind, or has a value that is empty, too long or no text. Of a query, only
    /// parameters that the pattern names count.
    #[must_use]
    pub fn values(&self, path: &str) -> Option<Vec<(&str, String)>> {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut given = path.split('/');
        let mut values = Vec::new();
        for segment in &self.segments {
            let given = given.next()?;
            match segment {
                Part::Text(text) if text == given => {}
                Part::Text(_) => return None,
                Part::Name(name) => values.push((name.as_str(), decoded(given)?)),
            }
        }
        if given.next().is_some() {
            return None;
        }
        for Parameter { key, name } in &self.parameters {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            let (_, value) = pairs.find(|(given, _)| *given == key.as_str())?;
            values.push((name.as_str(), decoded(&value.replace('+', " "))?));
        }
        Some(values)
    }
}

fn decoded(text: &str) -> Option<String> {
    let value = percent_decode_str(text).decode_utf8().ok()?;
    let is_value = !value.is_empty() && value.len() <= MAX_VALUE;
    (is_value && !value.contains(char::is_control)).then(|| value.into_owned())
}

/// `q={words}` and others like it, with `&` between them.
fn parameters(query: &str) -> Option<Vec<Parameter>> {
    let parameter = |pair: &str| {
        let (key, value) = pair.split_once('=')?;
        let is_of_key = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        let is_key = !key.is_empty() && key.bytes().all(is_of_key);
        match parts(value).ok()?.as_slice() {
            [Part::Name(name)] if is_key => Some(Parameter {
                key: key.to_owned(),
                name: name.clone(),
            }),
            _ => None,
        }
    };
    query.split('&').map(parameter).collect()
}

impl TryFrom<String> for PathPattern {
    type Error = TemplateError;

    fn try_from(text: String) -> Result<Self, TemplateError> {
        if !text.starts_with('/') {
            return Err(TemplateError::Relative(text));
        }
        let (path, query) = match text.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (text.as_str(), None),
        };
        let mut segments = Vec::new();
        for segment in path.split('/') {
            match parts(segment)?.as_slice() {
                [] => segments.push(Part::Text(String::new())),
                [part] => segments.push(part.clone()),
                _ => return Err(TemplateError::Segment(text)),
            }
        }
        let parameters = query.map_or_else(|| Some(Vec::new()), parameters);
        let Some(parameters) = parameters else {
            return Err(TemplateError::Query(text));
        };
        let pattern = Self {
            segments,
            parameters,
            text,
        };
        let mut names: Vec<_> = pattern.names().collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(TemplateError::Twice(pattern.text));
        }
        Ok(pattern)
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
    fn a_query_gives_the_values_of_its_names() {
        let search = pattern("/search?q={words}").unwrap();
        assert_eq!(search.names().collect::<Vec<_>>(), ["words"]);
        let values = |path| search.values(path).map(|values| values[0].1.clone());
        assert_eq!(values("/search?q=cup").as_deref(), Some("cup"));
        assert_eq!(values("/search?page=2&q=a+b%2B").as_deref(), Some("a b+"));
        for path in [
            "/search",
            "/search?q",
            "/search?q=",
            "/search?qq=cup",
            "/search/x?q=cup",
            "/search?q=%0a",
        ] {
            assert_eq!(values(path), None, "{path}");
        }
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
            ("/{a}?b={a}", TemplateError::Twice("/{a}?b={a}".to_owned())),
            ("/a?q=cup", TemplateError::Query("/a?q=cup".to_owned())),
            ("/a?", TemplateError::Query("/a?".to_owned())),
            ("/a?={b}", TemplateError::Query("/a?={b}".to_owned())),
        ] {
            assert_eq!(pattern(text), Err(error), "{text}");
        }
    }
}
