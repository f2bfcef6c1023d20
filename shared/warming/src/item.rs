use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::{Lane, Variant};

/// Items of a chunk at most.
pub const MAX_CHUNK_ITEMS: usize = 100;

/// Bytes of a chunk's message at most. A queue's messages may have 256 KB; what is around the
/// items, and what escapes add, fits in what is left.
pub const MAX_CHUNK_BYTES: usize = 150_000;

/// What the message has around an item's path and variant, roughly.
const ITEM_BYTES: usize = 64;

/// One request of a run: a page in one of its variants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Path and query.
    pub path: String,
    /// In which form.
    pub variant: Variant,
    /// Milliseconds of the origin's work that it is expected to save: reads while it stays in
    /// the cache, times what each would cost, times how likely it is not there yet.
    pub value: f64,
}

/// Items that one worker takes at once: the message of the lanes' queues.
///
/// The same run, planned again, gives the same chunks under the same numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chunk {
    /// The run's id.
    pub run: String,
    /// The target's id.
    pub target: String,
    /// The run's lane.
    pub lane: Lane,
    /// Its number in the run, from 0.
    pub chunk: u32,
    /// At most [`MAX_CHUNK_ITEMS`]; what is worth most comes first.
    pub items: Vec<Item>,
}

impl Item {
    /// What is worth more comes first; of equals, the order of paths decides.
    #[must_use]
    pub fn by_value(&self, other: &Self) -> Ordering {
        let value = other.value.total_cmp(&self.value);
        let name = || (&self.path, &self.variant).cmp(&(&other.path, &other.variant));
        value.then_with(name)
    }

    /// Roughly the bytes that it takes in a message, whatever must be escaped.
    pub(crate) fn bytes(&self) -> usize {
        let escaped = |byte: u8| match byte {
            b'"' | b'\\' => 2,
            0..0x20 => 6,
            _ => 1,
        };
        ITEM_BYTES + self.path.bytes().map(escaped).sum::<usize>()
    }
}
