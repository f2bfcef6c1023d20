use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_credential_types::provider::SharedCredentialsProvider;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tokio_postgres::{Client, Row};
use tracing::debug;

use crate::connect::Connector;
use crate::query::{Connection, Parameters, STATEMENT};
use crate::{DatabaseError, DatabaseSettings};

/// Longest wait for a connection that others use.
const WAIT: Duration = Duration::from_secs(2);
/// Longest wait for a sign of life.
const PROBE: Duration = Duration::from_millis(250);
/// A connection that was used within this time needs to give none.
const RECENT: Duration = Duration::from_secs(1);
/// After this time a connection is replaced, so that a name's new addresses are noticed.
const LONGEST_LIFE: Duration = Duration::from_mins(30);

/// A database, connected to when first needed. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    pool: Arc<Pool>,
    /// Longest wait for one statement.
    limit: Duration,
}

pub(crate) struct Pool {
    connector: Connector,
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    client: Client,
    opened: Instant,
    used: Instant,
}

/// A connection that is lent out; it goes back when dropped.
pub(crate) struct Lent {
    /// There until it goes back.
    client: Option<Client>,
    opened: Instant,
    pool: Arc<Pool>,
    _permit: OwnedSemaphorePermit,
}

impl Database {
    /// A database as the settings say. `credentials` sign tokens where IAM decides.
    ///
    /// # Errors
    /// When the URL is none or certificates cannot be read.
    pub fn new(
        settings: &DatabaseSettings,
        credentials: Option<SharedCredentialsProvider>,
    ) -> Result<Self, DatabaseError> {
        Ok(Self::over(Connector::new(settings, credentials)?, settings))
    }

    /// A database that is only asked: a replica will do, which takes no writes.
    ///
    /// # Errors
    /// As [`Database::new`].
    pub fn reading(
        settings: &DatabaseSettings,
        credentials: Option<SharedCredentialsProvider>,
    ) -> Result<Self, DatabaseError> {
        let connector = Connector::new(settings, credentials)?.reading();
        Ok(Self::over(connector, settings))
    }

    fn over(connector: Connector, settings: &DatabaseSettings) -> Self {
        let pool = Pool {
            connector,
            permits: Arc::new(Semaphore::new(settings.connections.max(1))),
            idle: Mutex::default(),
        };
        Self {
            pool: Arc::new(pool),
            limit: STATEMENT,
        }
    }

    /// The same database, connections and all, for statements that may take `limit` at most; ten
    /// seconds where that is less. One that takes longer costs its connection.
    #[must_use]
    pub fn within(&self, limit: Duration) -> Self {
        Self {
            pool: Arc::clone(&self.pool),
            limit: limit.min(STATEMENT),
        }
    }

    /// The rows of a statement that only reads. Met by a connection that is gone, it is asked
    /// once more on a new one.
    ///
    /// # Errors
    /// When there is no connection, or the statement is refused or takes too long.
    pub async fn query(
        &self,
        statement: &str,
        parameters: Parameters<'_>,
    ) -> Result<Vec<Row>, DatabaseError> {
        let outcome = self.connection().await?.query(statement, parameters).await;
        match outcome {
            Err(error) if error.is_lost_connection() => {
                debug!(error = %error, "Asking the database again on a new connection");
                self.connection().await?.query(statement, parameters).await
            }
            outcome => outcome,
        }
    }

    /// The first row of a statement that only reads, if there is one.
    ///
    /// # Errors
    /// As [`Database::query`].
    pub async fn query_optional(
        &self,
        statement: &str,
        parameters: Parameters<'_>,
    ) -> Result<Option<Row>, DatabaseError> {
        Ok(self.query(statement, parameters).await?.into_iter().next())
    }

    /// Carries out a statement that writes, and tells how many rows it concerned.
    ///
    /// # Errors
    /// As [`Database::query`]; but it is never asked twice: whether a write that got no answer
    /// was carried out is for the caller to find out.
    pub async fn execute(
        &self,
        statement: &str,
        parameters: Parameters<'_>,
    ) -> Result<u64, DatabaseError> {
        self.connection()
            .await?
            .execute(statement, parameters)
            .await
    }

    /// A connection of one's own, for transactions.
    ///
    /// # Errors
    /// When there is none to be had.
    pub async fn connection(&self) -> Result<Connection, DatabaseError> {
        let waiting = timeout(WAIT, Arc::clone(&self.pool.permits).acquire_owned()).await;
        let busy = DatabaseError::Timeout {
            action: "wait for a free connection to the database",
            milliseconds: WAIT.as_millis(),
        };
        // The semaphore is never closed.
        let Ok(Ok(permit)) = waiting else {
            return Err(busy);
        };
        let (client, opened) = match self.pool.living().await {
            Some(known) => known,
            None => (self.pool.connector.connect().await?, Instant::now()),
        };
        let lent = Lent {
            client: Some(client),
            opened,
            pool: Arc::clone(&self.pool),
            _permit: permit,
        };
        Ok(Connection::new(lent, self.limit))
    }
}

impl Pool {
    /// A connection of before that is alive. Those that are not are dropped on the way, all
    /// of them at the same price: after a freeze they are dead together.
    async fn living(&self) -> Option<(Client, Instant)> {
        let mut probed = false;
        while let Some(idle) = self.take() {
            if idle.client.is_closed() || idle.opened.elapsed() > LONGEST_LIFE {
                continue;
            }
            if idle.used.elapsed() < RECENT {
                return Some((idle.client, idle.opened));
            }
            if probed {
                continue;
            }
            if matches!(
                timeout(PROBE, idle.client.simple_query("")).await,
                Ok(Ok(_))
            ) {
                return Some((idle.client, idle.opened));
            }
            debug!("A connection to the database gave no sign of life");
            probed = true;
        }
        None
    }

    fn take(&self) -> Option<Idle> {
        // What a panicking thread left behind is a list like any other.
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop()
    }
}

impl Lent {
    pub(crate) fn client(&self) -> Result<&Client, DatabaseError> {
        self.client.as_ref().ok_or(DatabaseError::Host)
    }

    pub(crate) fn client_mut(&mut self) -> Result<&mut Client, DatabaseError> {
        self.client.as_mut().ok_or(DatabaseError::Host)
    }

    /// Ends the connection instead of giving it back: nobody knows what it still does.
    pub(crate) fn discard(&mut self) {
        self.client = None;
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let Some(client) = self.client.take().filter(|client| !client.is_closed()) else {
            return;
        };
        let idle = Idle {
            client,
            opened: self.opened,
            used: Instant::now(),
        };
        let mut list = self
            .pool
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        list.push(idle);
    }
}
