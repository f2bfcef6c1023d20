//! The owner's side of the forms, without its wiring.
//!
//! - Trigger: `/forms/admin/*` through CloudFront and the ALB.
//! - Dedupe key: none needed. Every action may be repeated.
//! - Failure: a page that says so; nothing is half done that a repetition does not finish.
//! - Invariants: nobody gets past `sign_in` without a name; every change is a POST of our
//!   own page; addresses of persons are in bodies, never in URLs or logs.

mod act_on_post;
mod actions;
mod answer;
mod config;
mod deps;
mod error;
mod export;
mod http_handler;
mod oidc;
mod pages;
mod read_request;
mod reports;
mod show_page;
mod sign_in;
mod warming_reports;

pub use config::{Auth, Config};
pub use deps::{Deps, StartError};
pub use error::AdminError;
pub use http_handler::handle;
