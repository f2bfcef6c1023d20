//! The reference site: a small, honest shop without a till, its journal and its pages.
//!
//! One router ([`router`]) with two mains: `site-server` listens on a port of a web server,
//! `functions/site-serve` answers the load balancer from Lambda. It keeps the contract of
//! `docs/web-server.md`, which any other site behind the same road keeps too.
//!
//! - `catalogue`, `content`, `feeds`: what visitors read; how it is queried is in `warming.toml`
//! - `editor`: signing in, writing articles, changing products and pages
//! - `publishing`: a change and what it makes stale, in one transaction
//! - `answer`, `observe`: what caches are told, request ids, timings, the log line
//! - `migrations/`: the database's layout and the first catalogue

mod answer;
mod app;
mod assets;
mod catalogue;
mod config;
mod content;
mod editor;
mod error;
mod feeds;
mod forms;
mod layout;
mod markdown;
mod observe;
mod pictures;
mod publishing;
mod router;
mod slug;

pub use app::App;
pub use config::Config;
pub use error::SiteError;
pub use router::router;
