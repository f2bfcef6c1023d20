use std::fmt;

use crate::RequestError;

/// S3 allows keys of 1,024 bytes; ours leave room for `derived/img/{options}/`.
const MAX_BYTES: usize = 800;

/// The name of an uploaded photo, without the `originals/` prefix.
///
/// Any Unicode is allowed, blanks and `+` too. Not allowed are empty segments,
/// `.` and `..` (they would name another object once a proxy has cleaned the
/// path) and control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceKey(String);

impl SourceKey {
    /// The prefix under which photos are uploaded.
    pub const PREFIX: &str = "originals/";

    /// Checks a decoded key.
    ///
    /// # Errors
    /// When it cannot name an uploaded photo.
    pub fn parse(key: &str) -> Result<Self, RequestError> {
        let refuse = |problem| Err(RequestError::Key { problem });
        if key.is_empty() {
            return refuse("it is empty");
        }
        if key.len() > MAX_BYTES {
            return refuse("it is longer than 800 bytes");
        }
        if key.chars().any(char::is_control) {
            return refuse("it has control characters");
        }
        if key
            .split('/')
            .any(|segment| matches!(segment, "" | "." | ".."))
        {
            return refuse("it has an empty segment, `.` or `..`");
        }
        Ok(Self(key.to_owned()))
    }

    /// Checks the full name of an S3 object.
    ///
    /// # Errors
    /// When it is not under [`SourceKey::PREFIX`] or [`SourceKey::parse`] refuses the rest.
    pub fn from_object_key(object_key: &str) -> Result<Self, RequestError> {
        let key = object_key
            .strip_prefix(Self::PREFIX)
            .ok_or(RequestError::Key {
                problem: "it does not begin with originals/",
            })?;
        Self::parse(key)
    }

    /// The key without the prefix.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The full name of the S3 object.
    #[must_use]
    pub fn object_key(&self) -> String {
        format!("{}{}", Self::PREFIX, self.0)
    }
}

impl fmt::Display for SourceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn accepts_what_people_upload() {
        for key in [
            "a.jpg",
            "products/42/front view.jpg",
            "a b+c é.png",
            "日本/写真.webp",
            "a..b.jpg",
        ] {
            assert_eq!(SourceKey::parse(key).unwrap().as_str(), key);
        }
    }

    #[test]
    fn refuses_what_would_name_another_object() {
        for key in [
            "",
            "/a.jpg",
            "a//b.jpg",
            "../secret",
            "a/../b.jpg",
            "a/./b",
            "a\u{0}b",
            "a/",
            "a\nb",
        ] {
            assert!(SourceKey::parse(key).is_err(), "{key:?}");
        }
        assert!(SourceKey::parse(&"a".repeat(801)).is_err());
    }

    #[test]
    fn knows_the_upload_prefix() {
        let key = SourceKey::from_object_key("originals/a.jpg").unwrap();
        assert_eq!(key.object_key(), "originals/a.jpg");
        assert!(SourceKey::from_object_key("derived/a.jpg").is_err());
    }

    proptest! {
        #[test]
        fn never_keeps_a_dot_segment(text in "[./a]{0,12}") {
            if let Ok(key) = SourceKey::parse(&text) {
                prop_assert!(key.as_str().split('/').all(|s| !s.is_empty() && s != "." && s != ".."));
            }
        }
    }
}
