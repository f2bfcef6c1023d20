//! Uploads the sample photos, and waits until their derivatives are made.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::media::{MANIFESTS, Media, ORIGINALS};

/// How long all samples together may take.
const LIMIT: Duration = Duration::from_secs(120);

/// Uploads the photos that the reference site shows. Nobody waits for their derivatives:
/// until they are there, image-serve makes what is asked for.
///
/// # Errors
/// When an upload fails.
pub(crate) fn upload_shop(media: &Media) -> Result<()> {
    for photo in sample_photos::shop_photos() {
        let key = format!("{ORIGINALS}{}", photo.key);
        media.put(&key, "image/jpeg", &photo.jpeg())?;
    }
    Ok(())
}

/// Uploads every sample and waits for their manifests.
///
/// # Errors
/// When an upload fails, or a manifest is not there in time.
pub(crate) fn upload(media: &Media) -> Result<()> {
    let photos = sample_photos::all();
    for photo in &photos {
        media.put(
            &format!("{ORIGINALS}{}", photo.name),
            "image/jpeg",
            &photo.jpeg,
        )?;
    }
    let start = Instant::now();
    let mut waiting: Vec<&str> = photos.iter().map(|photo| photo.name).collect();
    while !waiting.is_empty() {
        let manifests = media
            .list(MANIFESTS)
            .context("look for the samples' manifests")?;
        waiting.retain(|name| {
            let manifest = format!("{MANIFESTS}{name}.json");
            !manifests.iter().any(|object| object.key == manifest)
        });
        if start.elapsed() > LIMIT {
            bail!("see derivatives of {} within {LIMIT:?}", waiting.join(", "));
        }
        thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}
