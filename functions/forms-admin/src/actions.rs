//! What the owner can do.

use std::time::{Duration, SystemTime};

use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_sqs::types::QueueAttributeName;
use form_definition::{FieldKind, Form, Trigger};
use serde_json::json;
use submission_store::{AttachmentVerdict, DeliveryKey, Millis, Page, State, Stored, SubmissionId};

use crate::{AdminError, Deps};

/// Submissions on one page of a list.
pub(crate) const PAGE: i32 = 50;
/// Submissions that one search looks at.
const SEARCHED: usize = 2_000;
/// How long a link to an attachment works.
const LINK: Duration = Duration::from_mins(5);
/// Submissions of one message to the projection.
const ERASED: usize = 500;
/// Most dead deliveries that one click revives.
pub(crate) const REVIVED: i32 = 500;

/// What a list shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// One state only.
    pub state: Option<State>,
    /// Texts that hold these words.
    pub words: String,
    /// Where the page starts.
    pub before: Option<String>,
}

/// A page of a list, and how far the search has looked.
pub(crate) struct Found {
    /// What fits the filter.
    pub rows: Vec<Stored>,
    /// Where the next page starts.
    pub next: Option<String>,
    /// How many submissions were looked at.
    pub looked_at: usize,
}

/// Lists a form's submissions. With a filter it looks at up to 2,000 of them, and tells
/// where to go on.
pub(crate) async fn list(form: &Form, filter: &Filter, deps: &Deps) -> Result<Found, AdminError> {
    let mut found = Found {
        rows: Vec::new(),
        next: filter.before.clone(),
        looked_at: 0,
    };
    let words = filter.words.to_lowercase();
    let is_filtered = filter.state.is_some() || !words.is_empty();
    loop {
        let Page { rows, next } = deps
            .submissions
            .list(&form.id, found.next.as_deref(), PAGE)
            .await?;
        found.looked_at += rows.len();
        found.next = next;
        found.rows.extend(
            rows.into_iter()
                .filter(|row| fits(row, filter.state, &words)),
        );
        let enough = !is_filtered || found.rows.len() >= 50 || found.looked_at >= SEARCHED;
        if enough || found.next.is_none() {
            return Ok(found);
        }
    }
}

fn fits(row: &Stored, state: Option<State>, words: &str) -> bool {
    state.is_none_or(|state| row.state == state)
        && (words.is_empty()
            || row
                .submission
                .fields
                .values()
                .any(|value| value.to_string().to_lowercase().contains(words)))
}

/// One submission, noted as read.
pub(crate) async fn open_submission(id: &SubmissionId, deps: &Deps) -> Result<Stored, AdminError> {
    let stored = deps.submissions.submission(id).await?;
    let stored = stored.ok_or(AdminError::NoSubmission)?;
    if stored.read_at.is_none() {
        deps.submissions
            .mark_read(id, Millis::of(SystemTime::now()))
            .await?;
    }
    Ok(stored)
}

/// Changes what a submission counts as. One that is released from quarantine is
/// delivered as if it had just come.
pub(crate) async fn judge(
    stored: &Stored,
    form: &Form,
    state: State,
    deps: &Deps,
) -> Result<(), AdminError> {
    let submission = &stored.submission;
    let days = match state {
        State::Accepted => form.retention.accepted_days,
        State::Quarantined | State::Spam => form.retention.quarantined_days,
    };
    let expires_at = submission.received_at.seconds() + u64::from(days) * 24 * 3600;
    let now = Millis::of(SystemTime::now());
    if !deps
        .submissions
        .set_state(&submission.id, state, expires_at)
        .await?
    {
        return Err(AdminError::NoSubmission);
    }
    if state == State::Accepted {
        let due: Vec<DeliveryKey> = form
            .sinks
            .iter()
            .filter(|sink| sink.trigger == Trigger::Accepted)
            .map(|sink| key(&submission.id, sink.delivery.kind(), &sink.id))
            .collect();
        deps.submissions
            .add_deliveries(&due, expires_at, now)
            .await?;
    }
    // PostgreSQL shows the state too.
    for sink in form
        .sinks
        .iter()
        .filter(|sink| sink.delivery.kind() == "database")
    {
        let row = key(&submission.id, "database", &sink.id);
        deps.submissions.revive(&row, now).await?;
    }
    Ok(())
}

fn key(id: &SubmissionId, kind: &str, sink: &str) -> DeliveryKey {
    DeliveryKey {
        submission: id.clone(),
        kind: kind.to_owned(),
        sink: sink.to_owned(),
    }
}

/// Delivers once more.
pub(crate) async fn replay(
    id: &SubmissionId,
    kind: &str,
    sink: &str,
    deps: &Deps,
) -> Result<(), AdminError> {
    let now = Millis::of(SystemTime::now());
    deps.submissions.revive(&key(id, kind, sink), now).await?;
    Ok(())
}

