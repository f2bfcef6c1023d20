//! Signed webhooks as [Standard Webhooks](https://www.standardwebhooks.com) has them, to
//! addresses that were checked and to no others.
//!
//! What may be called, how it is signed and what an answer means is decided by
//! `form-delivery`; this crate asks. It remembers nothing: whether a webhook was sent, and when
//! it is tried again, is for the caller to know.

mod endpoints;
mod post;
mod settings;

pub use endpoints::{Endpoint, Endpoints, EndpointsError, read_endpoints};
pub use post::{Posted, Webhook, post};
pub use settings::WebhookSettings;
