//! A change and what it makes stale.
//!
//! The tags of what changed and the addresses where it shows are written in the transaction of
//! the change, into `cache_events`. After the commit this server ends the answers in Redis, so
//! that the editor's next page is the new one, and the event bus hears of the change. Whether
//! that works or not, `functions/cache-invalidate` reads `cache_events` and sees to every cache:
//! nothing here marks a row as done.

use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use database::{Parameters, Type};
use serde_json::json;
use telemetry::Chain;
use tracing::warn;

use crate::{App, SiteError};

/// Who tells the event bus.
const EVENT_SOURCE: &str = "sidetier.site";
/// What it is told.
const EVENT_TYPE: &str = "cache.invalidated";

/// Notes what a change made stale: a row for each tag, and the addresses with the first.
const NOTE: &str = "INSERT INTO cache_events (tag, paths) \
     SELECT tag, CASE place WHEN 1 THEN $2 ELSE '{}'::text[] END \
     FROM unnest($1) WITH ORDINALITY AS stale (tag, place)";

/// What a change made stale.
pub(crate) struct Stale {
    /// Tags of answers.
    pub(crate) tags: Vec<String>,
    /// Addresses of pages.
    pub(crate) paths: Vec<String>,
}

/// Carries out a change and notes what it makes stale, both or neither; then makes caches
/// forget. False, and nothing happens, when the statement changes no row: another editor was
/// faster.
pub(crate) async fn publish(
    app: &App,
    statement: &str,
    values: Parameters<'_>,
    stale: &Stale,
) -> Result<bool, SiteError> {
    let mut connection = app.database().await?.connection().await?;
    let transaction = connection.transaction().await?;
    if transaction.execute(statement, values).await? == 0 {
        return Ok(false);
    }
    let noted = [
        (&stale.tags as _, Type::TEXT_ARRAY),
        (&stale.paths as _, Type::TEXT_ARRAY),
    ];
    transaction.execute(NOTE, &noted).await?;
    transaction.commit().await?;
    drop(connection);
    announce(app, stale).await;
    Ok(true)
}

/// Makes caches forget, after the change is committed.
async fn announce(app: &App, stale: &Stale) {
    if let Err(error) = app.cache().invalidate(&stale.tags).await {
        warn!(error = %Chain(&error), tags = ?stale.tags, "Left cached answers to cache-invalidate");
    }
    let Some(bus) = &app.config().event_bus else {
        return;
    };
    let detail = json!({"tags": stale.tags, "paths": stale.paths}).to_string();
    let entry = PutEventsRequestEntry::builder()
        .event_bus_name(bus)
        .source(EVENT_SOURCE)
        .detail_type(EVENT_TYPE)
        .detail(detail)
        .build();
    match app.events().put_events().entries(entry).send().await {
        Ok(answer) if answer.failed_entry_count() == 0 => {}
        Ok(_) => warn!(tags = ?stale.tags, "The event bus did not take an event"),
        Err(error) => {
            warn!(error = %Chain(&error), tags = ?stale.tags, "The event bus was not told");
        }
    }
}
