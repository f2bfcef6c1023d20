//! Reports as pages: self-contained HTML without scripts, in the look of the log reports.

mod cells;
mod frame;
mod index;
mod lists;
mod report;

pub use index::render_index;
pub use report::render;
