/// The longest subject that SNS takes, in characters:
/// <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>
const SUBJECT: usize = 100;

/// An alert in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    severity: &'static str,
    subject: String,
    text: String,
}

impl Message {
    /// A message about something that happened to `site`. Of the title only what SNS takes
    /// becomes the subject: one line of 100 characters of ASCII.
    #[must_use]
    pub fn new(severity: &'static str, site: &str, title: &str, lines: &[String]) -> Self {
        let lines = lines.iter().map(|line| one_line(line));
        Self {
            severity,
            subject: subject(&format!("[{severity}] {site}: {title}")),
            text: lines.collect::<Vec<_>>().join("\n"),
        }
    }

    /// How bad it is: the attribute `severity`, which subscriptions may filter by.
    #[must_use]
    pub const fn severity(&self) -> &'static str {
        self.severity
    }

    /// Its subject.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Its lines.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

fn subject(text: &str) -> String {
    let is_plain = |char: char| char.is_ascii_graphic() || char == ' ';
    let plain = text.chars().map(|c| if is_plain(c) { c } else { '?' });
    plain.take(SUBJECT).collect()
}

/// What others wrote must not look like lines of ours.
fn one_line(text: &str) -> String {
    let clean = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    text.chars().map(clean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_a_short_line_of_ascii() {
        let subject = |site: &str, title: &str| {
            let message = Message::new("page", site, title, &[]);
            message.subject().to_owned()
        };
        assert_eq!(subject("Café\n", "it fails"), "[page] Caf??: it fails");
        assert_eq!(subject("Shop", &"x".repeat(200)).len(), SUBJECT);
    }

    #[test]
    fn a_line_stays_one_line() {
        let lines = ["First: it fails\nReport: https://evil.example", "Report: x"];
        let message = Message::new("high", "halden", "", &lines.map(str::to_owned));
        assert_eq!(
            message.text(),
            "First: it fails\u{fffd}Report: https://evil.example\nReport: x"
        );
    }
}
