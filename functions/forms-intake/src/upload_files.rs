//! The step after the form: files, straight to the bucket.

use std::time::{Duration, SystemTime};

use form_definition::{FieldKind, Form};
use form_guard::Purpose;
use form_page::{FilesPage, Upload};
use submission_store::{LinkSubject, Millis};
use telemetry::Chain;
use tracing::warn;

use crate::presigned_post::{UploadRule, sign};
use crate::{Deps, IntakeError};

/// How long a visitor may take to add files.
const FILES_HOURS: u64 = 24;

/// The path of the page for the next file.
pub(crate) fn files_path(subject: &LinkSubject, deps: &Deps, now: SystemTime) -> String {
    let expires_at = Millis::of(now)
        .after(Duration::from_hours(FILES_HOURS))
        .seconds();
    let token = form_guard::seal(&deps.key, Purpose::Files, &subject.payload(), expires_at);
    format!("/forms/{}/files/{token}", subject.form)
}

/// One signed upload for each media type that the form accepts; none where the visitor
/// has added as many files as are allowed.
pub(crate) struct SignedUpload {
    /// Media type, such as `image/png`.
    pub media_type: String,
    /// Fields of the upload's form.
    pub fields: Vec<(String, String)>,
}

/// Signs what may be uploaded next.
pub(crate) async fn sign_uploads(
    subject: &LinkSubject,
    form: &Form,
    deps: &Deps,
    now: SystemTime,
) -> Result<Vec<SignedUpload>, IntakeError> {
    let Some(FieldKind::Files {
        max_items,
        accept,
        max_bytes,
        ..
    }) = form.upload_field().map(|field| &field.kind)
    else {
        return Err(IntakeError::NotFound);
    };
    if subject.count >= *max_items {
        return Ok(Vec::new());
    }
    let slot = subject.count + 1;
    let next = LinkSubject {
        count: slot,
        ..subject.clone()
    };
    let redirect = format!("{}{}", deps.config.site_url, files_path(&next, deps, now));
    let key = format!("incoming/{}/{slot}", subject.submission);
    let mut uploads = Vec::new();
    for media_type in accept {
        let rule = UploadRule {
            key: &key,
            media_type,
            max_bytes: *max_bytes,
            redirect: &redirect,
        };
        uploads.push(SignedUpload {
            media_type: media_type.clone(),
            fields: sign(&rule, deps, now).await?,
        });
    }
    Ok(uploads)
}

/// The page for the next file.
pub(crate) fn page(
    subject: &LinkSubject,
    form: &Form,
    uploads: &[SignedUpload],
    done_path: &str,
    deps: &Deps,
) -> String {
    let (max, max_bytes) = match form.upload_field().map(|field| &field.kind) {
        Some(FieldKind::Files {
            max_items,
            max_bytes,
            ..
        }) => (*max_items, *max_bytes),
        _ => (0, 0),
    };
    let uploads: Vec<Upload<'_>> = uploads
        .iter()
        .map(|upload| Upload {
            media_type: &upload.media_type,
            action: &deps.config.upload_url,
            fields: &upload.fields,
        })
        .collect();
    form_page::files(
        form,
        &FilesPage {
            sent: subject.count,
            max,
            uploads: &uploads,
            max_bytes,
            done_action: done_path,
        },
    )
}

/// Notes that the visitor is finished, so that nothing waits any longer. Where that
/// cannot be noted, everything goes on by itself a few minutes later.
pub(crate) async fn close(subject: &LinkSubject, deps: &Deps, now: SystemTime) {
    let noted = deps
        .submissions
        .close_uploads(
            &subject.submission,
            subject.count,
            subject.at,
            Millis::of(now),
        )
        .await;
    if let Err(error) = noted {
        warn!(
            submission = %subject.submission,
            error = %Chain(&error),
            "Could not note that a visitor finished uploading"
        );
    }
}
