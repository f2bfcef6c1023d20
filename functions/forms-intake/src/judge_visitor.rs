//! How much a submission looks like spam. Everything here fails open: a counter that
//! cannot be reached counts nothing, and a list that cannot be read names nobody.

use std::future::Future;
use std::time::Duration;

use form_definition::{Decoded, FieldKind, Form, ProofMode};
use form_guard::{Evidence, ProofFinding, Purpose, Thresholds, TokenFinding, Verdict};
use submission_store::{Millis, StoreError};
use telemetry::Chain;
use tracing::warn;

use crate::Deps;
use crate::verify_visitor::verify;
use crate::visitor::Visitor;

/// Longest wait for the guard table.
const PATIENCE: Duration = Duration::from_millis(400);
/// A message counts as repeated for a day.
const DAY: u64 = 24 * 3600;
/// Shorter texts are alike by chance.
const MIN_FINGERPRINT: usize = 20;

/// What a post was recognised by.
pub(crate) struct Identity {
    /// Digest that makes two posts the same one.
    pub digest: String,
    /// What the form's token was found to be.
    pub token: TokenFinding,
}

/// What the guard table says.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counts {
    /// Posts from the visitor's network within this minute.
    pub network: u32,
    /// Different posts with the same message today.
    pub message: usize,
    /// Whether the visitor's network operator attacked the site in the last day.
    pub operator_is_abusive: bool,
}

/// Counts this post; what cannot be counted is zero.
pub(crate) async fn count(
    form: &Form,
    decoded: &Decoded,
    visitor: &Visitor,
    identity: &Identity,
    deps: &Deps,
    now: Millis,
) -> Counts {
    let network = visitor.address.map(|address| {
        let network = form_guard::network_of(address);
        let digest = form_guard::digest(
            &deps.key,
            Purpose::Identity,
            &[b"network", form.id.as_bytes(), network.as_bytes()],
        );
        hex(&digest)
    });
    let message = message_of(form, decoded);
    let by_network = async {
        match &network {
            Some(key) => within(deps.guard.count(key, 60, now)).await,
            None => 0,
        }
    };
    let by_message = async {
        match &message {
            Some(key) => within(deps.guard.count_distinct(key, &identity.digest, DAY, now)).await,
            None => 0,
        }
    };
    let by_operator = async {
        let Some(asn) = visitor.asn else {
            return false;
        };
        let list = deps.guard.abusive_operators(now.into());
        deps.abusive_operators.contains(asn, now, list).await
    };
    let (network, message, operator_is_abusive) = tokio::join!(by_network, by_message, by_operator);
    Counts {
        network,
        message,
        operator_is_abusive,
    }
}

/// The answer of the guard table, or nothing where it takes too long or fails.
pub(crate) async fn within<T: Default>(answer: impl Future<Output = Result<T, StoreError>>) -> T {
    match tokio::time::timeout(PATIENCE, answer).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => {
            warn!(error = %Chain(&error), "The guard table failed: it counts for nothing");
            T::default()
        }
        Err(_) => {
            warn!("The guard table took too long: it counts for nothing");
            T::default()
        }
    }
}

/// The fingerprint of the post's long texts.
fn message_of(form: &Form, decoded: &Decoded) -> Option<String> {
    let texts: Vec<(&str, &str)> = form
        .fields
        .iter()
        .filter(|field| {
            matches!(
                field.kind,
                FieldKind::Text {
                    multiline: true,
                    ..
                }
            )
        })
        .filter_map(|field| {
            Some((
                field.name.as_str(),
                decoded.fields.get(&field.name)?.as_str()?,
            ))
        })
        .filter(|(_, text)| text.chars().count() >= MIN_FINGERPRINT)
        .collect();
    (!texts.is_empty()).then(|| form_guard::fingerprint(&texts))
}

/// Weighs everything that is known about a post.
pub(crate) async fn judge(
    form: &Form,
    decoded: &Decoded,
    visitor: &Visitor,
    identity: &Identity,
    counts: Counts,
    deps: &Deps,
    now: Millis,
) -> Verdict {
    let proof = find_proof(form, decoded, identity, deps, now).await;
    let verifier = verify(form, decoded.control.verifier_response.as_deref(), deps).await;
    let text = |multiline: bool| {
        form.fields
            .iter()
            .filter(move |field| {
                matches!(field.kind, FieldKind::Text { multiline: long, .. } if long == multiline)
            })
            .filter_map(|field| decoded.fields.get(&field.name)?.as_str())
            .collect::<Vec<&str>>()
    };
    let email = form
        .visitor_email
        .as_ref()
        .and_then(|name| decoded.fields.get(name)?.as_str());
    form_guard::judge(
        &Evidence {
            honeypot_filled: !decoded.control.honeypot.is_empty(),
            token: identity.token,
            proof,
            messages: &text(true),
            short_texts: &text(false),
            max_links: form.spam.max_links,
            repeated_messages: u32::try_from(counts.message).unwrap_or(u32::MAX),
            network_busy: counts.network > form.limits.suspicious_per_minute,
            usual_client: visitor.is_usual_client,
            asn: visitor.asn,
            operator_is_abusive: counts.operator_is_abusive,
            email,
            verifier,
        },
        &Thresholds {
            quarantine_at: form.spam.quarantine_at,
        },
    )
}

/// What the proof of work is worth; a proof counts once.
async fn find_proof(
    form: &Form,
    decoded: &Decoded,
    identity: &Identity,
    deps: &Deps,
    now: Millis,
) -> ProofFinding {
    let finding = match (&decoded.control.proof, form.spam.proof_of_work) {
        (_, ProofMode::Off | ProofMode::Monitor) => return ProofFinding::NotAsked,
        (None, ProofMode::Adaptive) => return ProofFinding::Missing { required: false },
        (None, ProofMode::Required) => return ProofFinding::Missing { required: true },
        (Some(proof), _) => form_guard::verify_proof(&deps.key, &form.id, proof),
    };
    let Ok(proof) = finding else {
        return ProofFinding::Wrong;
    };
    // Bound to the identity: the same post may come again with the same proof.
    let key = format!("proof#{}", proof.id);
    let users = deps.guard.count_distinct(&key, &identity.digest, DAY, now);
    if within(users).await > 1 {
        ProofFinding::Reused
    } else {
        ProofFinding::Valid
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
