/// Why an image URL was refused. Each message names what is wrong and what is allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The path is not `/img/{options}/{key}`.
    #[error("read the image path: {problem}; the form is /img/{{options}}/{{key}}")]
    Path {
        /// What is wrong.
        problem: &'static str,
    },
    /// The key cannot be the name of an uploaded object.
    #[error("read the object key: {problem}")]
    Key {
        /// What is wrong.
        problem: &'static str,
    },
    /// An option is unknown, repeated or has a value that is not allowed.
    #[error("read the image option `{option}`: {problem}; allowed: {allowed}")]
    Option {
        /// The option as written.
        option: String,
        /// What is wrong.
        problem: &'static str,
        /// What is allowed.
        allowed: &'static str,
    },
    /// No such preset.
    #[error("use the preset `{name}`: it does not exist; allowed: {known}")]
    UnknownPreset {
        /// The name as written.
        name: String,
        /// The presets there are.
        known: String,
    },
    /// The preset has other widths.
    #[error("use the preset `{name}` at width {width}: allowed widths are {allowed}")]
    PresetWidth {
        /// The preset.
        name: String,
        /// The width asked for.
        width: u32,
        /// The preset's widths.
        allowed: String,
    },
    /// Without a signature only presets are served.
    #[error("use free options without a signature: sign the URL, or use a preset ({known})")]
    SignatureRequired {
        /// The presets there are.
        known: String,
    },
    /// The signature does not fit the URL.
    #[error("verify the signature: it does not fit the options and the key")]
    SignatureWrong,
    /// The signed URL is past its `exp`.
    #[error("use the signed URL: it expired at {expired_at} (Unix seconds)")]
    Expired {
        /// The `exp` option.
        expired_at: u64,
    },
}

impl RequestError {
    /// A stable code for clients, logs and metrics.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Path { .. } => "request.path",
            Self::Key { .. } => "request.key",
            Self::Option { .. } => "request.option",
            Self::UnknownPreset { .. } => "request.preset",
            Self::PresetWidth { .. } => "request.preset_width",
            Self::SignatureRequired { .. } => "request.signature_required",
            Self::SignatureWrong => "request.signature_wrong",
            Self::Expired { .. } => "request.expired",
        }
    }
}
