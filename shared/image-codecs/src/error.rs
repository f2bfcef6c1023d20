//! Why a picture could not be read or written.

/// A fault of a decode or an encode. Messages are fragments that fit
/// "failed to {message}" and name the limit and its value where one was passed.
#[derive(Debug, thiserror::Error)]
pub enum CodecError {
    /// The bytes are of no format this crate reads.
    #[error("recognise the picture: {found}; allowed are JPEG, PNG, WebP, GIF and TIFF")]
    UnsupportedFormat {
        /// What the bytes look like, for the message ("a PDF document", "0 bytes", "an unknown format").
        found: String,
    },
    /// A bound of [`crate::Limits`] was passed.
    #[error("accept the picture: {limit} is {actual}, at most {allowed} is allowed")]
    LimitExceeded {
        /// Name of the field of [`crate::Limits`].
        limit: &'static str,
        /// What the picture has.
        actual: u64,
        /// What the limit allows.
        allowed: u64,
    },
    /// Truncated, damaged or lying data.
    #[error("decode the {format} picture: {reason}")]
    Corrupt {
        /// The format by name.
        format: &'static str,
        /// The decoder's own words.
        reason: String,
    },
    /// Valid data that uses a feature this crate does not read.
    #[error("decode the {format} picture: {feature} is not supported")]
    UnsupportedFeature {
        /// The format by name.
        format: &'static str,
        /// The feature by name.
        feature: String,
    },
    /// The job's time was up before it finished.
    #[error("finish the picture in time: the time limit was reached while it was {stage}")]
    TimeLimit {
        /// What was being done.
        stage: &'static str,
    },
    /// An encoder failed on valid pixels: a fault of ours, never of the picture.
    #[error("encode {format}: {reason}")]
    Encode {
        /// The format by name.
        format: &'static str,
        /// The encoder's own words.
        reason: String,
    },
}

impl CodecError {
    /// A stable code for clients, logs and metrics.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnsupportedFormat { .. } => "image.format",
            Self::LimitExceeded { .. } => "image.limit",
            Self::Corrupt { .. } => "image.corrupt",
            Self::UnsupportedFeature { .. } => "image.feature",
            Self::TimeLimit { .. } => "image.time",
            Self::Encode { .. } => "image.encode",
        }
    }
}
