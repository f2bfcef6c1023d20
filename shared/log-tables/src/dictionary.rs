use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

/// Distinct texts, numbered in the order they came, all in one piece of memory.
#[derive(Debug, Default)]
pub(crate) struct Dictionary {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    places: HashTable<u32>,
    hasher: RandomState,
}

impl Dictionary {
    /// The number of a text, if it came before.
    #[inline]
    pub(crate) fn find(&self, text: &[u8]) -> Option<u32> {
        let is_it = |place: &u32| self.get(*place) == text;
        let hash = self.hasher.hash_one(text);
        self.places.find(hash, is_it).copied()
    }

    /// The number of a text, which is a new one if it did not come before.
    #[inline]
    pub(crate) fn number(&mut self, text: &[u8]) -> u32 {
        let hash = self.hasher.hash_one(text);
        let is_it = |place: &u32| self.get(*place) == text;
        if let Some(place) = self.places.find(hash, is_it) {
            return *place;
        }
        // A row group ends long before it has 2^32 texts.
        let place = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len());
        let (bytes, ends, hasher) = (&self.bytes, &self.ends, &self.hasher);
        let hash_of = |place: &u32| hasher.hash_one(slice(bytes, ends, *place));
        self.places.insert_unique(hash, place, hash_of);
        place
    }

    #[inline]
    pub(crate) fn get(&self, place: u32) -> &[u8] {
        slice(&self.bytes, &self.ends, place)
    }

    pub(crate) const fn len(&self) -> usize {
        self.ends.len()
    }

    /// Bytes of all texts.
    pub(crate) const fn text_bytes(&self) -> usize {
        self.bytes.len()
    }

    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
        self.places.clear();
    }
}

#[inline]
fn slice<'a>(bytes: &'a [u8], ends: &[usize], place: u32) -> &'a [u8] {
    let place = place as usize;
    let from = if place == 0 { 0 } else { ends[place - 1] };
    &bytes[from..ends[place]]
}
