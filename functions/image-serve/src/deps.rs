use image_request::{Policy, PresetError, Presets, Signer, SignerError};
use media_store::MediaTable;
use store::Bucket;

use crate::Config;
use crate::site_pictures::SitePictures;

/// What answering a request needs. Made once per process.
pub struct Deps {
    /// Settings.
    pub config: Config,
    /// The site's presets.
    pub presets: Presets,
    /// Who may ask for what.
    pub policy: Policy,
    /// The media bucket.
    pub bucket: Bucket,
    /// The media table.
    pub table: MediaTable,
    /// Watermark and fallback, read when first asked for.
    pub(crate) site_pictures: SitePictures,
}

/// Why the function could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The compiled-in presets have a fault.
    #[error("start with the site's presets")]
    Presets(#[from] PresetError),
    /// The signing secret cannot be read.
    #[error("get the signing secret `{arn}`")]
    Secret {
        /// The secret.
        arn: String,
        /// What Secrets Manager said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The signing secret cannot be used.
    #[error("start with the signing secret")]
    Signer(#[from] SignerError),
}

impl Deps {
    /// Makes the clients from the environment, and reads the signing secret where one is configured.
    ///
    /// # Errors
    /// A fault in the compiled-in presets or in the secret.
    pub async fn connect(config: Config) -> Result<Self, StartError> {
        let aws = lambda_kit::aws_config().await;
        let signer = match &config.signing_secret_arn {
            Some(arn) => Some(read_signer(&aws_sdk_secretsmanager::Client::new(&aws), arn).await?),
            None => None,
        };
        let objects = aws_sdk_s3::Client::new(&aws);
        Self::new(config, signer, objects, aws_sdk_dynamodb::Client::new(&aws))
    }

    /// Uses the clients given.
    ///
    /// # Errors
    /// A fault in the compiled-in presets.
    pub fn new(
        config: Config,
        signer: Option<Signer>,
        objects: aws_sdk_s3::Client,
        tables: aws_sdk_dynamodb::Client,
    ) -> Result<Self, StartError> {
        let bucket = Bucket::new(objects, config.media_bucket.clone());
        Ok(Self {
            presets: Presets::site()?,
            policy: Policy {
                free_options: config.free_options,
                signer,
            },
            site_pictures: SitePictures::new(bucket.clone(), &config),
            table: MediaTable::new(tables, config.media_table.clone()),
            bucket,
            config,
        })
    }
}

async fn read_signer(
    client: &aws_sdk_secretsmanager::Client,
    arn: &str,
) -> Result<Signer, StartError> {
    let failed = |source| StartError::Secret {
        arn: arn.to_owned(),
        source,
    };
    let output = client
        .get_secret_value()
        .secret_id(arn)
        .send()
        .await
        .map_err(|error| failed(Box::new(error)))?;
    let secret = output
        .secret_string()
        .ok_or_else(|| failed("it is not a text".into()))?;
    Ok(Signer::from_secret(secret)?)
}
