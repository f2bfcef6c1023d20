use std::sync::Arc;

use serde_json::Value;

use crate::validate::Validator;
use crate::{Field, FieldKind, Sink};

/// One form of the site.
#[derive(Debug, Clone)]
pub struct Form {
    /// Name in URLs and in stored submissions: lower-case letters, digits and hyphens, at most 40.
    pub id: String,
    /// Raised by hand when the meaning of the fields changes; kept with each submission.
    pub version: u32,
    /// How the form looks.
    pub presentation: Presentation,
    /// The fields, in the order of the file.
    pub fields: Vec<Field>,
    /// The JSON Schema of a submission, without fields that are uploaded afterwards.
    pub schema: Value,
    /// Whether the visitor confirms by a mailed link before `confirmed` deliveries start.
    pub double_opt_in: bool,
    /// The field that holds the visitor's e-mail address.
    pub visitor_email: Option<String>,
    /// What makes a submission suspicious.
    pub spam: SpamRules,
    /// What one post may cost.
    pub limits: Limits,
    /// How long submissions are kept.
    pub retention: Retention,
    /// Other origins that may post, such as `https://shop.example.com`.
    pub origins: Vec<String>,
    /// Where a submission goes.
    pub sinks: Vec<Sink>,
    pub(crate) validator: Arc<Validator>,
}

/// Words and pages of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presentation {
    /// Heading of the page.
    pub title: String,
    /// A paragraph below it.
    pub intro: Option<String>,
    /// Label of the button.
    pub submit: String,
    /// Language of the words, as in HTML's `lang`.
    pub language: String,
    /// Path the visitor is sent to afterwards; the form's own page of thanks where absent.
    pub success_path: Option<String>,
    /// Heading of the form's own page of thanks.
    pub thanks_title: String,
    /// What it says.
    pub thanks: String,
}

/// What makes a submission suspicious. A suspicious one is kept apart, never dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpamRules {
    /// Score from which a submission is quarantined.
    pub quarantine_at: u32,
    /// Links that a message may have before each further one counts.
    pub max_links: u32,
    /// Sooner than this after the form was shown is too fast, in seconds.
    pub minimum_seconds: u32,
    /// Longer than this after it was shown the form's token has expired, in hours.
    pub token_hours: u32,
    /// Whether browsers work for a submission.
    pub proof_of_work: ProofMode,
    /// Iterations of one step of the work, before adaptation.
    pub proof_cost: u32,
    /// The third party that is asked about the visitor, if any.
    pub verifier: Option<Verifier>,
}

/// How proof of work is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofMode {
    /// Not asked for.
    Off,
    /// Asked for and noted, without effect on the score.
    Monitor,
    /// Asked for, harder for busy networks; its absence counts.
    Adaptive,
    /// Asked for; a submission without it is quarantined.
    Required,
}

/// A third-party verifier: all three speak the `siteverify` protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verifier {
    /// <https://developers.cloudflare.com/turnstile/get-started/server-side-validation/>.
    Turnstile,
    /// <https://docs.hcaptcha.com/#verify-the-user-response-server-side>.
    HCaptcha,
    /// <https://developers.google.com/recaptcha/docs/verify>.
    ReCaptcha,
}

/// What one post may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest body, in bytes. An ALB hands a function at most 1 MB, base64 included
    /// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html>).
    pub body_bytes: usize,
    /// Submissions a minute from one network from which they count as suspicious.
    pub suspicious_per_minute: u32,
    /// Submissions a minute from one network from which they are refused with 429.
    pub refused_per_minute: u32,
}

/// How long submissions are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Days an accepted submission is kept.
    pub accepted_days: u32,
    /// Days a quarantined one is kept.
    pub quarantined_days: u32,
    /// What is kept of the visitor's address.
    pub address: AddressPolicy,
}

/// What is kept of a visitor's IP address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressPolicy {
    /// The network: /24 of IPv4, /48 of IPv6.
    Truncated,
    /// Nothing.
    None,
    /// All of it.
    Full,
}

impl Form {
    /// The field of that name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The field whose files are uploaded after the form itself, if there is one.
    #[must_use]
    pub fn upload_field(&self) -> Option<&Field> {
        self.fields
            .iter()
            .find(|field| matches!(field.kind, FieldKind::Files { .. }))
    }

    /// The sink of that name.
    #[must_use]
    pub fn sink(&self, id: &str) -> Option<&Sink> {
        self.sinks.iter().find(|sink| sink.id == id)
    }
}
