//! The use case: one upload is looked at.

use attachments::{Content, Rule, inspect, limits};
use bytes::Bytes;
use form_definition::FieldKind;
use image_codecs::{InputFormat, OutputFormat};
use imaging::{Context, Effort, Quality, Transform};
use lambda_kit::Deadline;
use store::{NewObject, StoreError, StoredObject};
use submission_store::{Attachment, AttachmentVerdict, Stored};
use telemetry::{Chain, Metrics};
use tracing::{info, warn};

use crate::config::ScanMode;
use crate::files_event::{Place, ScanResult};
use crate::{Deps, FilesError};

/// Attachments are opened by people at work: better than the quality for visitors.
const QUALITY: u8 = 90;

/// What is known of an upload.
struct Upload {
    /// What it is attached to.
    stored: Stored,
    /// It; nothing where it was dealt with before.
    object: Option<StoredObject>,
    /// Or how large it is, where it is too large to be read.
    too_large: Option<u64>,
    accept: Vec<String>,
    max_bytes: u64,
    max_pixels: u64,
}

impl Upload {
    const fn rule(&self) -> Rule<'_> {
        Rule {
            accept: self.accept.as_slice(),
            max_bytes: self.max_bytes,
            max_pixels: self.max_pixels,
        }
    }
}

/// An upload arrived: it is checked, and passed on where nobody scans.
///
/// # Errors
/// A table or a bucket that fails; a submission that is not stored yet.
pub(crate) async fn check_uploaded(
    place: &Place,
    deps: &Deps,
    deadline: Deadline,
) -> Result<(), FilesError> {
    let upload = read(place, deps).await?;
    match deps.config.scan_mode {
        ScanMode::None => pass_on(place, upload, deps, deadline).await,
        ScanMode::GuardDuty => {
            let Some(object) = &upload.object else {
                return pass_on(place, upload, deps, deadline).await;
            };
            match inspect(&object.bytes, declared(object), &upload.rule()) {
                Ok(content) => {
                    let attachment = Attachment {
                        slot: place.slot,
                        verdict: AttachmentVerdict::AwaitingScan,
                        media_type: content.media_type().to_owned(),
                        bytes: object.bytes.len() as u64,
                    };
                    note(place, &upload, attachment, deps).await
                }
                Err(reason) => refuse(place, &upload, reason.to_string(), deps).await,
            }
        }
    }
}

/// The scan of an upload ended.
///
/// # Errors
/// As with [`check_uploaded`].
pub(crate) async fn check_scanned(
    place: &Place,
    etag: &str,
    result: ScanResult,
    deps: &Deps,
    deadline: Deadline,
) -> Result<(), FilesError> {
    let upload = read(place, deps).await?;
    // Another upload took its place: that one has a scan of its own.
    if upload
        .object
        .as_ref()
        .is_some_and(|object| object.etag != etag)
    {
        return Ok(());
    }
    let reason = match result {
        ScanResult::NoThreatsFound => return pass_on(place, upload, deps, deadline).await,
        ScanResult::ThreatsFound => "malware was found in it",
        ScanResult::Unsupported => "it could not be scanned: it is encrypted or too large",
        ScanResult::AccessDenied | ScanResult::Failed => "it could not be scanned: the scan failed",
    };
    if upload.object.is_none() {
        return Ok(());
    }
    refuse(place, &upload, reason.to_owned(), deps).await
}

/// Reads the upload and what its form allows.
async fn read(place: &Place, deps: &Deps) -> Result<Upload, FilesError> {
    let stored = deps.submissions.submission(&place.submission).await?;
    let stored = stored.ok_or_else(|| FilesError::NoSubmission(place.submission.clone()))?;
    let form = site_forms::form(&stored.submission.form);
    let kind = form
        .and_then(|form| form.upload_field())
        .map(|field| &field.kind);
    let Some(FieldKind::Files {
        accept,
        max_bytes,
        max_pixels,
        ..
    }) = kind
    else {
        return Err(FilesError::NoRule {
            form: stored.submission.form,
        });
    };
    let (object, too_large) = match deps.bucket.get(&place.incoming(), *max_bytes).await {
        Ok(object) => (object, None),
        Err(StoreError::TooLarge { bytes, .. }) => (None, Some(bytes)),
        Err(error) => return Err(error.into()),
    };
    Ok(Upload {
        stored,
        object,
        too_large,
        accept: accept.clone(),
        max_bytes: *max_bytes,
        max_pixels: *max_pixels,
    })
}

