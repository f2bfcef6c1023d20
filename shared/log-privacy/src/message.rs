use std::borrow::Cow;

use log_summary::Network;

/// A message without what it may say of people: IP addresses become networks; e-mail
/// addresses, quoted texts, which are values of SQL statements, and the queries of URLs
/// become `*`.
#[must_use]
pub fn redact_message(text: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| !matches!(byte, b'@' | b'\'' | b'"' | b'$' | b'.' | b':' | b'?');
    if text.bytes().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        rest = match next {
            '\'' => skip_quoted(rest, &mut out),
            // nginx quotes request lines, of which the path tells what failed; PostgreSQL
            // quotes what people wrote.
            '"' => skip_double_quoted(rest, &mut out),
            '$' if rest.starts_with("$$") => {
                out.push_str("$$*$$");
                rest[2..].split_once("$$").map_or("", |(_, after)| after)
            }
            '?' => {
                out.push_str("?*");
                let end = rest.find([' ', '"', '\'', ',', ')']).unwrap_or(rest.len());
                &rest[end..]
            }
            _ => copy_word(rest, next, &mut out),
        };
    }
    Cow::Owned(out)
}

fn copy_word<'a>(text: &'a str, next: char, out: &mut String) -> &'a str {
    let end = text
        .find(|letter| !is_of_word(letter))
        .unwrap_or(text.len());
    if end == 0 {
        out.push(next);
        return &text[next.len_utf8()..];
    }
    push_word(&text[..end], out);
    &text[end..]
}

/// What addresses of either kind are made of.
fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '.' | '@' | ':' | '-' | '_' | '+')
}

fn push_word(word: &str, out: &mut String) {
    if word.contains('@') {
        out.push('*');
        return;
    }
    // `192.0.2.1:443` and `192.0.2.1.` have an address at their beginning, and
    // `client:192.0.2.1` at their end.
    let bare = word.trim_end_matches(['.', ':']);
    if let Some((name, address)) = bare.split_once(':')
        && Network::of(name.as_bytes()).is_none()
        && let Some(network) = Network::of(address.split(':').next().unwrap_or("").as_bytes())
    {
        out.push_str(&format!("{name}:{network}"));
        return;
    }
    let host = match bare.split_once(':') {
        Some((host, port)) if !port.contains(':') => host,
        _ => bare,
    };
    match Network::of(host.as_bytes()) {
        // Networks end in a length, which a word of this alphabet cannot.
        Some(network) => {
            out.push_str(&network.to_string());
            out.push_str(&word[host.len()..]);
        }
        None => out.push_str(word),
    }
}

/// From a quote to the next; a quote that is never closed hides all that follows.
fn skip_quoted<'a>(text: &'a str, out: &mut String) -> &'a str {
    let inner = &text[1..];
    // `don't` is no beginning of a value; `E'…'` and `LIKE'…'` are.
    let word: String = out
        .chars()
        .rev()
        .take_while(|letter| letter.is_alphanumeric())
        .collect();
    let is_word = !word.is_empty() && word.chars().any(char::is_lowercase);
    let goes_on = inner.chars().next().is_some_and(char::is_lowercase);
    let ends = inner
        .find(|letter: char| !letter.is_alphabetic())
        .unwrap_or(inner.len());
    if is_word && goes_on && ends <= 2 {
        out.push('\'');
        return inner;
    }
    out.push_str("'*'");
    skip_to(inner, '\'')
}

/// A request line keeps its method and path; anything else in double quotes goes.
fn skip_double_quoted<'a>(text: &'a str, out: &mut String) -> &'a str {
    let inner = &text[1..];
    let rest = skip_to(inner, '"');
    let quoted = inner[..inner.len() - rest.len()].trim_end_matches('"');
    let mut words = quoted.split(' ');
    let path = words.nth(1).filter(|path| path.starts_with('/'));
    match (quoted.split(' ').next(), path, words.next()) {
        (Some(method), Some(path), Some(protocol)) if protocol.starts_with("HTTP/") => {
            let path = path
                .split_once('?')
                .map_or(path.to_owned(), |(path, _)| format!("{path}?*"));
            out.push_str(&format!("\"{method} {path} {protocol}\""));
        }
        _ => out.push_str("\"*\""),
    }
    rest
}

/// What follows the next quote that no backslash protects.
fn skip_to(text: &str, quote: char) -> &str {
    let mut escaped = false;
    for (at, letter) in text.char_indices() {
        if letter == quote && !escaped {
            return &text[at + 1..];
        }
        escaped = letter == '\\' && !escaped;
    }
    ""
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn messages_lose_what_they_say_of_people() {
        let cases = [
            ("started", "started"),
            (
                "client: 203.0.113.9, server: _",
                "client: 203.0.113.0/24, server: _",
            ),
            ("from 203.0.113.9:4711.", "from 203.0.113.0/24:4711."),
            (
                "by 2001:db8:1:2::3 at 12:30:01",
                "by 2001:db8:1::/48 at 12:30:01",
            ),
            ("mail to anna@example.com failed", "mail to * failed"),
            (
                "SELECT * FROM people WHERE name = 'Anna' AND x=1",
                "SELECT * FROM people WHERE name = '*' AND x=1",
            ),
            ("don't, Anna's, 'open", "don't, Anna's, '*'"),
            (
                r"WHERE a = E'Anna' AND b LIKE'it\'s Anna' AND c",
                "WHERE a = E'*' AND b LIKE'*' AND c",
            ),
            ("AS $$Anna$$ x", "AS $$*$$ x"),
            (
                "invalid input: \"Anna Müller\" at 3",
                "invalid input: \"*\" at 3",
            ),
            (
                "from client:203.0.113.9 on",
                "from client:203.0.113.0/24 on",
            ),
            (
                r#"failed, request: "GET /forms?token=S&q=anna HTTP/1.1", referrer: "https://x/?q=me""#,
                r#"failed, request: "GET /forms?* HTTP/1.1", referrer: "*""#,
            ),
            ("open /a?q=anna, b", "open /a?*, b"),
            ("crate::module took 1.25 s", "crate::module took 1.25 s"),
        ];
        for (text, expected) in cases {
            assert_eq!(redact_message(text), expected);
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,80}") {
            let _ = redact_message(&text);
        }
    }
}
