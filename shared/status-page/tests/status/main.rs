//! What visitors see.
#![expect(clippy::unwrap_used, reason = "a test ends at the first fault")]

mod badges;
mod feed;
mod health;
mod page;
mod properties;
mod sample;
