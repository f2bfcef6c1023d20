use submission_store::SubmissionStore;

use crate::Config;

/// What dispatching needs. Made once per process.
pub struct Deps {
    /// Settings.
    pub config: Config,
    /// The table of submissions.
    pub submissions: SubmissionStore,
    /// The queues.
    pub queues: aws_sdk_sqs::Client,
}

impl Deps {
    /// Makes the clients from the environment.
    pub async fn connect(config: Config) -> Self {
        let aws = lambda_kit::aws_config().await;
        Self::new(
            config,
            aws_sdk_dynamodb::Client::new(&aws),
            aws_sdk_sqs::Client::new(&aws),
        )
    }

    /// Uses the clients given.
    #[must_use]
    pub fn new(
        config: Config,
        tables: aws_sdk_dynamodb::Client,
        queues: aws_sdk_sqs::Client,
    ) -> Self {
        Self {
            submissions: SubmissionStore::new(tables, config.submissions_table.clone()),
            queues,
            config,
        }
    }
}
