use std::borrow::Borrow;
use std::hash::{BuildHasher, Hash};

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use serde::{Deserialize, Serialize};

/// Adds up what was seen of a key in two places.
pub trait Merge {
    /// Adds the other's counts to this one's.
    fn merge(&mut self, other: &Self);
}

/// The most frequent keys of a stream of any length, in bounded memory: Misra and Gries'
/// algorithm, as Apache DataSketches has it for mergeable summaries. Exact until there are
/// more keys than its capacity; then a count is too small by at most [`Frequent::error`],
/// and no key more frequent than that is missing.
/// <https://datasketches.apache.org/docs/Frequency/FrequentItemsOverview.html>
#[derive(Debug, Clone)]
pub struct Frequent<K, V> {
    entries: Vec<Entry<K, V>>,
    /// Where in `entries` a key stands.
    places: HashTable<usize>,
    hasher: RandomState,
    capacity: usize,
    error: u64,
}

#[derive(Debug, Clone)]
struct Entry<K, V> {
    key: K,
    count: u64,
    value: V,
}

impl<K: Hash + Eq + Ord + Clone, V> Frequent<K, V> {
    /// Keeps at most so many keys.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self {
            entries: Vec::new(),
            places: HashTable::new(),
            hasher: RandomState::default(),
            capacity: capacity.max(2),
            error: 0,
        }
    }

    /// Counts a key once, and gives what is kept of it. `owned` makes the key and its first
    /// value when it is new.
    #[inline]
    pub fn count<Q>(&mut self, key: &Q, owned: impl FnOnce(&Q) -> (K, V)) -> &mut V
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.weigh(key, 1, owned)
    }

    /// Counts a key several times at once.
    #[inline]
    pub fn weigh<Q>(&mut self, key: &Q, weight: u64, owned: impl FnOnce(&Q) -> (K, V)) -> &mut V
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let hash = self.hasher.hash_one(key);
        let place = match self.place(hash, key) {
            Some(place) => place,
            None => {
                let (key, value) = owned(key);
                self.make_room();
                self.insert(hash, key, 0, value)
            }
        };
        let entry = &mut self.entries[place];
        entry.count += weight;
        &mut entry.value
    }

    #[inline]
    fn place<Q>(&self, hash: u64, key: &Q) -> Option<usize>
    where
        K: Borrow<Q>,
        Q: Eq + ?Sized,
    {
        let is_it = |place: &usize| self.entries[*place].key.borrow() == key;
        self.places.find(hash, is_it).copied()
    }

    fn insert(&mut self, hash: u64, key: K, count: u64, value: V) -> usize {
        let place = self.entries.len();
        self.entries.push(Entry { key, count, value });
        let (entries, hasher) = (&self.entries, &self.hasher);
        let hash_of = |place: &usize| hasher.hash_one(&entries[*place].key);
        self.places.insert_unique(hash, place, hash_of);
        place
    }

    /// The same with other keys and values; keys that become equal are added up.
    pub fn convert<L, W>(&self, convert: impl Fn(&K, &V) -> (L, W)) -> Frequent<L, W>
    where
        L: Hash + Eq + Ord + Clone,
        W: Merge + Clone,
    {
        let mut converted = Frequent::new(self.capacity);
        for entry in &self.entries {
            let (key, value) = convert(&entry.key, &entry.value);
            converted.add(key, entry.count, value);
        }
        converted.error = self.error;
        converted
    }

    /// The most that a count can be too small by.
    #[must_use]
    pub const fn error(&self) -> u64 {
        self.error
    }

    /// Keys, counts and values; the most frequent first, equals by their keys.
    #[must_use]
    pub fn ranking(&self) -> Vec<(&K, u64, &V)> {
        let entries = self.entries.iter();
        let mut ranking: Vec<_> = entries
            .map(|entry| (&entry.key, entry.count, &entry.value))
            .collect();
        ranking.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        ranking
    }

    /// Leaves what stands highest by any of some measures of count and value; the rest is
    /// forgotten, and the counts that stay are as they were.
    pub fn keep_highest(&mut self, most: usize, measures: &[fn(u64, &V) -> u64]) {
        if self.entries.len() <= most {
            return;
        }
        let mut kept = vec![false; self.entries.len()];
        for measure in measures {
            let mut order: Vec<_> = (0..self.entries.len()).collect();
            let rank = |place: &usize| {
                let entry = &self.entries[*place];
                let value = measure(entry.count, &entry.value);
                (std::cmp::Reverse(value), &entry.key)
            };
            order.sort_unstable_by(|a, b| rank(a).cmp(&rank(b)));
            order.truncate(most);
            order.into_iter().for_each(|place| kept[place] = true);
        }
        let mut kept = kept.into_iter();
        self.entries.retain(|_| kept.next().unwrap_or(false));
        self.find_places();
    }

    fn make_room(&mut self) {
        while self.entries.len() >= self.capacity {
            self.drop_rarest();
        }
    }

    /// Takes the median count off every key: half of them go, so that the work per key is
    /// constant over a stream.
    fn drop_rarest(&mut self) {
        let mut counts: Vec<_> = self.entries.iter().map(|entry| entry.count).collect();
        let middle = counts.len() / 2;
        let (_, median, _) = counts.select_nth_unstable(middle);
        let median = *median;
        self.error += median;
        self.entries.retain_mut(|entry| {
            entry.count = entry.count.saturating_sub(median);
            entry.count > 0
        });
        self.find_places();
    }

    fn find_places(&mut self) {
        self.places.clear();
        let (entries, hasher) = (&self.entries, &self.hasher);
        let hash_of = |place: &usize| hasher.hash_one(&entries[*place].key);
        for place in 0..entries.len() {
            self.places.insert_unique(hash_of(&place), place, hash_of);
        }
    }
}

