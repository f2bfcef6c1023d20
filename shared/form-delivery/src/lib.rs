//! What delivering a submission takes, without doing it.
//!
//! When a failed delivery is tried again ([`next_attempt`]) and when nothing is tried at
//! all for a while ([`open_for`]); how a webhook is signed ([`sign_webhook`]) and what its
//! answer means ([`judge_answer`]); which addresses may be called ([`judge_url`],
//! [`is_public`]); and how a mail is written ([`compose`]).

mod address;
mod mail;
mod schedule;
mod webhook;

pub use address::{AddressError, AllowedHosts, Target, is_public, judge_url};
pub use mail::{
    AttachmentLine, FieldLine, FormWords, Mail, MailContext, MailError, MailLinks, compose,
};
pub use schedule::{next_attempt, open_for, patience};
pub use webhook::{
    AnswerVerdict, SecretError, WebhookSecret, judge_answer, sign_webhook, verify_webhook,
};
