use submission_store::{GuardTable, SubmissionStore};

use crate::Config;

/// What draining needs. Made once per process.
pub struct Deps {
    /// Settings.
    pub config: Config,
    /// The table of submissions.
    pub submissions: SubmissionStore,
    /// The table of idempotency records.
    pub guard: GuardTable,
    /// The bucket with `accepted/`.
    pub objects: aws_sdk_s3::Client,
}

impl Deps {
    /// Makes the clients from the environment.
    pub async fn connect(config: Config) -> Self {
        let aws = lambda_kit::aws_config().await;
        Self::new(
            config,
            aws_sdk_dynamodb::Client::new(&aws),
            aws_sdk_s3::Client::new(&aws),
        )
    }

    /// Uses the clients given.
    #[must_use]
    pub fn new(
        config: Config,
        tables: aws_sdk_dynamodb::Client,
        objects: aws_sdk_s3::Client,
    ) -> Self {
        Self {
            submissions: SubmissionStore::new(tables.clone(), config.submissions_table.clone()),
            guard: GuardTable::new(tables, config.guard_table.clone()),
            objects,
            config,
        }
    }
}
