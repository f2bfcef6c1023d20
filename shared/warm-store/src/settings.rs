use settings::Reader;

use crate::LaneUrls;

/// What the functions of the warmer that plan and ask for pages are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarmSettings {
    /// `WARM_TABLE`: the DynamoDB table of runs, chunks and limiters.
    pub table: String,
    /// `WARM_P0_QUEUE_URL`, `WARM_P1_QUEUE_URL`, `WARM_P2_QUEUE_URL`: the queues of the lanes.
    pub lanes: LaneUrls,
    /// `WARM_KEY_SECRET_ARN`: the secret that requests are signed with.
    pub key_secret_arn: String,
    /// `SITE_URL`: the site's public origin, without a slash at the end.
    pub site_url: String,
}

impl WarmSettings {
    /// Reads the settings.
    pub fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            table: reader.required("WARM_TABLE", "a DynamoDB table name"),
            lanes: LaneUrls::read(reader),
            key_secret_arn: reader.required("WARM_KEY_SECRET_ARN", "the ARN of a secret"),
            site_url: reader.origin("SITE_URL"),
        }
    }

    /// The value of a variable that `warming.toml` may name; `None` for any other.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<String> {
        (name == "SITE_URL").then(|| self.site_url.clone())
    }
}
