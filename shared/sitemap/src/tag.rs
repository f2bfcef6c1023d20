use quick_xml::XmlVersion;
use quick_xml::events::BytesStart;

use crate::{Alternate, Fault, Limit};

/// The longest name of a language; <https://www.rfc-editor.org/rfc/rfc5646#section-4.4.1>.
const MAX_LANGUAGE: usize = 64;

/// Checks that an element has not too many attributes.
pub(crate) fn check_attributes(tag: &BytesStart<'_>, max: usize) -> Result<(), Fault> {
    if tag.attributes_raw().len() <= max {
        return Ok(());
    }
    if tag
        .attributes()
        .with_checks(false)
        .take(max.saturating_add(1))
        .count()
        > max
    {
        return Err(Limit::Attributes.exceeded(max));
    }
    Ok(())
}

/// What a `link` element says.
pub(crate) enum Link {
    /// The page in another language. Its location is not judged yet.
    Alternate(Alternate),
    /// Something else, such as a page for telephones.
    Other,
    /// Nothing that can be read.
    Bad,
}

/// Reads `<xhtml:link rel="alternate" hreflang="de" href="https://…"/>`.
pub(crate) fn link(tag: &BytesStart<'_>) -> Link {
    let (mut is_alternate, mut language, mut location) = (false, None, None);
    for attribute in tag.attributes() {
        let Ok(attribute) = attribute else {
            return Link::Bad;
        };
        let name = attribute.key.as_ref();
        if !matches!(name, "rel" | "hreflang" | "href") {
            continue;
        }
        let Ok(value) = attribute.normalized_value(XmlVersion::Implicit1_0) else {
            return Link::Bad;
        };
        match name {
            "rel" => is_alternate = value.split_ascii_whitespace().any(|rel| rel == "alternate"),
            "hreflang" => language = Some(value.trim().to_owned()),
            _ => location = Some(value.into_owned()),
        }
    }
    match (is_alternate, language, location) {
        (true, Some(language), Some(location)) if is_language(&language) => {
            Link::Alternate(Alternate { language, location })
        }
        (true, Some(_), _) => Link::Bad,
        _ => Link::Other,
    }
}

fn is_language(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=MAX_LANGUAGE).contains(&text.len()) && text.bytes().all(is_part)
}
