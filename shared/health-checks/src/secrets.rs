//! What is a secret by its name, or looks like one.

/// Parts of names of things that nobody may see.
const NAMES: [&str; 13] = [
    "authorization",
    "cookie",
    "token",
    "secret",
    "password",
    "passwd",
    "api-key",
    "apikey",
    "api_key",
    "signature",
    "credential",
    "private",
    "session",
];
const WHOLE_NAMES: [&str; 6] = ["auth", "key", "sig", "pwd", "bearer", "basic"];
/// How keys of well-known services begin.
const PREFIXES: [&str; 11] = [
    "AKIA",
    "ASIA",
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "sk_live_",
    "rk_live_",
];

/// Whether what has this name is a secret.
pub(crate) fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    WHOLE_NAMES.contains(&name.as_str()) || NAMES.iter().any(|part| name.contains(part))
}

/// Whether a word looks like a key.
pub(crate) fn looks_like_secret(word: &str) -> bool {
    let has_prefix = PREFIXES.iter().any(|prefix| word.starts_with(prefix));
    let is_jwt = word.starts_with("eyJ") && word.bytes().filter(|byte| *byte == b'.').count() == 2;
    (has_prefix && word.len() >= 16) || (is_jwt && word.len() >= 24)
}

/// Whether a text has a word that looks like a key.
pub(crate) fn has_secret(text: &str) -> bool {
    text.contains("-----BEGIN") || text.split(|char| !is_of_word(char)).any(looks_like_secret)
}

const fn is_of_word(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '_' | '-' | '.')
}

/// What of a text is shown in place of a secret.
pub(crate) const MASK: &str = "***";

/// The text without what is a secret by its name, looks like one, or is known to be one.
pub(crate) fn mask(text: &str, secrets: &[String]) -> String {
    let mut text = text.to_owned();
    let mut known: Vec<&String> = secrets.iter().filter(|secret| secret.len() >= 3).collect();
    known.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    for secret in known {
        if text.contains(secret.as_str()) {
            text = text.replace(secret.as_str(), MASK);
        }
    }
    if let Some((before, _)) = text.split_once("-----BEGIN") {
        text = format!("{before}{MASK}");
    }
    mask_words(&text)
}

/// Masks words that look like keys, and values that follow a secret's name.
fn mask_words(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    let mut is_value = false;
    while !rest.is_empty() {
        let begins = |char: char| {
            if is_value {
                !matches!(char, '"' | '\'' | ' ' | ':' | '=')
            } else {
                is_of_word(char)
            }
        };
        let end = rest.find(begins).unwrap_or(rest.len());
        let (between, after) = rest.split_at(end);
        masked.push_str(between);
        let is_end = |char: char| {
            if is_value {
                is_of_no_value(char)
            } else {
                !is_of_word(char)
            }
        };
        let (word, after) = after.split_at(after.find(is_end).unwrap_or(after.len()));
        let is_scheme = word.eq_ignore_ascii_case("bearer") || word.eq_ignore_ascii_case("basic");
        let is_secret = (is_value && !is_scheme) || looks_like_secret(word);
        masked.push_str(if is_secret && !word.is_empty() {
            MASK
        } else {
            word
        });
        is_value = is_secret_name(word) && (is_scheme || introduces_value(after));
        rest = after;
    }
    masked
}

fn is_of_no_value(char: char) -> bool {
    char.is_whitespace() || matches!(char, '"' | '\'' | ',' | '&' | ';' | '<' | '}')
}

/// Whether what follows a name is a `=` or `:` and then a value.
fn introduces_value(after: &str) -> bool {
    let after = after.trim_start_matches(['"', '\'', ' ']);
    after.starts_with([':', '='])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked_by_name_by_look_and_by_value() {
        let known = ["s3cr-et!".to_owned(), "s3cr".to_owned(), "ab".to_owned()];
        for (text, masked) in [
            ("plain text, a token expired", "plain text, a token expired"),
            (
                r#"{"password": "hun!ter2", "a": 1}"#,
                r#"{"password": "***", "a": 1}"#,
            ),
            (
                "Authorization: Bearer abc.def-ghi x",
                "Authorization: Bearer *** x",
            ),
            ("?sig=abc%2F&b=1", "?sig=***&b=1"),
            ("id AKIAIOSFODNN7EXAMPLE here", "id *** here"),
            ("is s3cr-et! about", "is *** about"),
            ("password=!x for s3cr", "password=*** for ***"),
            ("token:\nbearer\nnext", "token:\nbearer\nnext"),
            ("x -----BEGIN PRIVATE KEY----- y", "x ***"),
            ("eyJhbGciOi.eyJzdWIiOiIx.SflKxwRJ", "***"),
        ] {
            assert_eq!(mask(text, &known), masked);
        }
    }
}
