use http::StatusCode;
use lambda_kit::{Classified, ErrorClass};
use submission_store::StoreError;

use crate::oidc::OidcError;

/// Why a request could not be answered as asked.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// There is no such page.
    #[error("find this page")]
    NotFound,
    /// The submission is gone, or never was.
    #[error("find this submission")]
    NoSubmission,
    /// The method is not for this page.
    #[error("use this method: GET, HEAD and POST are allowed where they have a meaning")]
    Method,
    /// The body is too large or no form.
    #[error("read the form: at most 64 kB of form fields are allowed")]
    Body,
    /// A value of the form is wrong.
    #[error("use the value of `{name}`: {allowed} is allowed")]
    Value {
        /// The control.
        name: &'static str,
        /// What it may be.
        allowed: &'static str,
    },
    /// A post that is not from our own page.
    #[error("do this: the request does not come from this site's own page")]
    Forged,
    /// The load balancer's word is missing or does not count.
    #[error("sign in")]
    Oidc(#[from] OidcError),
    /// Too many wrong passwords.
    #[error("sign in: too many attempts, ten in ten minutes are allowed")]
    TooManyAttempts,
    /// The table failed.
    #[error("reach the submissions")]
    Store(#[from] StoreError),
    /// The bucket failed.
    #[error("reach the attachments")]
    Bucket(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The bucket of reports failed.
    #[error("reach the reports")]
    Reports(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A report is larger than an answer may be.
    #[error("show this report: it takes {bytes} bytes, at most {allowed} are allowed")]
    ReportTooLarge {
        /// Its size, or as much of it as was read.
        bytes: usize,
        /// What an answer may have.
        allowed: usize,
    },
    /// A queue failed.
    #[error("reach a queue")]
    Queue(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// An export could not be written.
    #[error("write the export")]
    Export(#[from] csv::Error),
    /// JSON could not be written.
    #[error("write JSON")]
    Json(#[from] serde_json::Error),
}

impl AdminError {
    /// The HTTP status that says it best.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound | Self::NoSubmission => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Body | Self::Value { .. } => StatusCode::BAD_REQUEST,
            Self::Forged => StatusCode::FORBIDDEN,
            Self::Oidc(_) => StatusCode::UNAUTHORIZED,
            Self::TooManyAttempts => StatusCode::TOO_MANY_REQUESTS,
            Self::Store(_) | Self::Bucket(_) | Self::Reports(_) | Self::Queue(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::ReportTooLarge { .. } | Self::Export(_) | Self::Json(_) => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    }
}

impl Classified for AdminError {
    fn class(&self) -> ErrorClass {
        match self.status() {
            StatusCode::NOT_FOUND => ErrorClass::NotFound,
            StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => ErrorClass::Forbidden,
            StatusCode::TOO_MANY_REQUESTS => ErrorClass::Throttled,
            StatusCode::SERVICE_UNAVAILABLE => ErrorClass::Transient,
            StatusCode::INTERNAL_SERVER_ERROR => ErrorClass::Permanent,
            _ => ErrorClass::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "admin.not_found",
            Self::NoSubmission => "admin.no_submission",
            Self::Method => "admin.method",
            Self::Body => "admin.body",
            Self::Value { .. } => "admin.value",
            Self::Forged => "admin.forged",
            Self::Oidc(error) => error.code(),
            Self::TooManyAttempts => "admin.too_many_attempts",
            Self::Store(error) => error.code(),
            Self::Bucket(_) => "admin.bucket",
            Self::Reports(_) => "admin.reports",
            Self::ReportTooLarge { .. } => "admin.report_too_large",
            Self::Queue(_) => "admin.queue",
            Self::Export(_) => "admin.export",
            Self::Json(_) => "admin.json",
        }
    }
}
