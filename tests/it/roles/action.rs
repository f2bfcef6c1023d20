//! What a function may want to do.
//!
//! No action here changes anything, neither where it is allowed nor where a role is too wide:
//! each needs the permission that its name says, and is about something that is not there.

/// The output of the template that has the name, address or ARN of what is meant.
pub(super) type Output = &'static str;

pub(super) const MEDIA: Output = "MediaBucketName";
pub(super) const FORMS: Output = "FormsBucketName";
pub(super) const LOGS: Output = "LogBucketName";
pub(super) const RESULTS: Output = "LogResultsBucketName";
pub(super) const STATUS: Output = "StatusBucketName";

pub(super) const PHOTOS: Output = "MediaTableName";
pub(super) const SUBMISSIONS: Output = "SubmissionsTableName";
pub(super) const GUARD: Output = "FormsGuardTableName";
pub(super) const LEDGER: Output = "LogTableName";
pub(super) const HEALTH: Output = "HealthTableName";
pub(super) const RUNS: Output = "WarmTableName";

pub(super) const EDITOR_PASSWORD: Output = "EditorSecretArn";
pub(super) const FORMS_KEY: Output = "FormsKeySecretArn";
pub(super) const PUSH_KEY: Output = "HealthPushSecretArn";
pub(super) const WARM_KEY: Output = "WarmKeySecretArn";

/// What a function may want to do.
#[derive(Debug, Clone, Copy)]
pub(super) enum Action {
    /// Reads an object of a bucket.
    Read(Output, &'static str),
    /// Begins an upload, which S3 authorizes as the upload: there is no object before its end.
    Write(Output, &'static str),
    /// Deletes an object.
    Delete(Output, &'static str),
    /// Asks for an item by its key; writes or deletes it, if it is there.
    Item(&'static str, Output, &'static str),
    /// Looks for items with this key.
    Query(Output, &'static str),
    /// Looks for deliveries that are due.
    QueryDue,
    /// Puts no messages into a queue.
    Send(Output),
    /// Takes a message out of a queue that is not in it.
    Take(Output),
    /// Counts the messages of a queue.
    Count(Output),
    /// Reads a secret.
    Secret(Output),
    /// Tells the event bus of this name of something that nobody listens to.
    Tell(&'static str),
    /// Makes the edge forget a page that there is not.
    Invalidate,
    /// Asks how far an invalidation is.
    AskForInvalidation,
    /// Reads how the distribution is configured.
    ReadDistribution,
    /// Deletes the distribution of a version that it never had.
    DeleteDistribution,
}

impl Action {
    /// Its name in policies.
    pub(super) fn name(self) -> String {
        let name = match self {
            Self::Read(..) => "s3:GetObject",
            Self::Write(..) => "s3:PutObject",
            Self::Delete(..) => "s3:DeleteObject",
            Self::Item(operation, ..) => return format!("dynamodb:{operation}"),
            Self::Query(..) | Self::QueryDue => "dynamodb:Query",
            Self::Send(_) => "sqs:SendMessage",
            Self::Take(_) => "sqs:DeleteMessage",
            Self::Count(_) => "sqs:GetQueueAttributes",
            Self::Secret(_) => "secretsmanager:GetSecretValue",
            Self::Tell(_) => "events:PutEvents",
            Self::Invalidate => "cloudfront:CreateInvalidation",
            Self::AskForInvalidation => "cloudfront:GetInvalidation",
            Self::ReadDistribution => "cloudfront:GetDistributionConfig",
            Self::DeleteDistribution => "cloudfront:DeleteDistribution",
        };
        name.to_owned()
    }

    /// The service that is asked.
    pub(super) fn service(self) -> String {
        self.name().split(':').next().unwrap().to_owned()
    }
}
