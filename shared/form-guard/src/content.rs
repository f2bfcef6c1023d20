use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

/// How many web addresses a text holds, spelled out or as a bare `www.`; an HTML or
/// BBCode link counts once.
#[must_use]
pub fn count_links(text: &str) -> usize {
    let lower = text.to_lowercase();
    let spelled = lower.matches("http://").count() + lower.matches("https://").count();
    let bare = lower
        .match_indices("www.")
        .filter(|(at, _)| {
            !lower
                .get(..*at)
                .is_some_and(|before| before.ends_with("//"))
        })
        .count();
    spelled + bare
}

/// A digest of what texts say, the same for variants that differ in case, blanks,
/// digits, punctuation and lookalike forms: robots vary those.
#[must_use]
pub fn fingerprint(texts: &[(&str, &str)]) -> String {
    let mut hasher = Sha256::new();
    for (name, text) in texts {
        hasher.update(name.as_bytes());
        hasher.update([0]);
        let mut last = ' ';
        for c in text.nfkc().flat_map(char::to_lowercase) {
            // Every number counts as the same one, everything else that is no letter as a blank.
            let c = match c {
                c if c.is_numeric() => '0',
                c if c.is_alphabetic() => c,
                _ => ' ',
            };
            if c == last && !c.is_alphabetic() {
                continue;
            }
            last = c;
            hasher.update(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
        hasher.update([0]);
    }
    let digest = hasher.finalize();
    digest
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Whether a text holds characters that hide or turn what is read: direction overrides
/// and invisible ones (<https://www.unicode.org/reports/tr36/>), or words that mix
/// Latin letters with Cyrillic or Greek lookalikes.
#[must_use]
pub fn has_tricky_characters(text: &str) -> bool {
    let hidden = text.chars().any(|c| {
        matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
    });
    hidden || text.split(|c: char| !c.is_alphabetic()).any(is_mixed)
}

fn is_mixed(word: &str) -> bool {
    let latin = word.chars().any(|c| c.is_ascii_alphabetic());
    let lookalike = word
        .chars()
        .any(|c| matches!(c, '\u{370}'..='\u{3ff}' | '\u{400}'..='\u{4ff}'));
    latin && lookalike
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_counted_once() {
        assert_eq!(
            count_links("see https://www.a.example and www.b.example"),
            2
        );
        assert_eq!(
            count_links("<a href=\"HTTP://a.example\">x</a> [url=http://b.example]"),
            2
        );
        assert_eq!(count_links("I wwwonder about a.b"), 0);
    }

    #[test]
    fn variants_of_a_message_are_the_same_message() {
        let one = fingerprint(&[("message", "Buy CHEAP lamps, 50% off! Call 123")]);
        assert_eq!(
            one,
            fingerprint(&[("message", "buy  cheap lamps 70 % off -- call 99999")])
        );
        assert_ne!(
            one,
            fingerprint(&[("message", "The lamp I bought is broken")])
        );
        assert_ne!(fingerprint(&[("a", "b")]), fingerprint(&[("b", "a")]));
    }

    #[test]
    fn tricks_are_seen_and_languages_are_not_tricks() {
        assert!(has_tricky_characters("pаypal"), "with a Cyrillic a");
        assert!(has_tricky_characters("invoice\u{202e}fdp.exe"));
        for honest in [
            "Привет, лампа iPhone",
            "Γεια σας",
            "naïve café",
            "日本語 text",
            "שלום עולם",
        ] {
            assert!(!has_tricky_characters(honest), "{honest}");
        }
    }
}
