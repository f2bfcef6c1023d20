//! The use case: a photo was uploaded.

use std::time::Instant;

use bytes::Bytes;
use image_codecs::{CodecError, OutputFormat};
use image_request::SourceKey;
use image_set::{Derivative, Manifest, PlannedDerivative, Rejection, Source, layout, plan_set};
use imaging::{Context, Effort, Output, SourceSummary};
use lambda_kit::{Deadline, ErrorClass};
use object_event::ObjectEvent;
use store::{NewObject, StoreError};
use telemetry::{Chain, Metrics, Unit};
use tokio::sync::mpsc;
use tracing::warn;

use crate::error::picture_class;
use crate::publish_photo::{self, Uploaded};
use crate::{Deps, DeriveError};

/// Derivatives that may wait for their upload: bounds memory while encoding runs ahead.
const QUEUED_OUTPUTS: usize = 2;
/// Content-addressed: the object under a name never changes.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// Derives everything from the photo of `event`; says what became of it.
///
/// # Errors
/// What may pass later, and faults of ours. A photo that cannot be used is an outcome.
pub(crate) async fn derive_set(
    event: &ObjectEvent,
    key: &SourceKey,
    deps: &Deps,
    deadline: Deadline,
    metrics: &mut Metrics,
) -> Result<&'static str, DeriveError> {
    let started = Instant::now();
    let allowed = deps.config.limits.max_input_bytes;
    let photo = match deps.bucket.get(&event.object_key, allowed).await {
        Ok(Some(photo)) if photo.etag == event.etag => photo,
        Ok(Some(_)) => return Ok("superseded"),
        Ok(None) => return Ok("gone"),
        Err(StoreError::TooLarge { bytes, allowed, .. }) => {
            let limit = "max_input_bytes";
            let source = CodecError::LimitExceeded {
                limit,
                actual: bytes,
                allowed,
            };
            return reject(event, key, deps, source, metrics).await;
        }
        Err(error) => return Err(error.into()),
    };
    metrics.add("SourceBytes", Unit::Bytes, photo.bytes.len() as f64);
    let source_sha256 = layout::sha256_hex(&photo.bytes);
    let generation = layout::generation_prefix(key, &event.sequencer.to_string());
    let (summary, derivatives) =
        match make(photo.bytes.clone(), key, deps, deadline, &generation).await {
            Ok(made) => made,
            Err(DeriveError::Picture { source, .. })
                if picture_class(&source) == ErrorClass::Invalid =>
            {
                return reject(event, key, deps, source, metrics).await;
            }
            Err(error) => return Err(error),
        };
    for derivative in &derivatives {
        metrics.count("Derivatives");
        metrics.add("DerivativeBytes", Unit::Bytes, derivative.bytes as f64);
    }
    let source = Source {
        sha256: source_sha256,
        etag: event.etag.clone(),
        sequencer: event.sequencer.to_string(),
        bytes: photo.bytes.len() as u64,
        format: summary.format.name().to_owned(),
        width: summary.width,
        height: summary.height,
        frames: summary.frames,
        has_alpha: summary.has_alpha,
    };
    let manifest = Manifest::new(
        key,
        source,
        summary.dominant_colour,
        &summary.thumbhash,
        derivatives,
        &deps.presets,
    );
    let uploaded = Uploaded {
        sequencer: event.sequencer.clone(),
        manifest,
    };
    let outcome = publish_photo::publish(key, uploaded, deps).await?;
    metrics.add(
        "DeriveMilliseconds",
        Unit::Milliseconds,
        started.elapsed().as_secs_f64() * 1000.0,
    );
    Ok(outcome)
}

