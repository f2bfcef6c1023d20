//! Names in the media bucket.
//!
//! | name | what | written by |
//! |---|---|---|
//! | `originals/{key}` | the upload | the site |
//! | `derived/sets/{set}/{sequencer}/{hash}.{ext}` | a derivative, never changed | image-derive |
//! | `derived/manifests/{key}.json` | the manifest | image-derive |
//! | `rejected/{key}.json` | why an upload was refused | image-derive |
//! | `derived/img/{options}/{key}` | an on-demand answer | image-serve |

use image_request::SourceKey;
use sha2::{Digest, Sha256};

/// The SHA-256 of some bytes, in hexadecimal.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The prefix of all derivatives of a photo, in every generation.
#[must_use]
pub fn set_prefix(key: &SourceKey) -> String {
    format!(
        "derived/sets/{}/",
        short(&sha256_hex(key.as_str().as_bytes()), 32)
    )
}

/// The prefix of the derivatives made from one state of a photo: the one that
/// the event with this sequencer brought.
#[must_use]
pub fn generation_prefix(key: &SourceKey, sequencer: &str) -> String {
    format!("{}{sequencer}/", set_prefix(key))
}

/// The sequencer in the name of a derivative.
#[must_use]
pub fn sequencer_of<'a>(key: &SourceKey, derivative_key: &'a str) -> Option<&'a str> {
    let rest = derivative_key.strip_prefix(&set_prefix(key))?;
    rest.split_once('/').map(|(sequencer, _)| sequencer)
}

/// The name of a derivative: its own content decides it, so the object never changes.
#[must_use]
pub fn derivative_key(generation_prefix: &str, bytes: &[u8], extension: &str) -> String {
    format!(
        "{generation_prefix}{}.{extension}",
        short(&sha256_hex(bytes), 32)
    )
}

/// The name of a photo's manifest.
#[must_use]
pub fn manifest_key(key: &SourceKey) -> String {
    format!("derived/manifests/{key}.json")
}

/// The name of the note that says why an upload was refused.
#[must_use]
pub fn rejection_key(key: &SourceKey) -> String {
    format!("rejected/{key}.json")
}

fn short(hex: &str, digits: usize) -> &str {
    hex.get(..digits).unwrap_or(hex)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_depend_on_what_they_name() {
        let key = SourceKey::parse("products/a b.jpg").unwrap();
        let generation = generation_prefix(&key, "00AB");
        assert!(generation.starts_with(&set_prefix(&key)));
        let one = derivative_key(&generation, b"one", "webp");
        assert_eq!(one, derivative_key(&generation, b"one", "webp"));
        assert_ne!(one, derivative_key(&generation, b"two", "webp"));
        assert_eq!(sequencer_of(&key, &one), Some("00AB"));
        assert_eq!(
            manifest_key(&key),
            "derived/manifests/products/a b.jpg.json"
        );
        assert_eq!(rejection_key(&key), "rejected/products/a b.jpg.json");
    }

    #[test]
    fn hashes_like_everyone_else() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(sha256_hex(b""), empty);
    }
}
