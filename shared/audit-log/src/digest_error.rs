/// What is wrong with an audit trail.
#[derive(Debug, thiserror::Error)]
pub enum DigestError {
    /// The digest is not what CloudTrail writes.
    #[error("the digest is not what CloudTrail writes")]
    Form(#[source] serde_json::Error),
    /// Nothing can be read of it.
    #[error("the digest {0} cannot be read: it is not what CloudTrail writes")]
    Unreadable(String),
    /// It says that it belongs somewhere else: it was moved, or put in another's place.
    #[error("the digest at {found} says that it belongs at {expected}")]
    Place {
        /// Where it is.
        found: String,
        /// Where it says it was delivered to.
        expected: String,
    },
    /// CloudTrail has no key of the fingerprint that the digest says.
    #[error("the digest {digest} is signed with {fingerprint}, which is no key of CloudTrail's")]
    UnknownKey {
        /// Which digest.
        digest: String,
        /// The key's fingerprint.
        fingerprint: String,
    },
    /// The signature is none, or is not that of this content.
    #[error("the digest {0} was changed: its signature does not fit")]
    Signature(String),
    /// The digest before is not there any more.
    #[error("the digest {0} is missing")]
    MissingPrevious(String),
    /// The digest before has another content than this one says.
    #[error("the digest {0} was changed or put in another's place")]
    Previous(String),
    /// A log file is not there any more.
    #[error("the log file {0} is missing")]
    MissingLogFile(String),
    /// A log file has another content than when it was delivered.
    #[error("the log file {0} was changed")]
    LogFile(String),
}
