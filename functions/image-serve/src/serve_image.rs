//! The use case: find or make the answer to an image URL.

use bytes::Bytes;
use image_codecs::{OutputFormat, Probe};
use image_request::{ImagePath, SourceTraits};
use imaging::{Context, Effort, Output, Transform};
use lambda_kit::Deadline;
use store::{NewObject, StoreError, StoredObject};
use telemetry::{Chain, Metrics, Unit};
use tracing::warn;

use crate::{Deps, ServeError};

/// The metadata that says from which state of the photo an answer was made.
const SOURCE_ETAG: &str = "source-etag";

/// A picture to answer with.
#[derive(Debug)]
pub(crate) struct Served {
    pub(crate) bytes: Bytes,
    pub(crate) media_type: String,
    /// S3's entity tag where the answer is stored, so that CloudFront sees the
    /// same one from the bucket later.
    pub(crate) etag: Option<String>,
    /// Name in the bucket, where it is stored.
    pub(crate) stored_key: Option<String>,
    /// Whether it had been stored before.
    pub(crate) was_stored: bool,
}

/// Answers a request that may be served. `path.options` must be negotiated.
pub(crate) async fn serve_image(
    path: &ImagePath,
    cache_control: &str,
    deadline: Deadline,
    deps: &Deps,
    metrics: &mut Metrics,
) -> Result<Served, ServeError> {
    let stored_key = path.stored_key();
    let source_key = path.key.object_key();
    let allowed = deps.config.limits.max_input_bytes;
    let (photo, stored) = tokio::join!(
        deps.bucket.get(&source_key, allowed),
        deps.bucket.get(&stored_key, allowed)
    );
    let photo = match photo {
        Ok(Some(photo)) => photo,
        Ok(None) => {
            return Err(ServeError::NotFound {
                key: path.key.as_str().to_owned(),
            });
        }
        Err(StoreError::TooLarge { bytes, allowed, .. }) => {
            return Err(ServeError::TooLarge { bytes, allowed });
        }
        Err(error) => return Err(error.into()),
    };
    if let Ok(Some(stored)) = stored
        && stored.metadata.get(SOURCE_ETAG) == Some(&photo.etag)
    {
        return Ok(from_store(stored, stored_key));
    }
    metrics.add("SourceBytes", Unit::Bytes, photo.bytes.len() as f64);
    let output = make(photo.bytes.clone(), path, deadline, deps).await?;
    let mut served = from_output(output);
    match store(&served, path, &stored_key, &photo, cache_control, deps).await {
        Ok(Some(etag)) => {
            served.etag = Some(etag);
            served.stored_key = Some(stored_key);
        }
        Ok(None) => {}
        // The visitor has waited for this picture: it is shown even where it cannot be kept.
        Err(error) => {
            metrics.count("NotStored");
            warn!(object.key = %path.key, error = %Chain(&error), "Could not store an answer");
        }
    }
    Ok(served)
}

/// The site's fallback picture, in the look that was asked for.
pub(crate) async fn serve_fallback(
    path: &ImagePath,
    deadline: Deadline,
    deps: &Deps,
) -> Result<Served, ServeError> {
    let bytes = deps.site_pictures.fallback().await?;
    Ok(from_output(make(bytes, path, deadline, deps).await?))
}

async fn make(
    bytes: Bytes,
    path: &ImagePath,
    deadline: Deadline,
    deps: &Deps,
) -> Result<Output, ServeError> {
    let limits = deps.config.limits;
    let probe = image_codecs::probe(&bytes, &limits)?;
    let transform: Transform = path.options.resolve(&deps.presets, traits(&probe))?;
    let watermark = match transform.watermark {
        Some(_) => Some(deps.site_pictures.watermark().await?),
        None => None,
    };
    let worker = tokio::task::spawn_blocking(move || {
        let context = Context {
            limits: &limits,
            watermark: watermark.as_deref(),
            effort: Effort::Interactive,
            should_stop: &|| deadline.has_passed(),
        };
        imaging::transform(&bytes, &transform, &context)
    });
    Ok(worker.await??)
}

fn traits(probe: &Probe) -> SourceTraits {
    SourceTraits {
        format: probe.format,
        has_alpha: probe.has_alpha,
        animated: probe.is_animated(),
    }
}

/// Stores an answer and returns its entity tag; `None` where the photo has been
/// replaced meanwhile, for the answer is out of date then.
///
/// The row goes first: whoever replaces the photo finds it and removes the
/// answer. A replacement before the row is noticed by the second look at the photo.
async fn store(
    served: &Served,
    path: &ImagePath,
    stored_key: &str,
    photo: &StoredObject,
    cache_control: &str,
    deps: &Deps,
) -> Result<Option<String>, StoreError> {
    deps.table
        .note_on_demand(path.key.as_str(), stored_key)
        .await?;
    let object = NewObject {
        key: stored_key,
        bytes: served.bytes.clone(),
        content_type: &served.media_type,
        cache_control,
        metadata: &[(SOURCE_ETAG, &photo.etag)],
    };
    let etag = deps.bucket.put(object).await?;
    if deps.bucket.etag(&path.key.object_key()).await?.as_ref() == Some(&photo.etag) {
        return Ok(Some(etag));
    }
    deps.bucket.delete(&[stored_key.to_owned()]).await?;
    Ok(None)
}

fn from_store(stored: StoredObject, stored_key: String) -> Served {
    let fallback_type = OutputFormat::Jpeg.mime_type();
    Served {
        bytes: stored.bytes,
        media_type: stored
            .content_type
            .unwrap_or_else(|| fallback_type.to_owned()),
        etag: Some(stored.etag),
        stored_key: Some(stored_key),
        was_stored: true,
    }
}

fn from_output(output: Output) -> Served {
    Served {
        bytes: Bytes::from(output.bytes),
        media_type: output.format.mime_type().to_owned(),
        etag: None,
        stored_key: None,
        was_stored: false,
    }
}
