/// Whether a text is like a pattern, in which `*` stands for anything.
#[must_use]
pub fn is_like(text: &str, pattern: &str) -> bool {
    let (text, pattern) = (text.as_bytes(), pattern.as_bytes());
    let (mut at, mut in_pattern) = (0, 0);
    // After a mismatch only the last `*` takes more: its earlier ones need not.
    let mut retry: Option<(usize, usize)> = None;
    while let Some(byte) = text.get(at) {
        match pattern.get(in_pattern) {
            Some(b'*') => {
                retry = Some((at, in_pattern + 1));
                in_pattern += 1;
            }
            Some(expected) if expected == byte => {
                at += 1;
                in_pattern += 1;
            }
            _ => {
                let Some((from, after_star)) = retry else {
                    return false;
                };
                retry = Some((from + 1, after_star));
                (at, in_pattern) = (from + 1, after_star);
            }
        }
    }
    pattern.iter().skip(in_pattern).all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything() {
        for (text, pattern, like) in [
            ("", "", true),
            ("", "**", true),
            ("john.doe", "john*", true),
            ("aab", "*ab", true),
            ("abcabd", "a*b*d", true),
            ("abc", "a*d", false),
            ("abc", "abcd", false),
            ("äb", "*b", true),
        ] {
            assert_eq!(is_like(text, pattern), like, "{text} {pattern}");
        }
    }
}
