//! The projection in PostgreSQL, brought to the present layout before its first use.

use database::{Database, DatabaseError, Parameters};
use tokio::sync::OnceCell;

use crate::schema::{LOCK, VERSION, VERSION_TABLE, statements, version};

/// PostgreSQL with the projection's tables.
pub(crate) struct Projection {
    database: Database,
    is_present: OnceCell<()>,
}

impl Projection {
    pub(crate) fn new(database: Database) -> Self {
        Self {
            database,
            is_present: OnceCell::new(),
        }
    }

    /// Carries out one statement. Every statement of this function may be carried out twice.
    pub(crate) async fn execute(
        &self,
        statement: &str,
        values: Parameters<'_>,
    ) -> Result<(), DatabaseError> {
        self.is_present.get_or_try_init(|| self.lay_out()).await?;
        self.database.execute(statement, values).await?;
        Ok(())
    }

    /// Brings the database to the present layout, once, however many workers try.
    async fn lay_out(&self) -> Result<(), DatabaseError> {
        let mut connection = self.database.connection().await?;
        let transaction = connection.transaction().await?;
        transaction.batch(LOCK).await?;
        transaction.batch(VERSION_TABLE).await?;
        let rows = transaction.query(VERSION, &[]).await?;
        let present = rows.first().and_then(|row| row.try_get::<_, i64>(0).ok());
        if present != Some(version()) {
            transaction.batch(&statements()).await?;
        }
        transaction.commit().await
    }
}
