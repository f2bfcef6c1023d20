use settings::{Reader, SettingsError, Vars};
use telemetry::Service;

/// Who scans attachments for malware.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanMode {
    /// Nobody: what the checks find fine is passed on.
    None,
    /// GuardDuty Malware Protection for S3: its result is awaited
    /// (<https://docs.aws.amazon.com/guardduty/latest/ug/gdu-malware-protection-s3.html>).
    GuardDuty,
}

/// Settings of `forms-files`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `SUBMISSIONS_TABLE`: the DynamoDB table of submissions.
    pub submissions_table: String,
    /// `FORMS_BUCKET`: the bucket with `incoming/` and `clean/`.
    pub forms_bucket: String,
    /// `SCAN_MODE`: `none` or `guardduty`.
    pub scan_mode: ScanMode,
    /// Who writes logs and metrics.
    pub telemetry: Service,
}

impl Config {
    /// The variables read, as the template must set them.
    pub const VARIABLES: &[&str] = &[
        "SUBMISSIONS_TABLE",
        "FORMS_BUCKET",
        "SCAN_MODE",
        "POWERTOOLS_SERVICE_NAME",
        "POWERTOOLS_METRICS_NAMESPACE",
    ];

    /// Reads the settings.
    ///
    /// # Errors
    /// All missing and misunderstood variables at once.
    pub fn from_vars(vars: &dyn Vars) -> Result<Self, SettingsError> {
        let mut reader = Reader::new(vars);
        let modes = [("none", ScanMode::None), ("guardduty", ScanMode::GuardDuty)];
        let config = Self {
            submissions_table: reader.required("SUBMISSIONS_TABLE", "a DynamoDB table name"),
            forms_bucket: reader.required("FORMS_BUCKET", "an S3 bucket name"),
            scan_mode: reader.choice("SCAN_MODE", &modes, ScanMode::None),
            telemetry: Service::read(&reader, "forms-files"),
        };
        reader.finish(config)
    }
}
