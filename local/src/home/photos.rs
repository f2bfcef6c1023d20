//! What became of every upload, read from the media bucket.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::media::{MANIFESTS, Media, ORIGINALS, Object, REJECTED};

/// Photos that one page shows; the newest.
const MAX_PHOTOS: usize = 24;

/// When an upload without an outcome is no longer just being worked on.
const LATE: SignedDuration = SignedDuration::from_mins(2);

/// An upload and what became of it.
#[derive(Debug)]
pub(crate) struct Photo {
    /// Its key, without `originals/`.
    pub(crate) key: String,
    /// Size of the upload in bytes.
    pub(crate) bytes: u64,
    pub(crate) outcome: Outcome,
}

/// What became of an upload.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Not finished yet.
    Waiting,
    /// Not finished long after the upload: something failed.
    Late,
    /// The set is there.
    Derived(Box<Manifest>),
    /// It was refused.
    Rejected(Rejection),
}

/// The part of image-derive's manifest that the page shows.
#[derive(Debug, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) source: Source,
    #[serde(default)]
    pub(crate) dominant_colour: String,
    #[serde(default)]
    pub(crate) thumbhash: String,
    #[serde(default)]
    pub(crate) derivatives: Vec<Derivative>,
    #[serde(default)]
    pub(crate) presets: BTreeMap<String, Markup>,
}

/// The upload, as image-derive saw it.
#[derive(Debug, Deserialize)]
pub(crate) struct Source {
    pub(crate) width: u32,
    pub(crate) height: u32,
    #[serde(default)]
    pub(crate) format: String,
}

/// One stored derivative.
#[derive(Debug, Deserialize)]
pub(crate) struct Derivative {
    pub(crate) preset: String,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) format: String,
    pub(crate) bytes: u64,
    pub(crate) url: String,
}

/// Ready-made markup of a preset.
#[derive(Debug, Deserialize)]
pub(crate) struct Markup {
    pub(crate) picture: String,
}

/// Why an upload was refused.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Rejection {
    #[serde(default)]
    pub(crate) reason: String,
}

/// The newest photos, newest first.
pub(crate) fn load(media: &Media) -> Result<Vec<Photo>> {
    let mut originals = media.list(ORIGINALS)?;
    originals.sort_by(|a, b| b.modified.cmp(&a.modified).then_with(|| a.key.cmp(&b.key)));
    let manifests = by_photo(media.list(MANIFESTS)?, MANIFESTS);
    let rejections = by_photo(media.list(REJECTED)?, REJECTED);
    originals
        .into_iter()
        .take(MAX_PHOTOS)
        .map(|original| {
            let key = original
                .key
                .strip_prefix(ORIGINALS)
                .unwrap_or(&original.key)
                .to_owned();
            // What is older than the upload belongs to one that it replaced.
            let current = |object: &&Object| object.modified >= original.modified;
            let outcome = if let Some(object) = manifests.get(&key).filter(current) {
                read(media, &object.key)?.map(Outcome::Derived)
            } else if let Some(object) = rejections.get(&key).filter(current) {
                read(media, &object.key)?.map(Outcome::Rejected)
            } else {
                None
            };
            let outcome = outcome.unwrap_or_else(|| unfinished(&original.modified));
            Ok(Photo {
                key,
                bytes: original.bytes,
                outcome,
            })
        })
        .collect()
}

fn unfinished(uploaded: &str) -> Outcome {
    let age = uploaded
        .parse::<Timestamp>()
        .map(|uploaded| Timestamp::now().duration_since(uploaded));
    if age.is_ok_and(|age| age > LATE) {
        Outcome::Late
    } else {
        Outcome::Waiting
    }
}

/// `{prefix}{key}.json` objects by their photo's key.
fn by_photo(objects: Vec<Object>, prefix: &str) -> HashMap<String, Object> {
    objects
        .into_iter()
        .filter_map(|object| {
            let key = object.key.strip_prefix(prefix)?.strip_suffix(".json")?;
            Some((key.to_owned(), object))
        })
        .collect()
}

/// Reads JSON; `None` when the object has just been removed.
fn read<T: for<'de> Deserialize<'de>>(media: &Media, key: &str) -> Result<Option<T>> {
    let Some(bytes) = media.get(key)? else {
        return Ok(None);
    };
    let value = serde_json::from_slice(&bytes).with_context(|| format!("understand {key}"))?;
    Ok(Some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_upload_without_outcome_is_late() {
        assert!(matches!(
            unfinished("2020-01-01T00:00:00.000Z"),
            Outcome::Late
        ));
        assert!(matches!(
            unfinished(&Timestamp::now().to_string()),
            Outcome::Waiting
        ));
    }

    #[test]
    fn objects_are_found_by_their_photo() {
        let object = |key: &str| Object {
            key: key.to_owned(),
            bytes: 1,
            modified: String::new(),
        };
        let found = by_photo(
            vec![object("rejected/a/b.jpg.json"), object("rejected/x")],
            REJECTED,
        );
        assert_eq!(found.keys().collect::<Vec<_>>(), ["a/b.jpg"]);
    }
}
