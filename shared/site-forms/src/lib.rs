//! The site's own forms and mail templates, compiled in.
//!
//! One file per form in `forms/`, one per mail in `mail/`: the first line is the
//! subject, after an empty line comes the text; an HTML version may stand beside it as
//! `{name}.html`. The build fails with file, line and what is allowed where a definition
//! is wrong or names a template that is not there.

mod templates;

pub use templates::{MailTemplate, template};

use std::sync::OnceLock;

use form_definition::Form;

include!(concat!(env!("OUT_DIR"), "/site.rs"));

/// All forms of the site, by name.
pub fn forms() -> &'static [Form] {
    static FORMS: OnceLock<Vec<Form>> = OnceLock::new();
    FORMS.get_or_init(|| {
        DEFINITIONS
            .iter()
            .map(|(file, text)| {
                #[expect(
                    clippy::expect_used,
                    reason = "the build script has read the same files"
                )]
                Form::parse(file, text).expect("a checked definition")
            })
            .collect()
    })
}

/// The form of that name.
#[must_use]
pub fn form(id: &str) -> Option<&'static Form> {
    forms().iter().find(|form| form.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_site_has_its_three_forms() {
        let names: Vec<&str> = forms().iter().map(|form| form.id.as_str()).collect();
        assert_eq!(names, ["contact", "newsletter", "quote"]);
        assert!(form("contact").is_some() && form("other").is_none());
    }

    #[test]
    fn every_mail_has_a_subject_and_a_text() {
        for (name, _) in MAIL_TEXTS {
            let template = template(name).unwrap();
            assert!(
                !template.subject.is_empty() && !template.subject.contains('\n'),
                "{name}"
            );
            assert!(!template.text.trim().is_empty(), "{name}");
            let mut environment = minijinja::Environment::new();
            environment
                .add_template("subject", template.subject)
                .unwrap();
            environment.add_template("text", template.text).unwrap();
        }
    }
}
