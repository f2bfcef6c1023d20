//! The end of the waiting: every attachment of a submission was looked at.

use std::time::SystemTime;

use submission_store::{AttachmentVerdict, Millis, SubmissionId};
use tracing::info;

use crate::{Deps, FilesError};

/// Lets the deliveries of a submission go, once the visitor has finished and each
/// attachment has its verdict. Until then they wait, at most 15 minutes.
pub(crate) async fn settle_submission(id: &SubmissionId, deps: &Deps) -> Result<(), FilesError> {
    let Some(uploaded) = deps.submissions.uploads_closed(id).await? else {
        return Ok(());
    };
    let attachments = deps.submissions.attachments(id).await?;
    let settled = attachments
        .iter()
        .filter(|attachment| attachment.verdict != AttachmentVerdict::AwaitingScan)
        .count();
    if settled < uploaded as usize {
        return Ok(());
    }
    let now = Millis::of(SystemTime::now());
    deps.submissions.release_deliveries(id, now).await?;
    info!(submission = %id, attachments = settled, "Let the deliveries of a submission go");
    Ok(())
}
