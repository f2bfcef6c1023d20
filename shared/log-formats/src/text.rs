use std::borrow::Cow;

/// How a format protects characters that would break it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Escaping {
    /// Bytes as they came.
    #[default]
    None,
    /// `%20`, by CloudFront; some characters are encoded twice (`%2520`).
    Percent,
    /// `\"` and `\x22`, by the load balancer and nginx.
    Backslash,
}

/// A text of a log as it stands there, to be decoded when it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Text<'a> {
    /// The bytes in the log.
    pub raw: &'a [u8],
    /// How they are escaped.
    pub escaping: Escaping,
}

impl<'a> Text<'a> {
    /// A text without escapes.
    #[must_use]
    pub const fn plain(raw: &'a [u8]) -> Self {
        Self {
            raw,
            escaping: Escaping::None,
        }
    }

    /// The text that was meant. What is not UTF-8 becomes `�`, as control characters do:
    /// neither a table nor a page must be led astray by what a visitor sent.
    #[must_use]
    pub fn decode(&self) -> Cow<'a, str> {
        let bytes = match self.escaping {
            Escaping::None => Cow::Borrowed(self.raw),
            Escaping::Percent => unescape(&unescape(self.raw, b'%'), b'%')
                .into_owned()
                .into(),
            Escaping::Backslash => unescape(self.raw, b'\\'),
        };
        match bytes {
            Cow::Borrowed(bytes) => without_controls(String::from_utf8_lossy(bytes)),
            Cow::Owned(bytes) => {
                Cow::Owned(without_controls(String::from_utf8_lossy(&bytes)).into_owned())
            }
        }
    }
}

fn without_controls(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains(char::is_control) {
        Cow::Owned(text.replace(char::is_control, "\u{fffd}"))
    } else {
        text
    }
}

/// Resolves `%XX`, or `\xXX` and `\c`; what is none of them stays as it is.
fn unescape(raw: &[u8], mark: u8) -> Cow<'_, [u8]> {
    let Some(first) = memchr::memchr(mark, raw) else {
        return Cow::Borrowed(raw);
    };
    let mut out = raw[..first].to_vec();
    let mut rest = &raw[first..];
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != mark {
            out.push(byte);
            continue;
        }
        let digits = if mark == b'%' {
            after
        } else {
            after.strip_prefix(b"x").unwrap_or(&[])
        };
        if let Some(value) = hex_pair(digits) {
            out.push(value);
            rest = &digits[2..];
        } else if let (b'\\', Some((&escaped, after))) = (mark, after.split_first()) {
            out.push(escaped);
            rest = after;
        } else {
            out.push(byte);
        }
    }
    Cow::Owned(out)
}

fn hex_pair(digits: &[u8]) -> Option<u8> {
    let digit = |index: usize| char::from(*digits.get(index)?).to_digit(16);
    u8::try_from(digit(0)? * 16 + digit(1)?).ok()
}

/// What a line looks like without what it says: letters become `a`, digits `9`, and runs of
/// them shrink. To show a malformed line without a visitor's data.
#[must_use]
pub fn shape(line: &[u8]) -> String {
    const MAX_CHARS: usize = 80;
    let mut shape = String::new();
    let mut last = None;
    for &byte in line.iter().take(4096) {
        let class = match byte {
            b'0'..=b'9' => '9',
            b'a'..=b'z' | b'A'..=b'Z' => 'a',
            b'\t' => '⇥',
            b' '..=b'~' => char::from(byte),
            _ => '�',
        };
        if last != Some(class) || !matches!(class, '9' | 'a' | '�') {
            shape.push(class);
        }
        last = Some(class);
        if shape.chars().count() >= MAX_CHARS {
            shape.push('…');
            break;
        }
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(raw: &str, escaping: Escaping) -> String {
        let text = Text {
            raw: raw.as_bytes(),
            escaping,
        };
        text.decode().into_owned()
    }

    #[test]
    fn percent_encoding_is_resolved_twice_and_faults_stay() {
        assert_eq!(
            decoded("Mozilla/5.0%20(X11)", Escaping::Percent),
            "Mozilla/5.0 (X11)"
        );
        assert_eq!(decoded("a%2520b", Escaping::Percent), "a b");
        assert_eq!(decoded("100%", Escaping::Percent), "100%");
        assert_eq!(decoded("%zz%C3%A4%ff", Escaping::Percent), "%zzä\u{fffd}");
    }

    #[test]
    fn backslashes_are_resolved() {
        assert_eq!(
            decoded(r#"a\"b\\c\x22d"#, Escaping::Backslash),
            r#"a"b\c"d"#
        );
        assert_eq!(decoded(r"\xzz\", Escaping::Backslash), r"xzz\");
    }

    #[test]
    fn control_characters_never_come_through() {
        assert_eq!(decoded("a%0D%0Ab", Escaping::Percent), "a\u{fffd}\u{fffd}b");
        assert_eq!(decoded("a\u{1b}[31m", Escaping::None), "a\u{fffd}[31m");
    }

    #[test]
    fn a_shape_says_nothing_of_the_visitor() {
        assert_eq!(
            shape(b"10.1.2.3 Anna\tx@example.com \xff\xfe"),
            "9.9.9.9 a⇥a@a.a �"
        );
        assert!(shape(&[b'-'; 500]).chars().count() <= 81);
    }
}
