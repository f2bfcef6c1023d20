//! Buckets, and the errors of whatever is stored.
//!
//! [`Bucket`] reads and writes S3 objects with a cap on every read. It knows names and
//! bytes, not what they mean.

mod bucket;
mod error;
mod transfer;

pub use bucket::{Bucket, NewObject, StoredObject};
pub use error::StoreError;
pub use transfer::{Condition, ListedObject, OpenObject};
