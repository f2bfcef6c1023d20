//! `cache_purges`: what the CDN has to forget, and how far each of them is.

use std::time::Duration;

use database::{Database, DatabaseError, Parameters, Row, Transaction, Type, column};

use crate::purge_plan::NewPurge;

/// Rows that are deleted at a time, of those that are done.
const FORGOTTEN: i64 = 500;

const INSERT: &str = "INSERT INTO cache_purges (reference, paths, tags, changed_at, due_at) \
     VALUES ($1, $2, $3, to_timestamp($4::float8 / 1000000), \
       clock_timestamp() + make_interval(secs => $5)) ON CONFLICT (reference) DO NOTHING";

/// The one that has waited longest. While its step is taken no other run sees it; a run that dies
/// leaves it for a minute.
const CLAIM: &str = "UPDATE cache_purges SET lease_until = clock_timestamp() + interval '60 s' \
     WHERE id = (SELECT id FROM cache_purges WHERE done_at IS NULL \
       AND due_at <= clock_timestamp() \
       AND (lease_until IS NULL OR lease_until <= clock_timestamp()) \
       ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED) \
     RETURNING id, reference, paths, tags, invalidation, completed_at IS NOT NULL, failures, \
       floor(extract(epoch FROM changed_at) * 1000)::bigint, \
       floor(extract(epoch FROM clock_timestamp() - changed_at) * 1000)::bigint, \
       floor(extract(epoch FROM clock_timestamp() - submitted_at) * 1000)::bigint";

const SUBMITTED: &str = "UPDATE cache_purges SET invalidation = $2, submitted_at = clock_timestamp(), \
     due_at = clock_timestamp() + make_interval(secs => $3), lease_until = NULL, failures = 0 \
     WHERE id = $1 AND done_at IS NULL";

const LATER: &str = "UPDATE cache_purges SET lease_until = NULL, failures = failures + $2, \
     due_at = clock_timestamp() + make_interval(secs => $3) WHERE id = $1 AND done_at IS NULL";

const LOST: &str = "UPDATE cache_purges SET lease_until = NULL, invalidation = NULL, \
     submitted_at = NULL WHERE id = $1 AND done_at IS NULL";

const COMPLETED: &str =
    "UPDATE cache_purges SET completed_at = clock_timestamp() WHERE id = $1 AND done_at IS NULL";

const DONE: &str = "UPDATE cache_purges SET done_at = clock_timestamp(), lease_until = NULL \
     WHERE id = $1 AND done_at IS NULL";

/// In how many milliseconds the next step is due, the age of the oldest event that was not taken,
/// and the age of the oldest change that a cache may not know, taken or not. `least` passes over
/// what is NULL.
const OUTLOOK: &str = "SELECT \
     (SELECT floor(extract(epoch FROM min(greatest(due_at, lease_until)) - clock_timestamp()) \
       * 1000)::bigint FROM cache_purges WHERE done_at IS NULL), \
     (SELECT floor(extract(epoch FROM clock_timestamp() - min(created_at)) * 1000)::bigint \
       FROM cache_events WHERE invalidated_at IS NULL), \
     (SELECT floor(extract(epoch FROM clock_timestamp() - least( \
       (SELECT min(created_at) FROM cache_events WHERE invalidated_at IS NULL), \
       (SELECT min(changed_at) FROM cache_purges \
         WHERE done_at IS NULL AND completed_at IS NULL))) * 1000)::bigint)";

const FORGET_PURGES: &str = "DELETE FROM cache_purges WHERE id IN (SELECT id FROM cache_purges \
     WHERE done_at < now() - interval '7 days' ORDER BY id LIMIT $1)";
const FORGET_EVENTS: &str = "DELETE FROM cache_events WHERE id IN (SELECT id FROM cache_events \
     WHERE invalidated_at < now() - interval '7 days' ORDER BY id LIMIT $1)";

/// The table.
#[derive(Clone)]
pub(crate) struct PurgeTable {
    database: Database,
}

/// A purge whose next step this run takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Purge {
    pub(crate) id: i64,
    pub(crate) reference: String,
    pub(crate) paths: Vec<String>,
    pub(crate) tags: Vec<String>,
    /// CloudFront's id, once it has taken the request.
    pub(crate) invalidation: Option<String>,
    /// Whether CloudFront has said that all its places have forgotten.
    pub(crate) is_completed: bool,
    /// How many steps failed in a row.
    pub(crate) failures: i32,
    /// When the change was made, in milliseconds since 1970.
    pub(crate) changed_ms: i64,
    /// How long ago that was, in milliseconds.
    pub(crate) age_ms: i64,
    /// How long ago CloudFront took the request, in milliseconds.
    pub(crate) submitted_ago_ms: Option<i64>,
}

