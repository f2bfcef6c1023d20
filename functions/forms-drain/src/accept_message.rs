//! One message: the submission itself, or where it is.

use serde::Deserialize;
use submission_store::{Acceptance, Accepted, OnChange};

use crate::{Deps, DrainError};

/// Largest submission in the bucket, in bytes: a form's body is smaller.
const MAX_BYTES: i64 = 2 * 1024 * 1024;
/// Where submissions wait in the bucket.
const PREFIX: &str = "accepted/";

/// A message of the queue.
#[derive(Deserialize)]
#[serde(untagged)]
enum Message {
    Submission(Box<Acceptance>),
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html>: keys are
    /// not URL-encoded here.
    Event {
        detail: Detail,
    },
}

#[derive(Deserialize)]
struct Detail {
    bucket: Bucket,
    object: Object,
}

#[derive(Deserialize)]
struct Bucket {
    name: String,
}

#[derive(Deserialize)]
struct Object {
    key: String,
}

/// Stores the submission of a message, and removes it from the bucket where it waited there.
pub(crate) async fn accept_message(body: &str, deps: &Deps) -> Result<Accepted, DrainError> {
    match serde_json::from_str(body).map_err(DrainError::Message)? {
        Message::Submission(acceptance) => store(*acceptance, deps).await,
        Message::Event { detail } => {
            let key = detail.object.key;
            if detail.bucket.name != deps.config.forms_bucket || !key.starts_with(PREFIX) {
                return Err(DrainError::OtherObject);
            }
            let Some(json) = read(&key, deps).await? else {
                // Drained before: it is removed only after it was stored.
                return Ok(Accepted::Stored);
            };
            let acceptance = serde_json::from_str(&json).map_err(DrainError::Message)?;
            let accepted = store(acceptance, deps).await?;
            remove(&key, deps).await?;
            Ok(accepted)
        }
    }
}

async fn store(mut acceptance: Acceptance, deps: &Deps) -> Result<Accepted, DrainError> {
    // The visitor was told that it is accepted: there is nobody to refuse it to.
    acceptance.on_change = OnChange::Revise;
    Ok(deps.submissions.accept(&deps.guard, &acceptance).await?)
}

async fn read(key: &str, deps: &Deps) -> Result<Option<String>, DrainError> {
    let bucket = |error: Box<dyn std::error::Error + Send + Sync>| DrainError::Bucket(error);
    let outcome = deps
        .objects
        .get_object()
        .bucket(&deps.config.forms_bucket)
        .key(key)
        .send()
        .await;
    let output = match outcome {
        Ok(output) => output,
        Err(error) if error.as_service_error().is_some_and(|e| e.is_no_such_key()) => {
            return Ok(None);
        }
        Err(error) => return Err(bucket(error.into())),
    };
    let bytes = output.content_length().unwrap_or_default();
    if bytes > MAX_BYTES {
        return Err(DrainError::TooLarge {
            bytes,
            allowed: MAX_BYTES,
        });
    }
    let body = output.body.collect().await;
    let bytes = body.map_err(|error| bucket(error.into()))?.to_vec();
    let text = String::from_utf8(bytes).map_err(|error| bucket(error.into()))?;
    Ok(Some(text))
}

async fn remove(key: &str, deps: &Deps) -> Result<(), DrainError> {
    deps.objects
        .delete_object()
        .bucket(&deps.config.forms_bucket)
        .key(key)
        .send()
        .await
        .map_err(|error| DrainError::Bucket(error.into()))?;
    Ok(())
}
