use database::{Database, DatabaseError};
use submission_store::SubmissionStore;

use crate::Config;
use crate::projection::Projection;

/// What projecting needs. Made once per process.
pub struct Deps {
    /// Settings.
    pub config: Config,
    /// The table of submissions.
    pub submissions: SubmissionStore,
    /// PostgreSQL.
    pub(crate) projection: Projection,
}

impl Deps {
    /// Makes the clients from the environment. PostgreSQL is connected to when first
    /// needed: a database that is away must not keep the function from starting.
    ///
    /// # Errors
    /// When the database's URL is none, or its certificates cannot be read.
    pub async fn connect(config: Config) -> Result<Self, DatabaseError> {
        let aws = lambda_kit::aws_config().await;
        let database = Database::new(&config.database, aws.credentials_provider())?;
        let tables = aws_sdk_dynamodb::Client::new(&aws);
        Ok(Self {
            submissions: SubmissionStore::new(tables, config.submissions_table.clone()),
            projection: Projection::new(database),
            config,
        })
    }
}
