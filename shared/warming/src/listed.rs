//! Items that reports name.

use serde::{Deserialize, Serialize};

use crate::Variant;
use crate::class::{ClassKind, Failure, Uncacheable};

/// Items of one variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct VariantCounts {
    /// Warmed, or not needing it.
    pub done: u64,
    /// Of them, those that a cache had.
    pub hits: u64,
    /// Failed.
    pub failed: u64,
    /// Not asked for.
    pub skipped: u64,
}

/// An item that took long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlowItem {
    /// How long its first byte took.
    pub first_byte_ms: u32,
    /// The beginning of its path.
    pub path: String,
    /// Its variant.
    pub variant: Variant,
    /// What it was.
    pub class: ClassKind,
}

/// An item that failed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FailedItem {
    /// How.
    pub failure: Failure,
    /// The beginning of its path.
    pub path: String,
    /// Its variant.
    pub variant: Variant,
}

/// An item that no cache keeps.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UncacheableItem {
    /// Why.
    pub reason: Uncacheable,
    /// The beginning of its path.
    pub path: String,
    /// Its variant.
    pub variant: Variant,
}
