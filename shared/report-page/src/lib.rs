//! The page that shows what the logs say, of an hour or of a day: self-contained HTML
//! without scripts, for light and dark, that a browser opens from anywhere.

mod chart;
mod format;
mod page;
mod security;
mod style;
mod tables;
mod view;

pub use page::render;
pub use view::{Period, Report};
