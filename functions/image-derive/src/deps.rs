use std::time::Duration;

use image_request::{PresetError, Presets};
use lambda_kit::Idempotency;
use media_store::MediaTable;
use store::Bucket;

use crate::Config;

/// How long a claim on an event lasts: longer than the function's timeout (60 s),
/// shorter than the queue's visibility timeout (360 s), so that the delivery
/// after a crash finds the event free.
const LEASE: Duration = Duration::from_secs(120);

/// What handling an event needs. Made once per process.
pub struct Deps {
    /// Settings.
    pub config: Config,
    /// The site's presets.
    pub presets: Presets,
    /// The media bucket.
    pub bucket: Bucket,
    /// The media table.
    pub table: MediaTable,
    /// Once per event.
    pub idempotency: Idempotency,
}

/// Why the function could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The compiled-in presets have a fault.
    #[error("start with the site's presets")]
    Presets(#[from] PresetError),
}

impl Deps {
    /// Makes the clients from the environment. Nothing is sent yet.
    ///
    /// # Errors
    /// When the compiled-in presets have a fault.
    pub async fn connect(config: Config) -> Result<Self, StartError> {
        let aws = lambda_kit::aws_config().await;
        let objects = aws_sdk_s3::Client::new(&aws);
        Self::new(config, objects, aws_sdk_dynamodb::Client::new(&aws))
    }

    /// Uses the clients given.
    ///
    /// # Errors
    /// When the compiled-in presets have a fault.
    pub fn new(
        config: Config,
        objects: aws_sdk_s3::Client,
        tables: aws_sdk_dynamodb::Client,
    ) -> Result<Self, StartError> {
        Ok(Self {
            presets: Presets::site()?,
            bucket: Bucket::new(objects, config.media_bucket.clone()),
            table: MediaTable::new(tables.clone(), config.media_table.clone()),
            idempotency: Idempotency::new(tables, config.media_table.clone(), LEASE),
            config,
        })
    }
}
