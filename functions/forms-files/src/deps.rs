use store::Bucket;
use submission_store::SubmissionStore;

use crate::Config;

/// What the checks need. Made once per process.
pub struct Deps {
    /// Settings.
    pub config: Config,
    /// The table of submissions.
    pub submissions: SubmissionStore,
    /// The bucket with `incoming/` and `clean/`.
    pub bucket: Bucket,
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
            submissions: SubmissionStore::new(tables, config.submissions_table.clone()),
            bucket: Bucket::new(objects, config.forms_bucket.clone()),
            config,
        }
    }
}
