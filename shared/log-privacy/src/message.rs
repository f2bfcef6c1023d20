use std::borrow::Cow;

use log_summary::Network;

/// A message without what it may say of people: IP addresses become networks, e-mail
/// addresses and quoted texts, which are the values of SQL statements, become `*`.
#[must_use]
pub fn redact_message(text: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| !matches!(byte, b'@' | b'\'' | b'.' | b':');
    if text.bytes().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        if next == '\'' {
            rest = skip_quoted(rest, &mut out);
            continue;
        }
        let end = rest
            .find(|letter| !is_of_word(letter))
            .unwrap_or(rest.len());
        if end == 0 {
            out.push(next);
            rest = &rest[next.len_utf8()..];
        } else {
            push_word(&rest[..end], &mut out);
            rest = &rest[end..];
        }
    }
    Cow::Owned(out)
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
    // `192.0.2.1:443` and `192.0.2.1.` have an address at their beginning.
    let bare = word.trim_end_matches(['.', ':']);
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
    // `don't` is no beginning of a value.
    let follows_letter = out.chars().next_back().is_some_and(char::is_alphanumeric);
    if follows_letter && inner.chars().next().is_some_and(char::is_alphanumeric) {
        out.push('\'');
        return inner;
    }
    out.push_str("'*'");
    inner.find('\'').map_or("", |end| &inner[end + 1..])
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
