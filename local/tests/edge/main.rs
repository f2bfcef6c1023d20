//! The reverse proxy tier: the real nginx by the files of `edge/`, between raw clients and
//! web servers that do what their paths say.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking; the lint's own exception covers test functions only"
)]

mod cache;
mod cache_key;
mod client;
mod firewall;
mod harness;
mod headers;
mod hygiene;
mod limits;
mod log;
mod metadata;
mod operation;
mod requests;
mod scripts;
mod upstreams;
mod web_server;