impl<K: Hash + Eq + Ord + Clone, V: Merge + Clone> Frequent<K, V> {
    /// Counts a key several times.
    pub fn add(&mut self, key: K, count: u64, value: V) {
        let hash = self.hasher.hash_one(&key);
        if let Some(place) = self.place(hash, &key) {
            let entry = &mut self.entries[place];
            entry.count += count;
            entry.value.merge(&value);
        } else {
            self.make_room();
            self.insert(hash, key, count, value);
        }
    }

    /// Adds another summary. Where keys stay within the capacity, the order of merging does
    /// not matter.
    pub fn merge(&mut self, other: &Self) {
        // Room is made once, at the end: what comes first has no advantage.
        let capacity = std::mem::replace(&mut self.capacity, usize::MAX);
        for Entry { key, count, value } in &other.entries {
            self.add(key.clone(), *count, value.clone());
        }
        self.capacity = capacity;
        self.error += other.error;
        while self.entries.len() > self.capacity {
            self.drop_rarest();
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Stored<K, V> {
    capacity: usize,
    error: u64,
    entries: Vec<(K, u64, V)>,
}

impl<K: Serialize + Hash + Eq + Ord + Clone, V: Serialize> Serialize for Frequent<K, V> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // In order, so that the same content is the same bytes.
        let (capacity, error, entries) = (self.capacity, self.error, self.ranking());
        Stored {
            capacity,
            error,
            entries,
        }
        .serialize(serializer)
    }
}

impl<'de, K, V> Deserialize<'de> for Frequent<K, V>
where
    K: Deserialize<'de> + Hash + Eq + Ord + Clone,
    V: Deserialize<'de> + Merge + Clone,
{
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = Stored::<K, V>::deserialize(deserializer)?;
        let mut frequent = Self::new(stored.capacity.max(stored.entries.len() + 1));
        frequent.error = stored.error;
        for (key, count, value) in stored.entries {
            frequent.add(key, count, value);
        }
        Ok(frequent)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn counted(keys: &[u8], capacity: usize) -> Frequent<u8, ()> {
        let mut frequent = Frequent::new(capacity);
        for key in keys {
            frequent.count(key, |key| (*key, ()));
        }
        frequent
    }

    fn ranking(frequent: &Frequent<u8, ()>) -> Vec<(u8, u64)> {
        let ranking = frequent.ranking();
        ranking
            .into_iter()
            .map(|(key, count, _)| (*key, count))
            .collect()
    }

    #[test]
    fn equals_stand_in_the_order_of_their_keys() {
        assert_eq!(
            ranking(&counted(&[3, 1, 2, 2], 10)),
            [(2, 2), (1, 1), (3, 1)]
        );
    }

    #[test]
    fn a_heavy_hitter_survives_a_stream_of_strangers() {
        let keys: Vec<u8> = (0..=255).flat_map(|stranger| [7, stranger]).collect();
        let frequent = counted(&keys, 16);
        let (key, count) = ranking(&frequent)[0];
        assert_eq!(key, 7);
        assert!(count <= 257 && count + frequent.error() >= 257, "{count}");
    }

    #[test]
    fn the_highest_by_any_measure_stay() {
        let mut frequent = Frequent::new(10);
        for (key, count, bytes) in [("a", 9, 1), ("b", 5, 2), ("c", 1, 99), ("d", 2, 3)] {
            frequent.add(key, count, Counted(bytes));
        }
        frequent.keep_highest(1, &[|count, _| count, |_, value| value.0]);
        let ranking = frequent.ranking();
        let kept: Vec<_> = ranking
            .iter()
            .map(|(key, count, _)| (**key, *count))
            .collect();
        assert_eq!(kept, [("a", 9), ("c", 1)]);
        frequent.add("c", 1, Counted(1));
        assert_eq!(frequent.ranking()[1].1, 2);
    }

    #[derive(Clone)]
    struct Counted(u64);

    impl Merge for Counted {
        fn merge(&mut self, other: &Self) {
            self.0 += other.0;
        }
    }

    proptest! {
        #[test]
        fn within_the_capacity_order_and_splits_do_not_matter(
            keys in proptest::collection::vec(0u8..20, 0..200),
            at in 0usize..200,
        ) {
            let (one, other) = keys.split_at(at.min(keys.len()));
            let mut merged = counted(other, 32);
            merged.merge(&counted(one, 32));
            prop_assert_eq!(ranking(&merged), ranking(&counted(&keys, 32)));
            prop_assert_eq!(merged.error(), 0);
        }

        #[test]
        fn beyond_the_capacity_counts_are_within_the_error(
            keys in proptest::collection::vec(any::<u8>(), 0..600),
        ) {
            let frequent = counted(&keys, 8);
            prop_assert!(frequent.error() <= keys.len() as u64 / 4);
            for (key, count) in ranking(&frequent) {
                let exact = keys.iter().filter(|other| **other == key).count() as u64;
                prop_assert!(count <= exact && exact <= count + frequent.error());
            }
        }
    }
}
