/// Longest payload in bytes. What is larger is not worth the memory of a cache.
pub const MAX_PAYLOAD_BYTES: usize = 512 * 1024;

/// Most tags that one answer may have.
pub const MAX_TAGS: usize = 64;

/// A random value that stands for the state of a tag. A tag that is invalidated gets
/// another, and whatever was stored under the old one no longer fits.
pub type Nonce = [u8; 16];

/// The version of the stored form, its first byte.
const VERSION: u8 = 1;

/// Length of everything before the nonces: version, four numbers, count of nonces.
const HEAD_BYTES: usize = 1 + 8 + 4 + 8 + 8 + 1;

/// A stored answer.
///
/// Its stored form: version (1 byte), computed at (8), computation time (4), soft expiry
/// (8), hard expiry (8), count of nonces (1), the nonces (16 each), the payload. Numbers
/// are big-endian.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When it was computed, in milliseconds of Unix time.
    pub computed_at_ms: u64,
    /// How long that took, in milliseconds.
    pub delta_ms: u32,
    /// Until when it is fresh, in milliseconds of Unix time.
    pub soft_expiry_ms: u64,
    /// Until when it may be served, in milliseconds of Unix time.
    pub hard_expiry_ms: u64,
    /// The nonces of its tags when its computation began, in the order of the tags.
    pub nonces: Vec<Nonce>,
    /// The answer itself.
    pub payload: Vec<u8>,
}

/// Why an answer cannot be stored, or what is stored cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// The payload is too large.
    #[error("keep {bytes} bytes: {MAX_PAYLOAD_BYTES} are allowed")]
    TooLarge {
        /// Its length.
        bytes: usize,
    },
    /// There are too many tags.
    #[error("keep {tags} tags: {MAX_TAGS} are allowed")]
    TooManyTags {
        /// How many.
        tags: usize,
    },
    /// It was stored by another version, or is no entry at all.
    #[error("read a cached answer: it has another form")]
    Unreadable,
}

impl Entry {
    /// The stored form.
    ///
    /// # Errors
    /// When payload or tags are beyond their limits.
    pub fn encode(&self) -> Result<Vec<u8>, EntryError> {
        if self.payload.len() > MAX_PAYLOAD_BYTES {
            return Err(EntryError::TooLarge {
                bytes: self.payload.len(),
            });
        }
        let too_many = EntryError::TooManyTags {
            tags: self.nonces.len(),
        };
        let count = u8::try_from(self.nonces.len()).map_err(|_| too_many)?;
        if self.nonces.len() > MAX_TAGS {
            return Err(too_many);
        }
        let length = HEAD_BYTES + self.nonces.len() * size_of::<Nonce>() + self.payload.len();
        let mut bytes = Vec::with_capacity(length);
        bytes.push(VERSION);
        bytes.extend(self.computed_at_ms.to_be_bytes());
        bytes.extend(self.delta_ms.to_be_bytes());
        bytes.extend(self.soft_expiry_ms.to_be_bytes());
        bytes.extend(self.hard_expiry_ms.to_be_bytes());
        bytes.push(count);
        for nonce in &self.nonces {
            bytes.extend(nonce);
        }
        bytes.extend(&self.payload);
        Ok(bytes)
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// When it is of another version, cut off, or beyond the limits.
    pub fn decode(bytes: &[u8]) -> Result<Self, EntryError> {
        Self::read(bytes).ok_or(EntryError::Unreadable)
    }

    fn read(mut bytes: &[u8]) -> Option<Self> {
        let [VERSION] = take::<1>(&mut bytes)? else {
            return None;
        };
        let computed_at_ms = u64::from_be_bytes(take(&mut bytes)?);
        let delta_ms = u32::from_be_bytes(take(&mut bytes)?);
        let soft_expiry_ms = u64::from_be_bytes(take(&mut bytes)?);
        let hard_expiry_ms = u64::from_be_bytes(take(&mut bytes)?);
        let [count] = take::<1>(&mut bytes)?;
        if usize::from(count) > MAX_TAGS {
            return None;
        }
        let nonces: Option<Vec<Nonce>> = (0..count).map(|_| take(&mut bytes)).collect();
        let nonces = nonces?;
        (bytes.len() <= MAX_PAYLOAD_BYTES).then(|| Self {
            computed_at_ms,
            delta_ms,
            soft_expiry_ms,
            hard_expiry_ms,
            nonces,
            payload: bytes.to_vec(),
        })
    }
}

/// Takes the first `N` bytes off.
fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*first)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    prop_compose! {
        fn any_entry()(
            numbers in any::<(u64, u32, u64, u64)>(),
            nonces in prop::collection::vec(any::<Nonce>(), 0..=MAX_TAGS),
            payload in prop::collection::vec(any::<u8>(), 0..200),
        ) -> Entry {
            let (computed_at_ms, delta_ms, soft_expiry_ms, hard_expiry_ms) = numbers;
            Entry { computed_at_ms, delta_ms, soft_expiry_ms, hard_expiry_ms, nonces, payload }
        }
    }

    proptest! {
        #[test]
        fn what_was_stored_is_read(entry in any_entry()) {
            prop_assert_eq!(Entry::decode(&entry.encode().unwrap()), Ok(entry));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = Entry::decode(&bytes);
        }

        #[test]
        fn a_head_that_is_cut_off_is_refused(entry in any_entry(), cut in 1..=HEAD_BYTES) {
            let bytes = entry.encode().unwrap();
            prop_assert_eq!(Entry::decode(&bytes[..HEAD_BYTES - cut]), Err(EntryError::Unreadable));
        }
    }

    fn entry(tags: usize, payload: usize) -> Entry {
        Entry {
            computed_at_ms: 1,
            delta_ms: 2,
            soft_expiry_ms: 3,
            hard_expiry_ms: 4,
            nonces: vec![[7; 16]; tags],
            payload: vec![0; payload],
        }
    }

    #[test]
    fn limits_are_kept() {
        assert!(entry(MAX_TAGS, MAX_PAYLOAD_BYTES).encode().is_ok());
        let bytes = MAX_PAYLOAD_BYTES + 1;
        assert_eq!(
            entry(0, bytes).encode(),
            Err(EntryError::TooLarge { bytes })
        );
        assert_eq!(
            entry(300, 0).encode(),
            Err(EntryError::TooManyTags { tags: 300 })
        );
    }

    #[test]
    fn another_version_is_refused() {
        let mut bytes = entry(1, 1).encode().unwrap();
        bytes[0] = VERSION + 1;
        assert_eq!(Entry::decode(&bytes), Err(EntryError::Unreadable));
    }
}
