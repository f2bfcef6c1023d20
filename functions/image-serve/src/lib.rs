//! The on-demand image function, without its wiring.
//!
//! - Trigger: `GET /img/{options}/{key}` where CloudFront found no stored answer.
//! - Dedupe key: the stored answer's name, `derived/img/{options}/{key}`.
//! - Failure: an RFC 9457 problem that names the limit, or the site's fallback
//!   picture where the URL asks for one.
//! - Invariant: it never writes under `originals/`, and never keeps an answer made
//!   from a photo that has been replaced meanwhile.

mod config;
mod deps;
mod error;
mod http_handler;
mod response;
mod serve_image;
mod site_pictures;

pub use config::Config;
pub use deps::{Deps, StartError};
pub use error::ServeError;
pub use http_handler::handle;
