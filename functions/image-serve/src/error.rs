use http::StatusCode;
use image_codecs::CodecError;
use image_request::RequestError;
use lambda_kit::{Classified, ErrorClass};
use store::StoreError;

/// Why a picture could not be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Only GET and HEAD are answered.
    #[error("use the method {method}: allowed are GET and HEAD")]
    Method {
        /// The method.
        method: String,
    },
    /// The URL was refused.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// There is no such photo.
    #[error("find the photo `{key}`")]
    NotFound {
        /// The photo's key.
        key: String,
    },
    /// The picture cannot be used.
    #[error(transparent)]
    Picture(#[from] CodecError),
    /// The photo is too large to be served on demand.
    #[error("accept the picture: it has {bytes} bytes, at most {allowed} are allowed on demand")]
    TooLarge {
        /// Its size.
        bytes: u64,
        /// The cap.
        allowed: u64,
    },
    /// A picture of the site's own is asked for but not there.
    #[error("use the option `{option}`: the site has no picture at `{key}`")]
    NoSitePicture {
        /// The option.
        option: &'static str,
        /// Where it would be.
        key: String,
    },
    /// The bucket or the table failed.
    #[error("reach the media store")]
    Store(#[from] StoreError),
    /// An answer could not be put together: a header value that HTTP does not allow.
    #[error("write the answer")]
    Response(#[from] http::Error),
    /// The worker thread ended early: a panic, which is a fault of ours.
    #[error("transform the photo: the worker stopped")]
    Worker(#[from] tokio::task::JoinError),
}

impl ServeError {
    /// The HTTP status that says it best.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Method { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::Request(RequestError::SignatureRequired { .. })
            | Self::Request(RequestError::SignatureWrong | RequestError::Expired { .. }) => {
                StatusCode::FORBIDDEN
            }
            Self::Request(_) | Self::NoSitePicture { .. } => StatusCode::BAD_REQUEST,
            Self::NotFound { .. } => StatusCode::NOT_FOUND,
            Self::TooLarge { .. } | Self::Picture(CodecError::LimitExceeded { .. }) => {
                StatusCode::PAYLOAD_TOO_LARGE
            }
            Self::Picture(
                CodecError::UnsupportedFormat { .. } | CodecError::UnsupportedFeature { .. },
            ) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Picture(CodecError::Corrupt { .. }) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Picture(CodecError::TimeLimit { .. }) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Store(error) if error.class().is_retryable() => StatusCode::SERVICE_UNAVAILABLE,
            Self::Picture(CodecError::Encode { .. })
            | Self::Store(_)
            | Self::Response(_)
            | Self::Worker(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl Classified for ServeError {
    fn class(&self) -> ErrorClass {
        match self.status() {
            StatusCode::NOT_FOUND => ErrorClass::NotFound,
            StatusCode::FORBIDDEN => ErrorClass::Forbidden,
            StatusCode::SERVICE_UNAVAILABLE => ErrorClass::Transient,
            StatusCode::INTERNAL_SERVER_ERROR => ErrorClass::Permanent,
            _ => ErrorClass::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Method { .. } => "request.method",
            Self::Request(error) => error.code(),
            Self::NotFound { .. } => "image.not_found",
            Self::Picture(error) => error.code(),
            Self::TooLarge { .. } => "image.limit",
            Self::NoSitePicture { .. } => "image.site_picture",
            Self::Store(error) => error.code(),
            Self::Response(_) => "image.response",
            Self::Worker(_) => "image.worker",
        }
    }
}
