use sha2::{Digest, Sha256};
use tracing::info;

use crate::{Database, DatabaseError, Type};

/// One step of a database's layout.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Its place in the order, from 1.
    pub version: i32,
    /// What it does, such as `create_catalogue`.
    pub name: &'static str,
    /// Its statements, which take no values. Once carried out they must not change.
    pub sql: &'static str,
}

/// The table of what was carried out. Two processes may both find it missing: creating it
/// comes after the lock.
const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (version integer PRIMARY KEY, \
     name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())";

/// Held until the transaction ends. Any number serves, as long as nothing else locks it.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7355608)";

/// Carries out the migrations that the database has not seen, all in one transaction, once,
/// however many processes try at the same time.
///
/// # Errors
/// When a statement is refused, or a migration was changed after it had been carried out;
/// then nothing is.
pub async fn migrate(database: &Database, migrations: &[Migration]) -> Result<(), DatabaseError> {
    let mut connection = database.connection().await?;
    let transaction = connection.transaction().await?;
    transaction.batch(LOCK).await?;
    transaction.batch(TABLE).await?;
    let rows = transaction
        .query("SELECT version, checksum FROM schema_migrations", &[])
        .await?;
    let mut done = std::collections::BTreeMap::<i32, String>::new();
    for row in rows {
        let version = row.try_get(0).map_err(DatabaseError::Query)?;
        done.insert(version, row.try_get(1).map_err(DatabaseError::Query)?);
    }
    for migration in migrations {
        let checksum = checksum(migration.sql);
        match done.get(&migration.version) {
            Some(known) if *known == checksum => continue,
            Some(_) => {
                return Err(DatabaseError::ChangedMigration {
                    name: migration.name.to_owned(),
                });
            }
            None => {}
        }
        transaction.batch(migration.sql).await?;
        transaction
            .execute(
                "INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, $3)",
                &[
                    (&migration.version, Type::INT4),
                    (&migration.name, Type::TEXT),
                    (&checksum, Type::TEXT),
                ],
            )
            .await?;
        info!(migration = migration.name, "Migrated the database");
    }
    transaction.commit().await
}

fn checksum(sql: &str) -> String {
    let digest = Sha256::digest(sql.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