/// Revives dead deliveries, the oldest first, and tells how many.
pub(crate) async fn replay_dead(deps: &Deps) -> Result<usize, AdminError> {
    let now = Millis::of(SystemTime::now());
    let dead = deps.submissions.dead(REVIVED).await?;
    for delivery in &dead {
        deps.submissions.revive(&delivery.key, now).await?;
    }
    Ok(dead.len())
}

/// Projects a page of a form's submissions into PostgreSQL again. Returns how many, and
/// where to go on.
pub(crate) async fn project_again(
    form: &Form,
    before: Option<&str>,
    deps: &Deps,
) -> Result<(usize, Option<String>), AdminError> {
    let now = Millis::of(SystemTime::now());
    let page = deps.submissions.list(&form.id, before, REVIVED).await?;
    let sinks: Vec<&str> = form
        .sinks
        .iter()
        .filter(|sink| sink.delivery.kind() == "database")
        .map(|sink| sink.id.as_str())
        .collect();
    for row in &page.rows {
        for sink in &sinks {
            let key = key(&row.submission.id, "database", sink);
            deps.submissions.revive(&key, now).await?;
        }
    }
    Ok((page.rows.len(), page.next))
}

/// A link to an attachment that was found clean, good for five minutes.
pub(crate) async fn attachment_link(
    id: &SubmissionId,
    slot: u32,
    deps: &Deps,
) -> Result<String, AdminError> {
    let attachments = deps.submissions.attachments(id).await?;
    let found = attachments.iter().find(|attachment| {
        attachment.slot == slot && attachment.verdict == AttachmentVerdict::Clean
    });
    let attachment = found.ok_or(AdminError::NotFound)?;
    let bucket = |error: Box<dyn std::error::Error + Send + Sync>| AdminError::Bucket(error);
    let validity = PresigningConfig::expires_in(LINK).map_err(|error| bucket(error.into()))?;
    let extension = attachment.media_type.rsplit('/').next().unwrap_or("bin");
    let request = deps
        .objects
        .get_object()
        .bucket(&deps.config.forms_bucket)
        .key(format!("clean/{id}/{slot}"))
        .response_content_disposition(format!("attachment; filename=\"{id}-{slot}.{extension}\""))
        .presigned(validity)
        .await
        .map_err(|error| bucket(error.into()))?;
    Ok(request.uri().to_owned())
}

/// Erases everything of one person: rows, attachments, rows of PostgreSQL. What is left
/// after a failure is erased by doing it again.
pub(crate) async fn erase_person(rows: &[Stored], deps: &Deps) -> Result<(), AdminError> {
    for chunk in rows.chunks(ERASED) {
        let ids: Vec<&SubmissionId> = chunk.iter().map(|row| &row.submission.id).collect();
        deps.queues
            .send_message()
            .queue_url(&deps.config.projection_queue_url)
            .message_body(json!({"erase": ids}).to_string())
            .send()
            .await
            .map_err(|error| AdminError::Queue(error.into()))?;
    }
    for row in rows {
        erase_attachments(row, deps).await?;
        deps.submissions.erase(&row.submission.id).await?;
    }
    Ok(())
}

/// Removes every file that may have come with a submission, looked at or not.
async fn erase_attachments(row: &Stored, deps: &Deps) -> Result<(), AdminError> {
    let id = &row.submission.id;
    let field = site_forms::form(&row.submission.form).and_then(Form::upload_field);
    let Some(FieldKind::Files { max_items, .. }) = field.map(|field| &field.kind) else {
        return Ok(());
    };
    for slot in 1..=*max_items {
        for folder in ["incoming", "clean"] {
            deps.objects
                .delete_object()
                .bucket(&deps.config.forms_bucket)
                .key(format!("{folder}/{id}/{slot}"))
                .send()
                .await
                .map_err(|error| AdminError::Bucket(error.into()))?;
        }
    }
    Ok(())
}

/// How many messages wait in each dead-letter queue, by the queue's name.
pub(crate) async fn dead_letters(deps: &Deps) -> Result<Vec<(String, String)>, AdminError> {
    let mut depths = Vec::new();
    for url in &deps.config.dead_letter_queue_urls {
        let output = deps
            .queues
            .get_queue_attributes()
            .queue_url(url)
            .attribute_names(QueueAttributeName::ApproximateNumberOfMessages)
            .send()
            .await
            .map_err(|error| AdminError::Queue(error.into()))?;
        let depth = output
            .attributes
            .and_then(|mut all| all.remove(&QueueAttributeName::ApproximateNumberOfMessages));
        let name = url.rsplit('/').next().unwrap_or(url).to_owned();
        depths.push((name, depth.unwrap_or_default()));
    }
    Ok(depths)
}
