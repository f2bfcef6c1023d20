//! The first step: rows of the outbox become what Redis has forgotten and the CDN is to forget.

use database::{Row, Transaction, Type, column};
use telemetry::Unit;
use tracing::{info, warn};

use crate::purge_plan::{Event, plan};
use crate::purge_table::insert;
use crate::{Deps, InvalidateError};

/// Rows that are taken at a time.
const BATCH: usize = 200;

/// Rows whose transaction, and every one that began before it, is over for everybody. Another
/// run takes others.
const TAKE: &str = "SELECT id, tag, paths, floor(extract(epoch FROM created_at) * 1000000)::bigint \
     FROM cache_events \
     WHERE invalidated_at IS NULL AND xid < pg_snapshot_xmin(pg_current_snapshot()) \
     ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED";

const MARK: &str = "UPDATE cache_events SET invalidated_at = clock_timestamp() WHERE id = ANY($1)";

/// Takes a batch of events. Tells how many; a full batch is followed by others.
///
/// # Errors
/// When the database or Redis fails: the rows stay.
pub(crate) async fn take_events(
    deps: &Deps,
    metrics: &mut telemetry::Metrics,
) -> Result<Taken, InvalidateError> {
    let mut connection = deps.database.connection().await?;
    let transaction = connection.transaction().await?;
    let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
    let rows = transaction.query(TAKE, &[(&limit, Type::INT8)]).await?;
    let events: Vec<Event> = rows.iter().map(read).collect::<Result<_, _>>()?;
    if events.is_empty() {
        return Ok(Taken::default());
    }
    // Before the CDN: what is asked for afterwards must not be made of old answers. Should the
    // transaction fail, Redis forgets once more.
    let tags: Vec<String> = events.iter().map(|event| event.tag.clone()).collect();
    deps.cache.invalidate(&tags).await?;
    let planned = plan_purges(deps, &transaction, &events).await?;
    let ids: Vec<i64> = events.iter().map(|event| event.id).collect();
    transaction
        .execute(MARK, &[(&ids, Type::INT8_ARRAY)])
        .await?;
    transaction.commit().await?;
    metrics.add("InvalidationEvents", Unit::Count, events.len() as f64);
    info!(
        events = events.len(),
        purges = planned,
        "Took events of the outbox"
    );
    Ok(Taken {
        events: events.len(),
        is_full: events.len() == BATCH,
    })
}

/// What was taken.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Taken {
    pub(crate) events: usize,
    /// Whether there may be more.
    pub(crate) is_full: bool,
}

async fn plan_purges(
    deps: &Deps,
    transaction: &Transaction<'_>,
    events: &[Event],
) -> Result<usize, InvalidateError> {
    if !deps.edge.is_there() {
        return Ok(0);
    }
    let plan = plan(events, deps.edge.has_distribution());
    if !plan.bad_paths.is_empty() {
        let examples = plan.bad_paths.iter().take(3).collect::<Vec<_>>();
        warn!(
            count = plan.bad_paths.len(),
            ?examples,
            "Left out paths that are none"
        );
    }
    for purge in &plan.purges {
        insert(transaction, purge).await?;
    }
    Ok(plan.purges.len())
}

fn read(row: &Row) -> Result<Event, database::DatabaseError> {
    Ok(Event {
        id: column(row, 0)?,
        tag: column(row, 1)?,
        paths: column(row, 2)?,
        created_us: column(row, 3)?,
    })
}
