//! The use case: a photo was deleted.

use image_request::SourceKey;
use object_event::ObjectEvent;

use crate::publish_photo::publish_removal;
use crate::{Deps, DeriveError};

/// Removes everything that was made of the photo, unless it has been uploaded again since.
///
/// # Errors
/// What may pass later, and faults of ours.
pub(crate) async fn remove_set(
    event: &ObjectEvent,
    key: &SourceKey,
    deps: &Deps,
) -> Result<&'static str, DeriveError> {
    if deps.bucket.etag(&event.object_key).await?.is_some() {
        return Ok("superseded");
    }
    publish_removal(key, event.sequencer.clone(), deps).await
}
