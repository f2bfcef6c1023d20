use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use serde_json::{Map, Value, json};

use crate::Deps;
use crate::deliver::{Attempt, Parcel};

/// Who sends the events, for rules to match.
const SOURCE: &str = "sidetier.forms";

/// Puts a submission on the event bus. Fields marked personal are not in it: whoever
/// may read them asks for the submission by its name.
pub(crate) async fn put_event(parcel: &Parcel<'_>, detail_type: &str, deps: &Deps) -> Attempt {
    let submission = &parcel.stored.submission;
    let public: Map<String, Value> = parcel
        .form
        .fields
        .iter()
        .filter(|field| !field.personal)
        .filter_map(|field| {
            Some((
                field.name.clone(),
                submission.fields.get(&field.name)?.clone(),
            ))
        })
        .collect();
    let detail = json!({
        "submission": submission.id,
        "form": submission.form,
        "version": submission.version,
        "revises": submission.revises,
        "fields": public,
    });
    let entry = PutEventsRequestEntry::builder()
        .event_bus_name(&deps.config.event_bus)
        .source(SOURCE)
        .detail_type(detail_type)
        .detail(detail.to_string())
        .build();
    match deps.events.put_events().entries(entry).send().await {
        Ok(output) => match output.entries().first() {
            Some(entry) if entry.error_code().is_none() => {
                Attempt::Delivered(entry.event_id().map(str::to_owned))
            }
            Some(entry) => {
                let code = entry.error_code().unwrap_or_default();
                Attempt::Failed(format!("the event bus said {code}"), None)
            }
            None => Attempt::Failed("the event bus said nothing".to_owned(), None),
        },
        Err(error) => {
            tracing::warn!(error = %telemetry::Chain(&error), "The event bus failed");
            Attempt::Failed("the event bus could not be reached".to_owned(), None)
        }
    }
}
