//! How wide text is, and where its lines break.

/// Pixels from one line of small text to the next.
pub(super) const LINE: i32 = 15;

/// How high so many lines are.
pub(super) fn lines(count: usize) -> i32 {
    LINE * i32::try_from(count).unwrap_or(0)
}

/// About how wide a text is at 11 pixels. The widths are those of DejaVu Sans, which is wider than
/// the fonts that readers have: what fits here fits there.
pub(super) fn width(text: &str) -> i32 {
    let thousandths: i32 = text.chars().map(advance).sum();
    (thousandths * 11).div_euclid(1000) + 1
}

/// The same in bold.
pub(super) fn bold_width(text: &str) -> i32 {
    width(text) * 11 / 10
}

fn advance(letter: char) -> i32 {
    match letter {
        'i' | 'j' | 'l' | '\'' => 278,
        ' ' | '.' | ',' | ';' | ':' | '/' | '|' => 335,
        'f' | 't' | '-' | '(' | ')' => 390,
        'r' => 411,
        '*' | 's' | 'z' => 525,
        'c' | 'k' | 'v' | 'x' | 'y' => 590,
        'w' | '×' => 830,
        'm' | 'M' | 'W' | '@' => 980,
        'A'..='Z' => 700,
        _ => 636,
    }
}

/// The lines of a text that may be so wide, broken at spaces. A word that is wider stands alone.
pub(super) fn wrap(text: &str, most: i32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if width(&format!("{line} {word}")) <= most => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A text as XML.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces_only() {
        let lines = wrap("tables submissions, forms-guard", 120);
        assert_eq!(lines, ["tables submissions,", "forms-guard"]);
        assert_eq!(wrap("unbreakable-word", 10), ["unbreakable-word"]);
    }

    #[test]
    fn markup_is_text() {
        assert_eq!(escape("a<b> & c"), "a&lt;b&gt; &amp; c");
    }
}
