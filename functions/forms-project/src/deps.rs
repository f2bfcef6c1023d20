use submission_store::SubmissionStore;

use crate::Config;
use crate::database::Database;

/// What projecting needs. Made once per process.
pub struct Deps {
    /// Settings.
    pub config: Config,
    /// The table of submissions.
    pub submissions: SubmissionStore,
    /// PostgreSQL.
    pub(crate) database: Database,
}

impl Deps {
    /// Makes the clients from the environment. PostgreSQL is connected to when first
    /// needed: a database that is away must not keep the function from starting.
    pub async fn connect(config: Config) -> Self {
        let aws = lambda_kit::aws_config().await;
        Self::new(config, aws_sdk_dynamodb::Client::new(&aws))
    }

    /// Uses the client given.
    #[must_use]
    pub fn new(config: Config, tables: aws_sdk_dynamodb::Client) -> Self {
        Self {
            submissions: SubmissionStore::new(tables, config.submissions_table.clone()),
            database: Database::new(config.database_url.clone()),
            config,
        }
    }
}
