use form_definition::FieldFault;
use http::StatusCode;
use lambda_kit::{Classified, ErrorClass};
use submission_store::StoreError;

/// Why a request could not be answered as asked.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// There is no such page.
    #[error("find this page")]
    NotFound,
    /// The method is not for this page.
    #[error("use the method {method}: allowed are {allowed}")]
    Method {
        /// The method.
        method: String,
        /// Those that are.
        allowed: &'static str,
    },
    /// The body is too large.
    #[error("accept the form: it has {bytes} bytes, at most {allowed} are allowed")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The form's limit, or the table's.
        allowed: usize,
    },
    /// The body is of a kind that is not read.
    #[error("read the form: its type is `{found}`, allowed are {allowed}")]
    ContentType {
        /// Its media type.
        found: String,
        /// Those that are read.
        allowed: &'static str,
    },
    /// The body is not UTF-8.
    #[error("read the form: it is not UTF-8 text")]
    Encoding,
    /// A multipart body is broken.
    #[error("read the form: its parts are broken")]
    Multipart(#[source] Box<multer::Error>),
    /// A part has no name.
    #[error("read the form: a part has no name")]
    UnnamedPart,
    /// A file was sent with the form.
    #[error("read the form: files are sent in the step after the form, not with it")]
    FilePart,
    /// Too many fields.
    #[error("read the form: at most {allowed} fields are allowed")]
    TooManyFields {
        /// The limit.
        allowed: usize,
    },
    /// JSON nested too deeply.
    #[error("read the form: at most {allowed} levels of nesting are allowed")]
    Depth {
        /// The limit.
        allowed: usize,
    },
    /// JSON that is none.
    #[error("read the form as JSON")]
    Json(#[source] serde_json::Error),
    /// JSON that is not an object.
    #[error("read the form: a JSON object with one member a field is allowed")]
    NotAnObject,
    /// An idempotency key that cannot be used.
    #[error("use the Idempotency-Key: 1 to 255 visible ASCII characters are allowed")]
    IdempotencyKey,
    /// An idempotency key that was used for something else.
    #[error("accept the form: its Idempotency-Key was used before with other content")]
    KeyReused,
    /// A post from a page of another site.
    #[error("accept the form: it was sent from a page of another site")]
    Origin,
    /// Too many posts from one network.
    #[error(
        "accept the form: too many came from your network within a minute, at most {allowed} are allowed"
    )]
    TooMany {
        /// The form's limit.
        allowed: u32,
    },
    /// Values that are wrong.
    #[error("accept the form: {} of its fields need another look", faults.len())]
    Fields {
        /// What is wrong, field by field.
        faults: Vec<FieldFault>,
    },
    /// A link that was tampered with.
    #[error("open the link: it is incomplete or was changed")]
    LinkForged,
    /// A link whose time is over.
    #[error("open the link: its time is over")]
    LinkExpired,
    /// None of the three stores took the submission.
    #[error("store the submission in any of its three places")]
    NotStored(#[source] StoreError),
    /// A store failed where there is no second one.
    #[error("note what the visitor said")]
    Store(#[from] StoreError),
    /// Credentials for an upload cannot be had.
    #[error("sign an upload")]
    Sign(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The machine gives no random bytes.
    #[error("make a token: no random bytes")]
    Random,
}

impl IntakeError {
    /// The HTTP status that says it best.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::ContentType { .. } => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Encoding
            | Self::Multipart(_)
            | Self::UnnamedPart
            | Self::FilePart
            | Self::TooManyFields { .. }
            | Self::Depth { .. }
            | Self::Json(_)
            | Self::NotAnObject
            | Self::IdempotencyKey
            | Self::LinkForged => StatusCode::BAD_REQUEST,
            Self::Fields { .. } | Self::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Origin => StatusCode::FORBIDDEN,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::LinkExpired => StatusCode::GONE,
            Self::NotStored(_) | Self::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Sign(_) | Self::Random => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl Classified for IntakeError {
    fn class(&self) -> ErrorClass {
        match self.status() {
            StatusCode::NOT_FOUND | StatusCode::GONE => ErrorClass::NotFound,
            StatusCode::FORBIDDEN => ErrorClass::Forbidden,
            StatusCode::TOO_MANY_REQUESTS => ErrorClass::Throttled,
            StatusCode::SERVICE_UNAVAILABLE => ErrorClass::Transient,
            StatusCode::INTERNAL_SERVER_ERROR => ErrorClass::Permanent,
            _ => ErrorClass::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "form.not_found",
            Self::Method { .. } => "form.method",
            Self::TooLarge { .. } => "form.too_large",
            Self::ContentType { .. } => "form.content_type",
            Self::Encoding => "form.encoding",
            Self::Multipart(_) => "form.multipart",
            Self::UnnamedPart => "form.unnamed_part",
            Self::FilePart => "form.file_part",
            Self::TooManyFields { .. } => "form.too_many_fields",
            Self::Depth { .. } => "form.depth",
            Self::Json(_) => "form.json",
            Self::NotAnObject => "form.not_an_object",
            Self::IdempotencyKey => "form.idempotency_key",
            Self::KeyReused => "form.idempotency_key_reused",
            Self::Origin => "form.origin",
            Self::TooMany { .. } => "form.too_many",
            Self::Fields { .. } => "form.fields",
            Self::LinkForged => "form.link_forged",
            Self::LinkExpired => "form.link_expired",
            Self::NotStored(_) => "form.not_stored",
            Self::Store(_) => "form.store",
            Self::Sign(_) => "form.sign",
            Self::Random => "form.random",
        }
    }
}
