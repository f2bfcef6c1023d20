//! The editor: one password, no JavaScript.
//!
//! Every change carries the version it was made from; one that was made from an older version
//! is not stored, and shown again beside a word about it. Sessions are signed cookies; forms
//! carry a value that only the session's own pages know.

mod articles;
mod desk;
mod fields;
mod pages;
mod products;
mod session;
mod sign_in;
mod upload;

use axum::Router;
use axum::routing::{get, post};

use crate::App;

pub(crate) use session::{Attempts, Sessions};

/// Largest form, a photo included, in bytes.
pub(crate) const MAX_FORM_BYTES: usize = 25 * 1024 * 1024;

/// Everything below `/editor`.
pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/editor", get(desk::show))
        .route("/editor/sign-in", get(sign_in::show).post(sign_in::sign_in))
        .route("/editor/sign-out", post(sign_in::sign_out))
        .route(
            "/editor/articles/{slug}",
            get(articles::edit).post(articles::save),
        )
        .route(
            "/editor/products/{slug}",
            get(products::edit).post(products::save),
        )
        .route("/editor/pages/{slug}", get(pages::edit).post(pages::save))
}
