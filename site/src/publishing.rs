//! A change and what it makes stale.
//!
//! The tags of what changed are written in the transaction of the change, into
//! `cache_events`. After the commit they are invalidated in Redis, and the event bus hears of
//! them; when either fails the change stands, and [`sweep`] invalidates what is left over.

use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use database::{Parameters, Type, column};
use serde_json::json;
use telemetry::Chain;
use tracing::{info, warn};

use crate::{App, SiteError};

/// Who tells the event bus.
const EVENT_SOURCE: &str = "sidetier.site";
/// What it is told.
const EVENT_TYPE: &str = "cache.invalidated";

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
    let note = "INSERT INTO cache_events (tag) SELECT unnest($1)";
    transaction
        .execute(note, &[(&stale.tags, Type::TEXT_ARRAY)])
        .await?;
    transaction.commit().await?;
    drop(connection);
    announce(app, stale).await;
    Ok(true)
}

/// Makes caches forget, after the change is committed.
async fn announce(app: &App, stale: &Stale) {
    if let Err(error) = app.cache().invalidate(&stale.tags).await {
        warn!(error = %Chain(&error), tags = ?stale.tags, "Left cached answers to the sweep");
    } else if let Err(error) = mark(app, &stale.tags).await {
        // The sweep invalidates once more: no harm.
        warn!(error = %Chain(&error), "Left tags to the sweep");
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

async fn mark(app: &App, tags: &[String]) -> Result<(), SiteError> {
    let statement = "UPDATE cache_events SET invalidated_at = now() \
         WHERE invalidated_at IS NULL AND tag = ANY($1)";
    let database = app.database().await?;
    database
        .execute(statement, &[(&tags, Type::TEXT_ARRAY)])
        .await?;
    Ok(())
}

/// Invalidates in Redis what no change could: one round, of a hundred tags at most. Tells how
/// many it did.
///
/// # Errors
/// When the database is away. Redis being away leaves the tags for the next round.
pub async fn sweep(app: &App) -> Result<usize, SiteError> {
    let mut connection = app.database().await?.connection().await?;
    let transaction = connection.transaction().await?;
    // Of several web servers each takes rows that no other has.
    let open = "SELECT id, tag FROM cache_events WHERE invalidated_at IS NULL \
         AND created_at < now() - interval '2 seconds' \
         ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED";
    let rows = transaction.query(open, &[]).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let ids: Vec<i64> = rows
        .iter()
        .map(|row| column(row, 0))
        .collect::<Result<_, _>>()?;
    let tags: Vec<String> = rows
        .iter()
        .map(|row| column(row, 1))
        .collect::<Result<_, _>>()?;
    if let Err(error) = app.cache().invalidate(&tags).await {
        warn!(error = %Chain(&error), "Left cached answers to the next sweep");
        return Ok(0);
    }
    let done = "UPDATE cache_events SET invalidated_at = now() WHERE id = ANY($1)";
    transaction
        .execute(done, &[(&ids, Type::INT8_ARRAY)])
        .await?;
    transaction.commit().await?;
    info!(tags = tags.len(), "Invalidated what was left over");
    Ok(tags.len())
}
