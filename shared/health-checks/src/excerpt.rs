//! Short, printable pieces of what others wrote.

use crate::secrets::{MASK, mask};

/// How much of a text is looked at before it is cut: masks may make it shorter.
const LOOKED_AT: usize = 16 * 1024;

/// The beginning of a text, on one line, without secrets.
///
/// It is cut after secrets are masked, so that none is cut in half and missed.
pub(crate) fn excerpt(bytes: &[u8], max_chars: usize, secrets: &[String]) -> String {
    let is_longer = bytes.len() > LOOKED_AT;
    let bytes = bytes.get(..LOOKED_AT).unwrap_or(bytes);
    let mut text = mask(&String::from_utf8_lossy(bytes), secrets);
    if is_longer && text.chars().count() <= max_chars {
        // Nearly all of it is masked, and what is cut at the end may be half a secret.
        text = MASK.to_owned();
    }
    let mut chars = text.trim().chars().map(printable);
    let mut short: String = chars.by_ref().take(max_chars).collect();
    if chars.next().is_some() || (is_longer && !short.is_empty()) {
        short.push('…');
    }
    short
}

/// A text of ours on one line, cut when it is long: others' words may be part of it.
pub(crate) fn one_line(text: &str, max_chars: usize) -> String {
    text.trim().chars().map(printable).take(max_chars).collect()
}

/// The character, or a dot for what terminals and pages would act on.
fn printable(char: char) -> char {
    let turns_text = matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' | '\u{feff}');
    if char.is_control() || turns_text {
        '·'
    } else {
        char
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excerpts_are_short_and_printable() {
        assert_eq!(excerpt(b" a\x1b[31m\r\nb\0 ", 20, &[]), "a·[31m··b·");
        assert_eq!(excerpt("äöü\u{202e}x".as_bytes(), 4, &[]), "äöü·…");
        assert_eq!(excerpt(&[0xff, b'a'], 9, &[]), "\u{fffd}a");
        let secret = "0123456789".to_owned();
        assert_eq!(excerpt(b"abc 0123456789 def", 8, &[secret]), "abc *** …");
        assert!(excerpt(&vec![b'x'; 1 << 20], 200, &[]).chars().count() == 201);
        let reason = "it is a secret: name\nit\u{202e} ";
        assert_eq!(one_line(reason, 23), "it is a secret: name·it");
    }
}
