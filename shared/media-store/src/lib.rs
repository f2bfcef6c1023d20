//! The media table.
//!
//! [`MediaTable`] keeps one row per photo (its manifest, or the mark of its
//! deletion) and one per on-demand answer, ordered by S3's sequencer. It knows names,
//! not pictures.

mod table;

pub use table::{MediaTable, PhotoRow};