/// Checks the upload and puts what is left of it under `clean/`.
async fn pass_on(
    place: &Place,
    upload: Upload,
    deps: &Deps,
    deadline: Deadline,
) -> Result<(), FilesError> {
    if let Some(bytes) = upload.too_large {
        let allowed = upload.max_bytes;
        let reason = format!("it has {bytes} bytes, at most {allowed} are allowed");
        return refuse(place, &upload, reason, deps).await;
    }
    let Some(object) = &upload.object else {
        info!(submission = %place.submission, slot = place.slot, "Left an attachment alone: it was dealt with");
        return Ok(());
    };
    let content = match inspect(&object.bytes, declared(object), &upload.rule()) {
        Ok(content) => content,
        Err(reason) => return refuse(place, &upload, reason.to_string(), deps).await,
    };
    let bytes = match content {
        Content::Other(_) => object.bytes.clone(),
        Content::Picture(format) => {
            match encode_anew(place, object.bytes.clone(), format, &upload, deadline).await? {
                Ok(bytes) => bytes,
                Err(reason) => return refuse(place, &upload, reason, deps).await,
            }
        }
    };
    let attachment = Attachment {
        slot: place.slot,
        verdict: AttachmentVerdict::Clean,
        media_type: content.media_type().to_owned(),
        bytes: bytes.len() as u64,
    };
    let clean = NewObject {
        key: &place.clean(),
        bytes,
        content_type: content.media_type(),
        cache_control: "private, no-store",
        metadata: &[],
    };
    deps.bucket.put(clean).await?;
    note(place, &upload, attachment, deps).await?;
    // Last: until here the upload can be looked at again.
    Ok(deps.bucket.delete(&[place.incoming()]).await?)
}

/// The picture's pixels in a new file: no metadata, no trailing bytes.
async fn encode_anew(
    place: &Place,
    bytes: Bytes,
    format: InputFormat,
    upload: &Upload,
    deadline: Deadline,
) -> Result<Result<Bytes, String>, FilesError> {
    let limits = limits(&upload.rule());
    let worker = tokio::task::spawn_blocking(move || {
        let transform = Transform {
            quality: Quality::Fixed(QUALITY),
            ..Transform::to_format(output_format(format))
        };
        let context = Context {
            limits: &limits,
            watermark: None,
            effort: Effort::Interactive,
            should_stop: &|| deadline.has_passed(),
        };
        imaging::transform(&bytes, &transform, &context)
    });
    let outcome = worker.await.map_err(|source| FilesError::Worker {
        submission: place.submission.clone(),
        source,
    })?;
    Ok(match outcome {
        Ok(output) => Ok(Bytes::from(output.bytes)),
        Err(error) => Err(format!("it failed to {}", Chain(&error))),
    })
}

const fn output_format(format: InputFormat) -> OutputFormat {
    match format {
        InputFormat::Jpeg => OutputFormat::Jpeg,
        InputFormat::WebP => OutputFormat::WebP,
        InputFormat::Gif => OutputFormat::Gif,
        InputFormat::Png | InputFormat::Tiff => OutputFormat::Png,
    }
}

/// Notes why the upload is not passed on, and removes it.
async fn refuse(
    place: &Place,
    upload: &Upload,
    reason: String,
    deps: &Deps,
) -> Result<(), FilesError> {
    warn!(submission = %place.submission, slot = place.slot, reason, "Refused an attachment");
    let object = upload.object.as_ref();
    let attachment = Attachment {
        slot: place.slot,
        verdict: AttachmentVerdict::Refused(reason),
        media_type: object
            .map_or("application/octet-stream", declared)
            .to_owned(),
        bytes: object.map_or(0, |object| object.bytes.len() as u64),
    };
    note(place, upload, attachment, deps).await?;
    Ok(deps
        .bucket
        .delete(&[place.incoming(), place.clean()])
        .await?)
}

async fn note(
    place: &Place,
    upload: &Upload,
    attachment: Attachment,
    deps: &Deps,
) -> Result<(), FilesError> {
    let mut metrics: Metrics = deps.config.telemetry.metrics();
    metrics.count(match attachment.verdict {
        AttachmentVerdict::Clean => "AttachmentsClean",
        AttachmentVerdict::AwaitingScan => "AttachmentsScanning",
        AttachmentVerdict::Refused(_) => "AttachmentsRefused",
    });
    let expires_at = upload.stored.expires_at;
    deps.submissions
        .put_attachment(&place.submission, &attachment, expires_at)
        .await?;
    metrics.flush();
    Ok(())
}

fn declared(object: &StoredObject) -> &str {
    object
        .content_type
        .as_deref()
        .unwrap_or("application/octet-stream")
}
