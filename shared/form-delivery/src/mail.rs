use minijinja::{AutoEscape, Environment};
use serde::Serialize;
use serde_json::{Map, Value};
use site_forms::MailTemplate;

/// Longest subject, in characters.
const MAX_SUBJECT: usize = 200;
/// Longest text of a mail, in bytes.
const MAX_BODY: usize = 256 * 1024;

/// A mail, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// One line.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The same as HTML, if the template has it.
    pub html: Option<String>,
}

/// What templates see.
#[derive(Debug, Clone, Serialize)]
pub struct MailContext<'a> {
    /// Of the form: `form.id`, `form.title`.
    pub form: FormWords<'a>,
    /// The fields that were filled in, in order: `label`, `value`.
    pub fields: &'a [FieldLine],
    /// Values by name.
    pub values: &'a Map<String, Value>,
    /// The submission's name.
    pub submission: &'a str,
    /// When it arrived, in words.
    pub received_at: &'a str,
    /// Links: `admin`, `confirm`, `unsubscribe`.
    pub links: &'a MailLinks,
    /// What was attached.
    pub attachments: &'a [AttachmentLine],
}

/// What templates see of a form.
#[derive(Debug, Clone, Serialize)]
pub struct FormWords<'a> {
    /// Its name.
    pub id: &'a str,
    /// Its title.
    pub title: &'a str,
}

/// A field that was filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldLine {
    /// Its label.
    pub label: String,
    /// Its value, as people read it.
    pub value: String,
}

/// An attachment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttachmentLine {
    /// Its media type.
    pub media_type: String,
    /// Its size.
    pub bytes: u64,
    /// Whether it may be opened, in words.
    pub status: String,
}

/// Links for templates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MailLinks {
    /// The submission in the owner's pages.
    pub admin: String,
    /// Confirms the address.
    pub confirm: String,
    /// Unsubscribes.
    pub unsubscribe: String,
}

/// A template that cannot be filled in.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The template is wrong, or asks for what is not there.
    #[error("fill in the mail template")]
    Template(#[from] minijinja::Error),
    /// The mail is too large.
    #[error("write the mail: it has {bytes} bytes, at most {MAX_BODY} are allowed")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
}

/// Fills in a template; a value that was not given is empty. Values are data: what looks like a template in them comes out
/// as it is, and in HTML it is escaped.
///
/// # Errors
/// A template that asks for what is not there; a mail that is too large.
pub fn compose(template: MailTemplate, context: &MailContext<'_>) -> Result<Mail, MailError> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|name| {
        if name == "html" {
            AutoEscape::Html
        } else {
            AutoEscape::None
        }
    });
    let context = minijinja::Value::from(minijinja::value::Serde(context));
    let render =
        |name: &str, source: &str| environment.render_named_str(name, source, context.clone());
    let mail = Mail {
        subject: one_line(&render("subject", template.subject)?),
        text: render("text", template.text)?,
        html: template
            .html
            .map(|source| render("html", source))
            .transpose()?,
    };
    let bytes = mail
        .text
        .len()
        .max(mail.html.as_ref().map_or(0, String::len));
    if bytes > MAX_BODY {
        return Err(MailError::TooLarge { bytes });
    }
    Ok(mail)
}

/// A subject is one line: line breaks in it would start headers of the visitor's own.
fn one_line(text: &str) -> String {
    let blank = |c: char| if c.is_control() { ' ' } else { c };
    let line: String = text.chars().map(blank).collect();
    let words: Vec<&str> = line.split_whitespace().collect();
    words.join(" ").chars().take(MAX_SUBJECT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(name: &str, template: MailTemplate) -> Mail {
        let values: Map<String, Value> = [("name".to_owned(), Value::from(name))]
            .into_iter()
            .collect();
        compose(
            template,
            &MailContext {
                form: FormWords {
                    id: "contact",
                    title: "Contact",
                },
                fields: &[FieldLine {
                    label: "Name".to_owned(),
                    value: name.to_owned(),
                }],
                values: &values,
                submission: "1",
                received_at: "today",
                links: &MailLinks {
                    admin: "https://shop.example/a".to_owned(),
                    confirm: String::new(),
                    unsubscribe: String::new(),
                },
                attachments: &[],
            },
        )
        .unwrap()
    }

    const TEMPLATE: MailTemplate = MailTemplate {
        subject: "From {{ values.name }}",
        text: "{% for field in fields %}{{ field.label }}: {{ field.value }}{% endfor %}",
        html: Some("<p>{{ values.name }}</p>"),
    };

    #[test]
    fn a_subject_stays_one_line() {
        let long = mail(&"x".repeat(500), TEMPLATE);
        assert_eq!(long.subject.chars().count(), 200);
        let mail = mail("Ada\r\nBcc: victim@example.com\r\n\r\nBuy", TEMPLATE);
        assert_eq!(mail.subject, "From Ada Bcc: victim@example.com Buy");
    }

    #[test]
    fn values_are_data() {
        let mail = mail("{{ 7 * 7 }}<b>", TEMPLATE);
        assert_eq!(mail.text, "Name: {{ 7 * 7 }}<b>");
        assert_eq!(mail.html.as_deref(), Some("<p>{{ 7 * 7 }}&lt;b&gt;</p>"));
    }

    #[test]
    fn the_site_s_templates_can_be_filled_in() {
        for form in site_forms::forms() {
            for sink in &form.sinks {
                if let form_definition::Delivery::Email(email) = &sink.delivery {
                    let template = site_forms::template(&email.template).unwrap();
                    assert!(!mail("Ada", template).text.is_empty(), "{}", email.template);
                }
            }
        }
    }
}
