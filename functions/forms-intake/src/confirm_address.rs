//! Links in mails: confirming an address, unsubscribing, a receipt.

use std::time::SystemTime;

use form_definition::{Form, Trigger};
use form_guard::{Purpose, TokenError};
use submission_store::{DeliveryKey, LinkSubject, Millis};

use crate::{Deps, IntakeError};

/// What a link is about, and its form.
pub(crate) fn open_link(
    token: &str,
    purpose: Purpose,
    deps: &Deps,
    now: SystemTime,
) -> Result<(LinkSubject, &'static Form), IntakeError> {
    let opened = form_guard::open(&deps.key, purpose, token, Millis::of(now).seconds());
    let opened = opened.map_err(|error| match error {
        TokenError::Expired => IntakeError::LinkExpired,
        _ => IntakeError::LinkForged,
    })?;
    let subject = LinkSubject::parse(&opened.payload).map_err(|_| IntakeError::LinkForged)?;
    let form = site_forms::form(&subject.form).ok_or(IntakeError::LinkExpired)?;
    Ok((subject, form))
}

/// Confirms the address: the deliveries that waited for it start. Twice does no harm.
pub(crate) async fn confirm_address(
    subject: &LinkSubject,
    form: &Form,
    deps: &Deps,
    now: SystemTime,
) -> Result<(), IntakeError> {
    let deliveries: Vec<DeliveryKey> = form
        .sinks
        .iter()
        .filter(|sink| sink.trigger == Trigger::Confirmed)
        .map(|sink| DeliveryKey {
            submission: subject.submission.clone(),
            kind: sink.delivery.kind().to_owned(),
            sink: sink.id.clone(),
        })
        .collect();
    deps.submissions
        .confirm(
            &subject.submission,
            &deliveries,
            subject.at,
            Millis::of(now),
        )
        .await?;
    Ok(())
}

/// Unsubscribes the address. Twice does no harm.
pub(crate) async fn unsubscribe(
    subject: &LinkSubject,
    deps: &Deps,
    now: SystemTime,
) -> Result<(), IntakeError> {
    deps.submissions
        .unsubscribe(&subject.submission, subject.at, Millis::of(now))
        .await?;
    Ok(())
}
