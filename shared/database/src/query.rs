use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, ToSql, Type};

use crate::DatabaseError;
use crate::pool::Lent;

/// Longest wait for one statement where nobody says less. The role's own `statement_timeout` is
/// shorter.
pub(crate) const STATEMENT: Duration = Duration::from_secs(10);

/// The values of a statement, with their types. Only PostgreSQL's own types: for others it
/// would be asked first.
pub type Parameters<'a> = &'a [(&'a (dyn ToSql + Sync), Type)];

/// A connection of one's own. It goes back to the pool when dropped.
pub struct Connection {
    lent: Lent,
    limit: Duration,
}

/// A transaction; without [`Transaction::commit`] nothing of it stays.
pub struct Transaction<'a> {
    inner: tokio_postgres::Transaction<'a>,
    limit: Duration,
}

impl Connection {
    pub(crate) const fn new(lent: Lent, limit: Duration) -> Self {
        Self { lent, limit }
    }

    /// The rows of a statement.
    ///
    /// # Errors
    /// When it is refused or takes too long, or the connection breaks.
    pub async fn query(
        &mut self,
        statement: &str,
        parameters: Parameters<'_>,
    ) -> Result<Vec<Row>, DatabaseError> {
        let client = self.lent.client()?;
        let outcome = within(self.limit, client.query_typed(statement, parameters)).await;
        self.settle(outcome)
    }

    /// Carries out a statement, and tells how many rows it concerned.
    ///
    /// # Errors
    /// As [`Connection::query`].
    pub async fn execute(
        &mut self,
        statement: &str,
        parameters: Parameters<'_>,
    ) -> Result<u64, DatabaseError> {
        let client = self.lent.client()?;
        let outcome = within(self.limit, client.execute_typed(statement, parameters)).await;
        self.settle(outcome)
    }

    /// Begins a transaction.
    ///
    /// # Errors
    /// As [`Connection::query`].
    pub async fn transaction(&mut self) -> Result<Transaction<'_>, DatabaseError> {
        let limit = self.limit;
        let inner = within(limit, self.lent.client_mut()?.transaction()).await?;
        Ok(Transaction { inner, limit })
    }

    /// A connection that gave no answer is not lent out again.
    fn settle<T>(&mut self, outcome: Result<T, DatabaseError>) -> Result<T, DatabaseError> {
        let is_settled = match &outcome {
            Ok(_) => true,
            Err(DatabaseError::Timeout { .. }) => false,
            Err(error) => !error.is_lost_connection(),
        };
        if !is_settled {
            self.lent.discard();
        }
        outcome
    }
}

impl Transaction<'_> {
    /// The rows of a statement.
    ///
    /// # Errors
    /// When it is refused or takes too long, or the connection breaks.
    pub async fn query(
        &self,
        statement: &str,
        parameters: Parameters<'_>,
    ) -> Result<Vec<Row>, DatabaseError> {
        within(self.limit, self.inner.query_typed(statement, parameters)).await
    }

    /// Carries out a statement, and tells how many rows it concerned.
    ///
    /// # Errors
    /// As [`Transaction::query`].
    pub async fn execute(
        &self,
        statement: &str,
        parameters: Parameters<'_>,
    ) -> Result<u64, DatabaseError> {
        within(self.limit, self.inner.execute_typed(statement, parameters)).await
    }

    /// Carries out several statements that take no values.
    ///
    /// # Errors
    /// As [`Transaction::query`].
    pub async fn batch(&self, statements: &str) -> Result<(), DatabaseError> {
        within(self.limit, self.inner.batch_execute(statements)).await
    }

    /// Makes it last.
    ///
    /// # Errors
    /// As [`Transaction::query`]. Without an answer, it may have been carried out or not.
    pub async fn commit(self) -> Result<(), DatabaseError> {
        within(self.limit, self.inner.commit()).await
    }
}

/// A column of a row, by its place.
///
/// # Errors
/// When there is none, or it has another type.
pub fn column<'a, T: FromSql<'a>>(row: &'a Row, index: usize) -> Result<T, DatabaseError> {
    row.try_get(index).map_err(DatabaseError::Query)
}

async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, tokio_postgres::Error>>,
) -> Result<T, DatabaseError> {
    let outcome = timeout(limit, work).await;
    let late = DatabaseError::Timeout {
        action: "ask the database",
        milliseconds: limit.as_millis(),
    };
    outcome.map_err(|_| late)?.map_err(DatabaseError::Query)
}
