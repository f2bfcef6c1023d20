/// Why an attachment is not passed on. The messages are for the site's owner and
/// complete "removed: …".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing was uploaded.
    #[error("it is empty")]
    Empty,
    /// More bytes than the form allows.
    #[error("it has {bytes} bytes, at most {allowed} are allowed")]
    TooLarge {
        /// Its size.
        bytes: u64,
        /// The form's cap.
        allowed: u64,
    },
    /// Its content is of a type that the form does not accept.
    #[error("it is {found}; allowed are {allowed}")]
    Type {
        /// What the bytes are.
        found: String,
        /// What the form accepts.
        allowed: String,
    },
    /// The sender called it something else.
    #[error("it was sent as {declared} and is {found}")]
    Disguised {
        /// The `Content-Type` of the upload.
        declared: String,
        /// What the bytes are.
        found: &'static str,
    },
    /// A picture that is damaged or larger than allowed.
    #[error("it failed to {0}")]
    Picture(String),
    /// An archive that is damaged, encrypted, or far larger than it looks.
    #[error("the archive {0}")]
    Archive(String),
}
