/// What a name may be, for messages.
pub(crate) const NAME_RULE: &str =
    "1 to 40 lower-case letters, digits and hyphens are allowed, a letter first";

/// Whether `text` can name a form or a sink: it ends up in URLs and keys.
pub(crate) fn is_name(text: &str) -> bool {
    let starts = text
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_lowercase());
    starts
        && text.len() <= 40
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// Whether `text` can name a field: it ends up in HTML, CSV and SQL.
pub(crate) fn is_field_name(text: &str) -> bool {
    let starts = text
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_lowercase());
    starts
        && text.len() <= 40
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
