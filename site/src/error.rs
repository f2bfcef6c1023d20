use axum::response::{IntoResponse, Response};
use cache::CacheError;
use database::DatabaseError;
use http::StatusCode;
use lambda_kit::{Classified, ErrorClass};
use site_queries::QueryError;

use crate::answer::{self, Lifetime};
use crate::layout;

/// Why a page cannot be shown, or a change not be made.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// There is no such page.
    #[error("find the page")]
    NotFound,
    /// The form was not sent from one of our own pages, or its session has ended.
    #[error("accept the form: sign in and send it again")]
    Forged,
    /// The form cannot be read.
    #[error("read the form: {reason}")]
    Form {
        /// What is wrong and what is allowed.
        reason: String,
    },
    /// The form, or a file in it, is too large.
    #[error("read the form: at most {limit_mib} MiB are allowed")]
    TooLarge {
        /// The limit.
        limit_mib: u64,
    },
    /// Too many failed attempts to sign in.
    #[error("sign in: too many attempts; wait a minute")]
    Throttled,
    /// The database failed.
    #[error("read the site's content")]
    Database(#[from] DatabaseError),
    /// A query failed, or is none.
    #[error("read the site's content")]
    Query(#[from] QueryError),
    /// The cache's settings are no good.
    #[error("use the cache")]
    Cache(#[source] CacheError),
    /// The key of the editor's sessions is no good.
    #[error("use the editor's secret")]
    SessionKey(#[from] form_guard::KeyError),
    /// A photo could not be stored.
    #[error("store the photo")]
    Upload(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl SiteError {
    pub(crate) fn upload(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Upload(Box::new(error))
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::TooLarge { .. } => return StatusCode::PAYLOAD_TOO_LARGE,
            Self::Throttled => return StatusCode::TOO_MANY_REQUESTS,
            _ => {}
        }
        match self.class() {
            ErrorClass::Invalid => StatusCode::BAD_REQUEST,
            ErrorClass::Forbidden => StatusCode::FORBIDDEN,
            ErrorClass::NotFound => StatusCode::NOT_FOUND,
            ErrorClass::Conflict => StatusCode::CONFLICT,
            ErrorClass::Throttled | ErrorClass::Transient => StatusCode::SERVICE_UNAVAILABLE,
            ErrorClass::Permanent => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What a visitor is told. Nothing of the inside.
    fn words(&self) -> (&'static str, String) {
        match self {
            Self::NotFound => (
                "There is nothing here",
                "The address is wrong, or what was here has moved.".to_owned(),
            ),
            Self::Forged | Self::Form { .. } | Self::TooLarge { .. } | Self::Throttled => {
                ("That did not work", format!("We could not {self}."))
            }
            _ if self.class().is_retryable() => (
                "One moment, please",
                "This page cannot be made right now. Try again in a minute.".to_owned(),
            ),
            _ => (
                "Something went wrong",
                "We have noted it. Try again, or tell us what you were looking for.".to_owned(),
            ),
        }
    }
}

impl Classified for SiteError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::NotFound => ErrorClass::NotFound,
            Self::Forged => ErrorClass::Forbidden,
            Self::Form { .. } | Self::TooLarge { .. } => ErrorClass::Invalid,
            Self::Throttled => ErrorClass::Throttled,
            Self::Database(error) => error.class(),
            Self::Query(error) => error.class(),
            Self::Cache(error) => error.class(),
            Self::SessionKey(_) => ErrorClass::Permanent,
            Self::Upload(_) => ErrorClass::Transient,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "site.not_found",
            Self::Forged => "site.forged",
            Self::Form { .. } => "site.form",
            Self::TooLarge { .. } => "site.too_large",
            Self::Throttled => "site.throttled",
            Self::Database(error) => error.code(),
            Self::Query(error) => error.code(),
            Self::Cache(error) => error.code(),
            Self::SessionKey(_) => "site.session_key",
            Self::Upload(_) => "site.upload",
        }
    }
}

impl IntoResponse for SiteError {
    fn into_response(self) -> Response {
        let status = self.status();
        if status.is_server_error() {
            let code = self.code();
            tracing::error!(error = %telemetry::Chain(&self), error.code = code, "Failed to answer a request");
        }
        let (title, text) = self.words();
        let page = layout::message(title, &text);
        // Not found may be kept for a moment: somebody who tries addresses costs little.
        let lifetime = match self {
            Self::NotFound => Lifetime::NotFound,
            _ => Lifetime::Private,
        };
        let mut response = answer::page(status, page, lifetime, &[]);
        if status == StatusCode::SERVICE_UNAVAILABLE || status == StatusCode::TOO_MANY_REQUESTS {
            answer::set(&mut response, http::header::RETRY_AFTER, "60");
        }
        response
    }
}
