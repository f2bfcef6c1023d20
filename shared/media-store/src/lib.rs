//! Buckets and the media table.
//!
//! [`Bucket`] reads and writes S3 objects with a cap on every read;
//! [`MediaTable`] keeps one row per photo (its manifest, or the mark of its
//! deletion) and one per on-demand answer, ordered by S3's sequencer. They know
//! names and bytes, not pictures.

mod bucket;
mod error;
mod table;

pub use bucket::{Bucket, NewObject, StoredObject};
pub use error::StoreError;
pub use table::{MediaTable, PhotoRow};
