use image_codecs::Limits;
use settings::{Reader, SettingsError, Vars};
use tracing::level_filters::LevelFilter;

/// Settings of `image-derive`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `MEDIA_BUCKET`: the bucket with `originals/` and `derived/`.
    pub media_bucket: String,
    /// `MEDIA_TABLE`: the DynamoDB table of photos.
    pub media_table: String,
    /// What a photo may cost; `IMAGE_MAX_INPUT_BYTES` is the one part that is set from outside.
    pub limits: Limits,
    /// `POWERTOOLS_SERVICE_NAME`: the `service` of logs and metrics.
    pub service: String,
    /// `POWERTOOLS_METRICS_NAMESPACE`: the CloudWatch namespace.
    pub metrics_namespace: String,
    /// `AWS_LAMBDA_LOG_LEVEL`: set by Lambda from the function's logging settings.
    pub log_level: LevelFilter,
}

impl Config {
    /// The variables read, as the template must set them.
    pub const VARIABLES: &[&str] = &[
        "MEDIA_BUCKET",
        "MEDIA_TABLE",
        "IMAGE_MAX_INPUT_BYTES",
        "POWERTOOLS_SERVICE_NAME",
        "POWERTOOLS_METRICS_NAMESPACE",
    ];

    /// Reads the settings.
    ///
    /// # Errors
    /// All missing and misunderstood variables at once.
    pub fn from_vars(vars: &dyn Vars) -> Result<Self, SettingsError> {
        let mut reader = Reader::new(vars);
        // A photo of 100 MiB is decoded in the background: nobody waits for it.
        let max_input_bytes = reader.number(
            "IMAGE_MAX_INPUT_BYTES",
            1..=512 * 1024 * 1024,
            100 * 1024 * 1024,
        );
        let config = Self {
            media_bucket: reader.required("MEDIA_BUCKET", "an S3 bucket name"),
            media_table: reader.required("MEDIA_TABLE", "a DynamoDB table name"),
            limits: Limits {
                max_input_bytes,
                ..Limits::DEFAULT
            },
            service: reader
                .optional("POWERTOOLS_SERVICE_NAME")
                .unwrap_or("image-derive".into()),
            metrics_namespace: reader
                .optional("POWERTOOLS_METRICS_NAMESPACE")
                .unwrap_or("Sidetier".into()),
            log_level: telemetry::level_from(reader.optional("AWS_LAMBDA_LOG_LEVEL").as_deref()),
        };
        reader.finish(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn needs_a_bucket_and_a_table() {
        let error = Config::from_vars(&BTreeMap::new()).unwrap_err().to_string();
        assert!(
            error.contains("MEDIA_BUCKET") && error.contains("MEDIA_TABLE"),
            "{error}"
        );
    }

    #[test]
    fn takes_a_smaller_cap() {
        let vars = BTreeMap::from([
            ("MEDIA_BUCKET", "media"),
            ("MEDIA_TABLE", "media"),
            ("IMAGE_MAX_INPUT_BYTES", "1000"),
        ]);
        let config = Config::from_vars(&vars).unwrap();
        assert_eq!(config.limits.max_input_bytes, 1000);
        assert_eq!(config.limits.max_pixels, Limits::DEFAULT.max_pixels);
    }
}
