//! What keeps forms honest, without asking anybody else.
//!
//! Signed, expiring texts ([`seal`], [`open`]) for the form's token and the links in
//! mails; keyed digests ([`digest`], [`subject`]); whose network a request is from
//! ([`network_of`], [`viewer_address`]) and which site's page it was sent from
//! ([`judge_origin`]); proof of work ([`challenge`], [`verify_proof`]); and the spam
//! score made of all of it ([`judge`]).
//!
//! Nothing here refuses a submission: a score quarantines at most.

mod content;
mod form_token;
mod key;
mod network;
mod origin;
mod proof;
mod score;

pub use content::{count_links, fingerprint, has_tricky_characters};
pub use form_token::{FormToken, issue_form_token, read_form_token};
pub use key::{Key, KeyError, Opened, Purpose, TokenError, digest, open, seal, subject};
pub use network::{network_of, viewer_address};
pub use origin::{OriginVerdict, judge_origin};
pub use proof::{Proof, ProofError, challenge, verify_proof};
pub use score::{
    Evidence, ProofFinding, Signal, Thresholds, TokenFinding, Verdict, VerifierFinding, judge,
};