/// What there is left to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Outlook {
    /// When the next step of a purge is due; none when all are done.
    pub(crate) next_in: Option<Duration>,
    /// The age of the oldest event that was not taken.
    pub(crate) oldest_event: Option<Duration>,
    /// The age of the oldest change that was not taken, or that CloudFront is not done with.
    pub(crate) oldest_change: Option<Duration>,
}

/// Adds a purge, in the transaction that takes its events.
pub(crate) async fn insert(
    transaction: &Transaction<'_>,
    purge: &NewPurge,
) -> Result<(), DatabaseError> {
    let due_in = purge.due_in.as_secs_f64();
    let values = [
        (&purge.reference as _, Type::TEXT),
        (&purge.paths as _, Type::TEXT_ARRAY),
        (&purge.tags as _, Type::TEXT_ARRAY),
        (&purge.changed_us as _, Type::INT8),
        (&due_in as _, Type::FLOAT8),
    ];
    transaction.execute(INSERT, &values).await?;
    Ok(())
}

impl PurgeTable {
    pub(crate) const fn new(database: Database) -> Self {
        Self { database }
    }

    /// A purge that is due and nobody else is at.
    pub(crate) async fn claim(&self) -> Result<Option<Purge>, DatabaseError> {
        // Not `Database::query`: it may ask twice, and this changes what it finds.
        let mut connection = self.database.connection().await?;
        let rows = connection.query(CLAIM, &[]).await?;
        rows.first().map(read).transpose()
    }

    /// CloudFront has taken the request; ask again after `wait`.
    pub(crate) async fn submitted(
        &self,
        id: i64,
        invalidation: &str,
        wait: Duration,
    ) -> Result<(), DatabaseError> {
        let wait = wait.as_secs_f64();
        let values = [
            (&id as _, Type::INT8),
            (&invalidation as _, Type::TEXT),
            (&wait as _, Type::FLOAT8),
        ];
        self.record(SUBMITTED, &values).await
    }

    /// CloudFront is still at it.
    pub(crate) async fn wait(&self, id: i64, wait: Duration) -> Result<(), DatabaseError> {
        self.later(id, 0, wait).await
    }

    /// A step failed; it is due again after `wait`.
    pub(crate) async fn failed(&self, id: i64, wait: Duration) -> Result<(), DatabaseError> {
        self.later(id, 1, wait).await
    }

    /// CloudFront knows nothing of it: it is to be told again.
    pub(crate) async fn lost(&self, id: i64) -> Result<(), DatabaseError> {
        self.record(LOST, &[(&id, Type::INT8)]).await
    }

    /// CloudFront has forgotten everywhere.
    pub(crate) async fn completed(&self, id: i64) -> Result<(), DatabaseError> {
        self.record(COMPLETED, &[(&id, Type::INT8)]).await
    }

    /// Nothing is left to do.
    pub(crate) async fn done(&self, id: i64) -> Result<(), DatabaseError> {
        self.record(DONE, &[(&id, Type::INT8)]).await
    }

    /// What there is left to do.
    pub(crate) async fn outlook(&self) -> Result<Outlook, DatabaseError> {
        let row = self.database.query_optional(OUTLOOK, &[]).await?;
        let ms = |index| -> Result<Option<Duration>, DatabaseError> {
            let Some(row) = &row else { return Ok(None) };
            let ms: Option<i64> = column(row, index)?;
            Ok(ms.map(|ms| Duration::from_millis(u64::try_from(ms).unwrap_or(0))))
        };
        Ok(Outlook {
            next_in: ms(0)?,
            oldest_event: ms(1)?,
            oldest_change: ms(2)?,
        })
    }

    /// Deletes some of what was done a week ago.
    pub(crate) async fn forget(&self) -> Result<(), DatabaseError> {
        for statement in [FORGET_PURGES, FORGET_EVENTS] {
            self.record(statement, &[(&FORGOTTEN, Type::INT8)]).await?;
        }
        Ok(())
    }

    async fn later(&self, id: i64, failures: i32, wait: Duration) -> Result<(), DatabaseError> {
        let wait = wait.as_secs_f64();
        let values = [
            (&id as _, Type::INT8),
            (&failures as _, Type::INT4),
            (&wait as _, Type::FLOAT8),
        ];
        self.record(LATER, &values).await
    }

    async fn record(&self, statement: &str, values: Parameters<'_>) -> Result<(), DatabaseError> {
        self.database.execute(statement, values).await?;
        Ok(())
    }
}

fn read(row: &Row) -> Result<Purge, DatabaseError> {
    Ok(Purge {
        id: column(row, 0)?,
        reference: column(row, 1)?,
        paths: column(row, 2)?,
        tags: column(row, 3)?,
        invalidation: column(row, 4)?,
        is_completed: column(row, 5)?,
        failures: column(row, 6)?,
        changed_ms: column(row, 7)?,
        age_ms: column(row, 8)?,
        submitted_ago_ms: column(row, 9)?,
    })
}
