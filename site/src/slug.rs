//! Names in addresses.

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;

use crate::SiteError;

/// Longest name, in bytes.
const MAX_BYTES: usize = 80;

/// The name in the address of a page. What cannot be one leads nowhere, before database or
/// cache are asked: whoever tries addresses must not fill them.
pub(crate) struct Slug(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Slug {
    type Rejection = SiteError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, SiteError> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let Path(text) = path.map_err(|_| SiteError::NotFound)?;
        if is_slug(&text) {
            Ok(Self(text))
        } else {
            Err(SiteError::NotFound)
        }
    }
}

/// A name for addresses, from a title: `how-to-choose-a-vase`.
pub(crate) fn slug(title: &str) -> String {
    let plain = title.chars().flat_map(|character| match character {
        'ä' | 'Ä' | 'æ' | 'Æ' => "ae".chars().collect::<Vec<_>>(),
        'ö' | 'Ö' | 'ø' | 'Ø' => "oe".chars().collect(),
        'ü' | 'Ü' => "ue".chars().collect(),
        'å' | 'Å' => "aa".chars().collect(),
        'ß' => "ss".chars().collect(),
        'é' | 'è' | 'ê' | 'É' => vec!['e'],
        other => other.to_lowercase().collect(),
    });
    let mut slug = String::new();
    for character in plain {
        if character.is_ascii_alphanumeric() {
            slug.push(character);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() >= MAX_BYTES {
            break;
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// Whether a text is such a name.
pub(crate) fn is_slug(text: &str) -> bool {
    !text.is_empty() && slug(text) == text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_become_names() {
        assert_eq!(
            slug("How to choose a vase (buy three)"),
            "how-to-choose-a-vase-buy-three"
        );
        assert_eq!(slug("  Größe & Öl!  "), "groesse-oel");
        assert_eq!(slug("日本"), "");
        assert!(is_slug("tide-vase") && !is_slug("Tide vase") && !is_slug("../x"));
    }

    #[test]
    fn the_longest_name_is_one() {
        let name = slug(&"ä".repeat(200));
        assert_eq!(name.len(), MAX_BYTES);
        assert!(is_slug(&name) && !is_slug(&format!("{name}e")));
    }
}
