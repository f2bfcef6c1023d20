use crate::{MAIL_PAGES, MAIL_TEXTS};

/// A mail as MiniJinja sources (<https://docs.rs/minijinja/latest/minijinja/syntax/>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailTemplate {
    /// The subject, one line.
    pub subject: &'static str,
    /// The text.
    pub text: &'static str,
    /// The same as HTML, if there is one.
    pub html: Option<&'static str>,
}

/// The mail template of that name.
#[must_use]
pub fn template(name: &str) -> Option<MailTemplate> {
    let (_, source) = MAIL_TEXTS.iter().find(|(known, _)| *known == name)?;
    let (head, text) = source.split_once("\n\n")?;
    Some(MailTemplate {
        subject: head.strip_prefix("Subject: ")?,
        text,
        html: MAIL_PAGES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, source)| *source),
    })
}
