use std::fmt;

use crate::renders::Subject;

/// Something in the template that a rule does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id.
    pub rule: &'static str,
    /// Where: a class, or the transformed template.
    pub subject: Subject,
    /// The logical id of the resource, parameter or output; empty for the whole.
    pub logical_id: String,
    /// What is wrong with it.
    pub wrong: String,
    /// What the rule allows.
    pub allowed: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            rule,
            subject,
            logical_id,
            wrong,
            allowed,
        } = self;
        let of = if logical_id.is_empty() {
            "template"
        } else {
            logical_id
        };
        write!(out, "{rule} ({subject}): {of}: {wrong}. Allowed: {allowed}")
    }
}
