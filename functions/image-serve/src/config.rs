use image_codecs::Limits;
use settings::{Reader, SettingsError, Vars};
use tracing::level_filters::LevelFilter;

/// Settings of `image-serve`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `MEDIA_BUCKET`: the bucket with `originals/`, `assets/` and `derived/`.
    pub media_bucket: String,
    /// `MEDIA_TABLE`: the DynamoDB table of photos.
    pub media_table: String,
    /// `IMAGE_UNSIGNED_OPTIONS`: `any`, or `presets` (the default) to serve free options to signed URLs only.
    pub free_options: bool,
    /// `IMAGE_URL_SIGNING_SECRET_ARN`: the Secrets Manager secret with the signing keys.
    pub signing_secret_arn: Option<String>,
    /// `WATERMARK_KEY`: the object laid over pictures with the `wm` option.
    pub watermark_key: String,
    /// `FALLBACK_KEY`: the object shown where a photo cannot be, with the `fb` option.
    pub fallback_key: String,
    /// What a photo may cost.
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
        "IMAGE_UNSIGNED_OPTIONS",
        "IMAGE_URL_SIGNING_SECRET_ARN",
        "WATERMARK_KEY",
        "FALLBACK_KEY",
        "POWERTOOLS_SERVICE_NAME",
        "POWERTOOLS_METRICS_NAMESPACE",
    ];

    /// Reads the settings.
    ///
    /// # Errors
    /// All missing and misunderstood variables at once.
    pub fn from_vars(vars: &dyn Vars) -> Result<Self, SettingsError> {
        let mut reader = Reader::new(vars);
        let or = |value: Option<String>, default: &str| value.unwrap_or_else(|| default.to_owned());
        let config = Self {
            media_bucket: reader.required("MEDIA_BUCKET", "an S3 bucket name"),
            media_table: reader.required("MEDIA_TABLE", "a DynamoDB table name"),
            free_options: reader.choice(
                "IMAGE_UNSIGNED_OPTIONS",
                &[("any", true), ("presets", false)],
                false,
            ),
            signing_secret_arn: reader.optional("IMAGE_URL_SIGNING_SECRET_ARN"),
            watermark_key: or(reader.optional("WATERMARK_KEY"), "assets/watermark.png"),
            fallback_key: or(reader.optional("FALLBACK_KEY"), "assets/fallback.png"),
            limits: Limits::DEFAULT,
            service: or(reader.optional("POWERTOOLS_SERVICE_NAME"), "image-serve"),
            metrics_namespace: or(reader.optional("POWERTOOLS_METRICS_NAMESPACE"), "Sidetier"),
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
    fn serves_presets_only_unless_told_otherwise() {
        let mut vars = BTreeMap::from([("MEDIA_BUCKET", "media"), ("MEDIA_TABLE", "media")]);
        assert!(!Config::from_vars(&vars).unwrap().free_options);
        vars.insert("IMAGE_UNSIGNED_OPTIONS", "any");
        assert!(Config::from_vars(&vars).unwrap().free_options);
        vars.insert("IMAGE_UNSIGNED_OPTIONS", "all");
        let error = Config::from_vars(&vars).unwrap_err().to_string();
        assert!(
            error.contains("IMAGE_UNSIGNED_OPTIONS is `all` (allowed: any, presets)"),
            "{error}"
        );
    }
}
