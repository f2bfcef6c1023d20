use database::{Database, DatabaseAuth, DatabaseError, DatabaseSettings, Row, column};
use health_checks::{Percent, Period, PostgresAnswer, PostgresCheck};
use settings::Secret;

use crate::probe::phases::{Phase, Phases};
use crate::probe::{Clients, ProbeError};

/// The variable with the site's own database, which is signed in to as the site does.
const SITE_DATABASE: &str = "DATABASE_URL";

/// All that is wanted, in one statement.
///
/// - `numbackends` counts everybody's connections; who may not see them in `pg_stat_activity`
///   would count too few there. The limit is what is left for those who are no superusers.
/// - Transactions of clients only: vacuums and replication may take as long as they want. Of
///   sessions of other roles their age is seen by members of `pg_read_all_stats`.
const LOOK: &str = "SELECT \
    (SELECT coalesce(sum(numbackends), 0)::bigint FROM pg_stat_database WHERE datname IS NOT NULL), \
    current_setting('max_connections')::bigint \
      - current_setting('superuser_reserved_connections')::bigint \
      - coalesce(nullif(current_setting('reserved_connections', true), ''), '0')::bigint, \
    (SELECT coalesce(extract(epoch FROM max(clock_timestamp() - xact_start)) * 1000, 0)::bigint \
      FROM pg_stat_activity WHERE pid <> pg_backend_pid() \
      AND coalesce(backend_type, 'client backend') = 'client backend'), \
    (SELECT max(age(datfrozenxid))::bigint FROM pg_database)";

/// How far a replica is behind, in milliseconds; null when it is none. What has come in and was
/// replayed is not behind, however long ago it was written, as long as more would come in. One
/// that was started anew and is fed by nobody does not know how far it is behind: `greatest`
/// would make that nothing at all.
const LAG: &str = "CASE WHEN NOT pg_is_in_recovery() THEN NULL \
    WHEN pg_last_wal_receive_lsn() IS NOT DISTINCT FROM pg_last_wal_replay_lsn() \
      AND EXISTS (SELECT FROM pg_stat_wal_receiver) THEN 0 \
    WHEN pg_last_xact_replay_timestamp() IS NULL THEN NULL \
    ELSE greatest(extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000, 0)::bigint END";

/// The row that is written. The site's migrations make it.
const WRITE: &str =
    "WITH canary AS (UPDATE health_canary SET written_at = now() WHERE id = 1 RETURNING 1)";

/// PostgreSQL's code for a table that is not there:
/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
const UNDEFINED_TABLE: &str = "42P01";

/// Connects, and asks for all that the check wants to know in one statement.
pub(crate) async fn ask(
    check: &PostgresCheck,
    clients: &Clients,
    phases: &Phases,
) -> Result<PostgresAnswer, ProbeError> {
    let settings = settings(check, clients)?;
    phases.begin(Phase::Connect);
    let credentials = clients.credentials.clone();
    let opened = if check.replica_lag.is_set() {
        Database::reading(&settings, credentials)
    } else {
        Database::new(&settings, credentials)
    };
    // A pool of one, which ends with the probe.
    let database = opened.map_err(|error| ProbeError::Settings(error.into()))?;
    let mut connection = database.connection().await?;
    phases.begin(Phase::FirstByte);
    let rows = connection.query(&statement(check), &[]).await;
    let rows = rows.map_err(explained)?;
    let latency = phases.finish_period();
    let row = rows.first().ok_or(ProbeError::Answer("there is no row"))?;
    let answer = answer(check, row)?;
    Ok(PostgresAnswer {
        latency: Some(latency),
        ..answer
    })
}

/// The site's own database is signed in to as the site does, any other by what its address
/// says.
fn settings(check: &PostgresCheck, clients: &Clients) -> Result<DatabaseSettings, ProbeError> {
    let url = clients.variables.resolve(&check.url)?;
    let is_own = check.url.variable() == Some((SITE_DATABASE, ""));
    let site = clients.database.as_ref();
    Ok(DatabaseSettings {
        url: Secret::new(url),
        auth: site
            .filter(|_| is_own)
            .map_or(DatabaseAuth::Url, |site| site.auth.clone()),
        ca_file: site.and_then(|site| site.ca_file.clone()),
        connections: 1,
    })
}

fn statement(check: &PostgresCheck) -> String {
    let mut statement = String::new();
    if check.write_canary {
        statement.push_str(WRITE);
        statement.push(' ');
    }
    statement.push_str(LOOK);
    statement.push_str(", ");
    statement.push_str(if check.replica_lag.is_set() {
        LAG
    } else {
        "NULL::bigint"
    });
    if check.write_canary {
        statement.push_str(", (SELECT count(*) FROM canary)");
    }
    statement
}

fn answer(check: &PostgresCheck, row: &Row) -> Result<PostgresAnswer, ProbeError> {
    let whole = |number: i64| u64::try_from(number).unwrap_or(0);
    let (used, allowed): (i64, i64) = (column(row, 0)?, column(row, 1)?);
    let (age_ms, xid_age): (i64, i64) = (column(row, 2)?, column(row, 3)?);
    let lag_ms: Option<i64> = column(row, 4)?;
    if check.replica_lag.is_set() && lag_ms.is_none() {
        return Err(ProbeError::Layout(
            "it is no replica, or one that has replayed nothing since it was started",
        ));
    }
    let writes = if check.write_canary {
        let written: i64 = column(row, 5)?;
        Some(written == 1)
    } else {
        None
    };
    Ok(PostgresAnswer {
        writes,
        connections: Some(Percent::of(whole(used), whole(allowed))),
        // To the second: what is shown of it is to be read.
        xact_age: Some(Period::from_seconds(whole(age_ms) / 1000)),
        xid_age: Some(whole(xid_age)),
        replica_lag: lag_ms.map(|ms| Period::from_ms(whole(ms))),
        latency: None,
    })
}

fn explained(error: DatabaseError) -> ProbeError {
    let state = match &error {
        DatabaseError::Query(error) => error.code(),
        _ => None,
    };
    if state.is_some_and(|state| state.code() == UNDEFINED_TABLE) {
        return ProbeError::Layout(
            "write a row: the table `health_canary` is missing, which the site's migrations make",
        );
    }
    error.into()
}

#[cfg(test)]
mod tests {
    use health_checks::{Levels, Setting};

    use super::*;

    #[test]
    fn only_what_is_wanted_is_asked() {
        let mut check = PostgresCheck {
            url: Setting::new("env:DATABASE_URL"),
            write_canary: false,
            connections_pct: Levels::default(),
            xact_age: Levels::default(),
            xid_age: Levels::default(),
            replica_lag: Levels::default(),
            latency: Levels::default(),
        };
        let plain = statement(&check);
        assert!(plain.starts_with("SELECT") && !plain.contains("pg_last_wal"));
        check.write_canary = true;
        assert!(statement(&check).starts_with("WITH canary AS (UPDATE health_canary"));
        check.write_canary = false;
        check.replica_lag = Levels::failing(Period::from_seconds(60));
        assert!(statement(&check).contains("pg_is_in_recovery()"));
    }
}
