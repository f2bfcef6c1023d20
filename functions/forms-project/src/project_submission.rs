//! One delivery: a row written, or removed where the submission is gone.

use std::time::{Duration, SystemTime};

use database::Type;
use form_delivery::next_attempt;
use submission_store::{DeliveryKey, Millis, Outcome, Stored, SubmissionId};
use telemetry::Chain;
use tracing::{info, warn};

use crate::{Deps, ProjectError};

/// How long a claim lasts: longer than the function's timeout (60 s).
const LEASE: Duration = Duration::from_secs(90);

/// What is new wins; what is older changes nothing that is newer: a submission never
/// changes but for its state, and that is read from its row just before.
const UPSERT: &str = "INSERT INTO form_submissions \
    (id, form, version, received_at, state, score, fields, network, country, asn, revises, expires_at) \
    VALUES ($1, $2, $3, to_timestamp($4::double precision / 1000), $5, $6, $7, $8, $9, $10, $11, \
    to_timestamp($12::double precision)) \
    ON CONFLICT (id) DO UPDATE SET state = excluded.state, expires_at = excluded.expires_at";

/// Projects the submission of a delivery.
///
/// # Errors
/// A table that fails, or PostgreSQL: the delivery's row then says when to try again.
pub(crate) async fn project_submission(key: &DeliveryKey, deps: &Deps) -> Result<(), ProjectError> {
    let now = Millis::of(SystemTime::now());
    let Some(claimed) = deps.submissions.claim(key, now, LEASE).await? else {
        return Ok(());
    };
    let written = write(&key.submission, deps).await;
    let ended = Millis::of(SystemTime::now());
    let mut metrics = deps.config.telemetry.metrics();
    let outcome = match written {
        Ok(()) => {
            metrics.count("Projected");
            Outcome::Done(None)
        }
        Err(error) => {
            warn!(submission = %key.submission, error = %Chain(&error), "PostgreSQL did not take a submission");
            let note = "PostgreSQL could not be written to".to_owned();
            match next_attempt(claimed.delivery.attempts, None) {
                Some(pause) => {
                    metrics.count("DeliveryFailed");
                    Outcome::Retry(ended.after(pause), note)
                }
                None => {
                    metrics.count("DeliveryDead");
                    Outcome::Dead(note)
                }
            }
        }
    };
    metrics.flush();
    info!(submission = %key.submission, attempts = claimed.delivery.attempts, "Worked on a projection");
    deps.submissions.finish(&claimed, outcome, ended).await?;
    Ok(())
}

async fn write(id: &SubmissionId, deps: &Deps) -> Result<(), ProjectError> {
    match deps.submissions.submission(id).await? {
        Some(stored) => upsert(&stored, deps).await,
        None => erase(std::slice::from_ref(id), deps).await,
    }
}

async fn upsert(stored: &Stored, deps: &Deps) -> Result<(), ProjectError> {
    let submission = &stored.submission;
    let number = |value: u32| i32::try_from(value).unwrap_or(i32::MAX);
    let id = submission.id.as_str();
    let (version, score) = (number(submission.version), number(submission.score));
    let received_at = submission.received_at.0 as f64;
    let expires_at = stored.expires_at as f64;
    let state = stored.state.name();
    let fields = serde_json::Value::Object(submission.fields.clone());
    let asn = submission.asn.map(i64::from);
    let revises = submission.revises.as_ref().map(SubmissionId::as_str);
    deps.projection
        .execute(
            UPSERT,
            &[
                (&id, Type::TEXT),
                (&submission.form, Type::TEXT),
                (&version, Type::INT4),
                (&received_at, Type::FLOAT8),
                (&state, Type::TEXT),
                (&score, Type::INT4),
                (&fields, Type::JSONB),
                (&submission.network, Type::TEXT),
                (&submission.country, Type::TEXT),
                (&asn, Type::INT8),
                (&revises, Type::TEXT),
                (&expires_at, Type::FLOAT8),
            ],
        )
        .await?;
    Ok(())
}

/// Removes rows. Removing what is not there is fine.
///
/// # Errors
/// PostgreSQL failing.
pub(crate) async fn erase(ids: &[SubmissionId], deps: &Deps) -> Result<(), ProjectError> {
    let ids: Vec<&str> = ids.iter().map(SubmissionId::as_str).collect();
    let statement = "DELETE FROM form_submissions WHERE id = ANY($1) OR expires_at < now()";
    deps.projection
        .execute(statement, &[(&ids, Type::TEXT_ARRAY)])
        .await?;
    Ok(())
}
