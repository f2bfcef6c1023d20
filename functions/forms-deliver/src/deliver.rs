//! One delivery: claimed, tried, and its end written down.

use std::time::{Duration, SystemTime};

use form_definition::{Delivery, Form, Sink};
use form_delivery::{next_attempt, open_for, patience};
use submission_store::{Breaker, Claimed, DeliveryKey, Millis, Outcome, State, Stored};
use telemetry::{Metrics, Unit};
use tracing::{info, warn};

use crate::put_event::put_event;
use crate::send_mail::send_mail;
use crate::send_webhook::send_webhook;
use crate::{DeliverError, Deps};

/// How long a claim lasts: longer than the function's timeout (60 s).
const LEASE: Duration = Duration::from_secs(90);

/// How an attempt went.
pub(crate) enum Attempt {
    /// Delivered; the name the other side gave it.
    Delivered(Option<String>),
    /// A rule of the form forbids it.
    Skipped(&'static str),
    /// It failed, perhaps only now; the other side may name a time.
    Failed(String, Option<Duration>),
    /// It was not tried: the other side is left in peace for so long.
    LeftInPeace(Duration),
    /// It will never work.
    Hopeless(String),
}

/// What an attempt has to work with.
pub(crate) struct Parcel<'a> {
    /// The form.
    pub form: &'a Form,
    /// What was submitted.
    pub stored: &'a Stored,
    /// The sink's name.
    pub sink: &'a str,
}

/// Works on one delivery.
///
/// # Errors
/// A table that fails. Everything else ends in the delivery's row.
pub(crate) async fn deliver(key: &DeliveryKey, deps: &Deps) -> Result<(), DeliverError> {
    let now = Millis::of(SystemTime::now());
    let Some(claimed) = deps.submissions.claim(key, now, LEASE).await? else {
        info!(submission = %key.submission, sink = key.sink, "Left a delivery alone: done, taken or not yet due");
        return Ok(());
    };
    let mut metrics = deps.config.telemetry.metrics();
    let attempt = attempt(key, deps, now).await?;
    let ended = Millis::of(SystemTime::now());
    let outcome = outcome(&claimed, attempt, ended);
    measure(&outcome, &claimed, ended, &mut metrics);
    metrics.flush();
    tell(key, &claimed, &outcome);
    if !deps.submissions.finish(&claimed, outcome, ended).await? {
        warn!(submission = %key.submission, sink = key.sink, "The lease had ended: another worker delivers too");
    }
    Ok(())
}

async fn attempt(key: &DeliveryKey, deps: &Deps, now: Millis) -> Result<Attempt, DeliverError> {
    let Some(stored) = deps.submissions.submission(&key.submission).await? else {
        return Ok(Attempt::Skipped("the submission is gone"));
    };
    if stored.state != State::Accepted {
        return Ok(Attempt::Skipped("the submission is quarantined"));
    }
    let form = site_forms::form(&stored.submission.form);
    let Some((form, sink)) = form.and_then(|form| Some((form, form.sink(&key.sink)?))) else {
        return Ok(Attempt::Hopeless(
            "the form has no such delivery any more".to_owned(),
        ));
    };
    let parcel = Parcel {
        form,
        stored: &stored,
        sink: &sink.id,
    };
    match &sink.delivery {
        Delivery::Email(email) => send_mail(&parcel, email, deps).await,
        Delivery::Event { detail_type } => Ok(put_event(&parcel, detail_type, deps).await),
        Delivery::Webhook { endpoint } => through_breaker(&parcel, endpoint, sink, deps, now).await,
        Delivery::Database => Ok(Attempt::Hopeless("PostgreSQL has its own queue".to_owned())),
    }
}

/// A webhook, unless its endpoint has failed so often that it is left in peace.
async fn through_breaker(
    parcel: &Parcel<'_>,
    endpoint: &str,
    sink: &Sink,
    deps: &Deps,
    now: Millis,
) -> Result<Attempt, DeliverError> {
    let breaker = deps.guard.breaker(endpoint).await?;
    if breaker.open_until > now {
        let wait = Duration::from_millis(breaker.open_until.0 - now.0);
        return Ok(Attempt::LeftInPeace(wait));
    }
    let attempt = send_webhook(parcel, endpoint, deps, now).await;
    match &attempt {
        Attempt::Delivered(_) if breaker != Breaker::default() => {
            deps.guard.record_success(endpoint).await?;
        }
        Attempt::Failed(..) => {
            let until = open_for(breaker.failures + 1).map(|rest| now.after(rest));
            let breaker = deps.guard.record_failure(endpoint, until, now).await?;
            if until.is_some() {
                warn!(
                    endpoint,
                    sink = sink.id,
                    failures = breaker.failures,
                    "Left a webhook endpoint in peace"
                );
            }
        }
        _ => {}
    }
    Ok(attempt)
}

/// What an attempt means for the row.
fn outcome(claimed: &Claimed, attempt: Attempt, now: Millis) -> Outcome {
    match attempt {
        Attempt::Delivered(name) => Outcome::Done(name),
        Attempt::Skipped(reason) => Outcome::Skipped(reason.to_owned()),
        Attempt::Hopeless(reason) => Outcome::Dead(reason),
        Attempt::Failed(reason, wish) => match next_attempt(claimed.delivery.attempts, wish) {
            Some(pause) => Outcome::Retry(now.after(pause), reason),
            None => Outcome::Dead(reason),
        },
        Attempt::LeftInPeace(wait) => {
            let note = "the endpoint has failed often and is left in peace".to_owned();
            if now < claimed.delivery.since.after(patience()) {
                Outcome::Postponed(now.after(wait), note)
            } else {
                Outcome::Dead(note)
            }
        }
    }
}

fn measure(outcome: &Outcome, claimed: &Claimed, now: Millis, metrics: &mut Metrics) {
    let lag = now.0.saturating_sub(claimed.delivery.not_before.0);
    match outcome {
        Outcome::Done(_) => {
            metrics.count("Delivered");
            if claimed.delivery.attempts == 1 {
                metrics.add("DeliveryLagMilliseconds", Unit::Milliseconds, lag as f64);
            }
        }
        Outcome::Skipped(_) => metrics.count("DeliverySkipped"),
        Outcome::Retry(..) => metrics.count("DeliveryFailed"),
        Outcome::Postponed(..) => metrics.count("DeliveryPostponed"),
        Outcome::Dead(_) => metrics.count("DeliveryDead"),
    }
}

fn tell(key: &DeliveryKey, claimed: &Claimed, outcome: &Outcome) {
    let attempts = claimed.delivery.attempts;
    let (word, note) = match outcome {
        Outcome::Done(_) => ("done", ""),
        Outcome::Skipped(note) => ("skipped", note.as_str()),
        Outcome::Retry(_, note) | Outcome::Postponed(_, note) => ("put off", note.as_str()),
        Outcome::Dead(note) => ("given up", note.as_str()),
    };
    info!(submission = %key.submission, kind = key.kind, sink = key.sink, attempts, note, outcome = word, "Worked on a delivery");
}
