//! The page that shows what the logs say, of an hour or of a day: self-contained HTML
//! without scripts, for light and dark, that a browser opens from anywhere.
//!
//! [`layout`] and [`format`] are what other reports for the owner are made with as well, so
//! that they look the same.

mod chart;
pub mod format;
pub mod layout;
mod page;
mod security;
mod style;
mod tables;
mod view;

pub use page::render;
pub use view::{Period, Report};
