//! A connection that survives being frozen: Lambda stops a process between two events
//! for minutes, and the other side may be gone by then without a word.

use std::time::Duration;

use settings::Secret;
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::timeout;
use tokio_postgres::{Client, Config, NoTls};
use tracing::warn;

use crate::ProjectError;
use crate::schema::{LOCK_VERSION, VERSION_TABLE, statements, version};

/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(3);
/// Longest wait for one statement.
const STATEMENT: Duration = Duration::from_secs(10);
/// Longest wait for a sign of life of a connection that was used before.
const PROBE: Duration = Duration::from_millis(250);

/// PostgreSQL, connected when first needed.
pub(crate) struct Database {
    url: Secret,
    client: Mutex<Option<Client>>,
}

/// A connection in use.
pub(crate) struct Connection<'a>(MutexGuard<'a, Option<Client>>);

impl Database {
    pub(crate) fn new(url: Secret) -> Self {
        Self {
            url,
            client: Mutex::new(None),
        }
    }

    /// The connection of before, if it is alive, else a new one.
    pub(crate) async fn connection(&self) -> Result<Connection<'_>, ProjectError> {
        let mut client = self.client.lock().await;
        if let Some(known) = client.as_ref() {
            let alive = timeout(PROBE, known.simple_query("SELECT 1")).await;
            if matches!(alive, Ok(Ok(_))) {
                return Ok(Connection(client));
            }
            warn!("The connection to PostgreSQL was dead: connecting again");
        }
        *client = None;
        *client = Some(self.connect().await?);
        Ok(Connection(client))
    }

    async fn connect(&self) -> Result<Client, ProjectError> {
        let config: Config = self.url.expose().parse()?;
        let connecting = timeout(CONNECT, config.connect(NoTls)).await;
        let (mut client, connection) = connecting.map_err(|_| ProjectError::Timeout {
            seconds: CONNECT.as_secs(),
        })??;
        // Ends with the client, or when the other side ends it; the next probe notices.
        tokio::spawn(connection);
        within(migrate(&mut client)).await?;
        Ok(client)
    }
}

impl Connection<'_> {
    /// Runs one statement.
    pub(crate) async fn execute(
        &self,
        statement: &str,
        values: &[(
            &(dyn tokio_postgres::types::ToSql + Sync),
            tokio_postgres::types::Type,
        )],
    ) -> Result<(), ProjectError> {
        let Some(client) = self.0.as_ref() else {
            return Ok(());
        };
        // Typed: no prepared statement stays behind on the server.
        within(async { client.query_typed(statement, values).await.map(drop) }).await
    }
}

async fn within<T>(
    work: impl Future<Output = Result<T, tokio_postgres::Error>>,
) -> Result<T, ProjectError> {
    let outcome = timeout(STATEMENT, work).await;
    Ok(outcome.map_err(|_| ProjectError::Timeout {
        seconds: STATEMENT.as_secs(),
    })??)
}

/// Brings the database to the present layout, once, however many workers try.
async fn migrate(client: &mut Client) -> Result<(), tokio_postgres::Error> {
    let present = client
        .simple_query("SELECT to_regclass('form_projection_version') IS NOT NULL")
        .await;
    let exists = present?.iter().any(|message| {
        matches!(message, tokio_postgres::SimpleQueryMessage::Row(row) if row.get(0) == Some("t"))
    });
    if !exists {
        // Two workers may both try; the second one's duplicate is an error it may ignore.
        if let Err(error) = client.batch_execute(VERSION_TABLE).await {
            let raced = error.code() == Some(&tokio_postgres::error::SqlState::UNIQUE_VIOLATION);
            if !raced {
                return Err(error);
            }
        }
    }
    let transaction = client.transaction().await?;
    let row = transaction.query_typed_one(LOCK_VERSION, &[]).await?;
    if row.get::<_, i64>(0) != version() {
        transaction.batch_execute(&statements()).await?;
    }
    transaction.commit().await
}
