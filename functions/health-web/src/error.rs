use http::StatusCode;
use lambda_kit::{Classified, ErrorClass};
use store::StoreError;

use crate::push_keys::KeyError;

/// Why a request was not answered with what it asks for.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// There is no such page.
    #[error(
        "find the page: allowed are /status, /status.json, /status/incidents.atom, /health, \
         /health/live, /health/ready, /health/push/(check) and /badge/(component)/(kind).svg"
    )]
    NotFound,
    /// There is no such badge.
    #[error(
        "find the badge /badge/(component)/(kind).svg: allowed are the components {components}, and the kinds {kinds}"
    )]
    UnknownBadge {
        /// The components there are.
        components: String,
        /// The kinds there are.
        kinds: String,
    },
    /// The page is not there for this method.
    #[error("use this method: allowed are {allowed}")]
    Method {
        /// Those that it is there for.
        allowed: &'static str,
    },
    /// Nothing is known of the site.
    #[error("show the site's health: nothing is known of it")]
    NothingKnown,
    /// A heartbeat with more than belongs to it.
    #[error("take the heartbeat: its body has {found} bytes, at most {allowed} are allowed")]
    BodyTooLarge {
        /// The size.
        found: usize,
        /// The cap.
        allowed: usize,
    },
    /// A heartbeat without proof that it is the job's.
    #[error("take the heartbeat: the check's token is needed, as `Authorization: Bearer …`")]
    Unauthorized,
    /// A heartbeat that does not say how the job is.
    #[error("take the heartbeat: `success=true` or `success=false` is needed, once")]
    Success,
    /// A heartbeat of a check that waits for none.
    #[error("take the heartbeat: it is of no check that waits for one; allowed are {allowed}")]
    NotPushed {
        /// The checks that do.
        allowed: String,
    },
    /// Heartbeats need a secret, and there is none.
    #[error("take the heartbeat: none are set up here")]
    NoKeys,
    /// The keys cannot be read.
    #[error("take the heartbeat")]
    Keys(#[from] KeyError),
    /// The table failed.
    #[error("keep the heartbeat")]
    Store(#[from] StoreError),
}

impl WebError {
    /// The HTTP status that says it best.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound | Self::UnknownBadge { .. } | Self::NotPushed { .. } | Self::NoKeys => {
                StatusCode::NOT_FOUND
            }
            Self::Method { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Success => StatusCode::BAD_REQUEST,
            Self::NothingKnown | Self::Keys(KeyError::Secret(_)) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Store(error) if error.class().is_retryable() => StatusCode::SERVICE_UNAVAILABLE,
            Self::Keys(KeyError::Shape) | Self::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl Classified for WebError {
    fn class(&self) -> ErrorClass {
        match self.status() {
            StatusCode::NOT_FOUND => ErrorClass::NotFound,
            StatusCode::UNAUTHORIZED => ErrorClass::Forbidden,
            StatusCode::SERVICE_UNAVAILABLE => ErrorClass::Transient,
            StatusCode::INTERNAL_SERVER_ERROR => ErrorClass::Permanent,
            _ => ErrorClass::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "health.not_found",
            Self::UnknownBadge { .. } => "health.badge",
            Self::Method { .. } => "request.method",
            Self::NothingKnown => "health.nothing_known",
            Self::BodyTooLarge { .. } => "push.body",
            Self::Unauthorized => "push.token",
            Self::Success => "push.success",
            Self::NotPushed { .. } => "push.check",
            Self::NoKeys | Self::Keys(_) => "push.keys",
            Self::Store(error) => error.code(),
        }
    }
}