/// Decodes once on a thread of its own and uploads each output as soon as it is encoded.
async fn make(
    bytes: Bytes,
    key: &SourceKey,
    deps: &Deps,
    deadline: Deadline,
    generation: &str,
) -> Result<(SourceSummary, Vec<Derivative>), DeriveError> {
    let refuse = |source| DeriveError::Picture {
        key: key.as_str().to_owned(),
        source,
    };
    let limits = deps.config.limits;
    let probe = image_codecs::probe(&bytes, &limits).map_err(refuse)?;
    let planned = plan_set(
        &deps.presets,
        probe.upright_size(),
        probe.has_alpha,
        probe.is_animated(),
    );
    let transforms: Vec<_> = planned
        .iter()
        .map(|derivative| derivative.transform.clone())
        .collect();
    let (sender, mut outputs) = mpsc::channel::<(usize, Output)>(QUEUED_OUTPUTS);
    let worker = tokio::task::spawn_blocking(move || {
        let context = Context {
            limits: &limits,
            watermark: None,
            effort: Effort::Batch,
            should_stop: &|| deadline.has_passed(),
        };
        imaging::derive_set(&bytes, &transforms, &context, &mut |index, output| {
            // The receiver is gone only when an upload failed, and that error is told instead of this one.
            sender
                .blocking_send((index, output))
                .map_err(|_| CodecError::TimeLimit { stage: "uploaded" })
        })
    });
    let mut derivatives: Vec<(usize, Derivative)> = Vec::with_capacity(planned.len());
    let mut failed = None;
    while let Some((index, output)) = outputs.recv().await {
        let Some(plan) = planned.get(index) else {
            continue;
        };
        match upload(output, plan, generation, deps).await {
            Ok(derivative) => derivatives.push((index, derivative)),
            Err(error) => {
                failed = Some(error);
                break;
            }
        }
    }
    drop(outputs);
    let summary = worker.await.map_err(|source| DeriveError::Worker {
        key: key.as_str().to_owned(),
        source,
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    // Outputs come widest first; the manifest keeps the order of the plan.
    derivatives.sort_by_key(|(index, _)| *index);
    Ok((
        summary.map_err(refuse)?,
        derivatives
            .into_iter()
            .map(|(_, derivative)| derivative)
            .collect(),
    ))
}

async fn upload(
    output: Output,
    plan: &PlannedDerivative,
    generation: &str,
    deps: &Deps,
) -> Result<Derivative, DeriveError> {
    let format: OutputFormat = output.format;
    let object_key = layout::derivative_key(generation, &output.bytes, format.extension());
    let bytes = output.bytes.len() as u64;
    let object = NewObject {
        key: &object_key,
        bytes: Bytes::from(output.bytes),
        content_type: format.mime_type(),
        cache_control: IMMUTABLE,
        metadata: &[],
    };
    deps.bucket.put(object).await?;
    Ok(Derivative {
        preset: plan.preset.clone(),
        width: output.width,
        height: output.height,
        format: format.name().to_owned(),
        media_type: format.mime_type().to_owned(),
        bytes,
        url: format!("/{object_key}"),
        key: object_key,
    })
}

/// Leaves the reason under `rejected/`, where a person finds it, and gives up on the photo.
async fn reject(
    event: &ObjectEvent,
    key: &SourceKey,
    deps: &Deps,
    error: CodecError,
    metrics: &mut Metrics,
) -> Result<&'static str, DeriveError> {
    let code = error.code();
    let reason = format!("failed to {}", Chain(&error));
    warn!(object.key = %key, error.code = code, error = %reason, "Rejected a photo");
    metrics.count("Rejected");
    let rejection = Rejection {
        key: key.as_str().to_owned(),
        etag: event.etag.clone(),
        code: code.to_owned(),
        reason,
    };
    let json = serde_json::to_vec_pretty(&rejection).map_err(|source| DeriveError::Manifest {
        key: key.as_str().to_owned(),
        source,
    })?;
    let object = NewObject {
        key: &layout::rejection_key(key),
        bytes: json.into(),
        content_type: "application/json",
        cache_control: "no-store",
        metadata: &[],
    };
    deps.bucket.put(object).await?;
    Ok("rejected")
}
