use serde::{Deserialize, Serialize};

/// An attachment of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its number within the submission, from 1; at most 99.
    pub slot: u32,
    /// What the checks found.
    pub verdict: AttachmentVerdict,
    /// Media type that the checks found, such as `image/jpeg`.
    pub media_type: String,
    /// Size in bytes, as stored.
    pub bytes: u64,
}

/// What the checks of an attachment found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentVerdict {
    /// It may be opened; it is at `clean/{submission}/{slot}`.
    Clean,
    /// Its bytes are fine; the malware scan has not answered.
    AwaitingScan,
    /// It may not be opened, and why. It was removed.
    Refused(String),
}
