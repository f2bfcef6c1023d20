//! A function's release binary, started as Lambda starts it.

use std::path::Path;
use std::process::{Command, Stdio};

/// The process of the function `name`, which talks to this Runtime API and this AWS.
pub(crate) fn command(name: &str, bootstrap: &Path, runtime_api: &str, aws: &str) -> Command {
    let mut command = Command::new(bootstrap);
    command
        .env_clear()
        .envs([
            ("AWS_LAMBDA_RUNTIME_API", runtime_api),
            ("AWS_LAMBDA_FUNCTION_NAME", name),
            ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1769"),
            ("AWS_LAMBDA_LOG_LEVEL", "INFO"),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", "bench"),
            ("AWS_SECRET_ACCESS_KEY", "bench"),
            ("AWS_ENDPOINT_URL", aws),
            ("POWERTOOLS_SERVICE_NAME", name),
            ("POWERTOOLS_METRICS_NAMESPACE", "Bench"),
        ])
        .envs(SETTINGS)
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command
}

/// What the functions' `config.rs` ask for; each reads its own.
const SETTINGS: [(&str, &str); 13] = [
    ("MEDIA_BUCKET", "media"),
    ("MEDIA_TABLE", "media"),
    ("SUBMISSIONS_TABLE", "submissions"),
    ("GUARD_TABLE", "guard"),
    ("FORMS_BUCKET", "forms"),
    ("LOG_RESULTS_BUCKET", "log-results"),
    ("FORMS_KEY_SECRET_ARN", "key"),
    ("ACCEPT_QUEUE_URL", "http://127.0.0.1:9/accept"),
    ("PROJECTION_QUEUE_URL", "http://127.0.0.1:9/projection"),
    ("SITE_URL", "https://shop.example.com"),
    ("UPLOAD_URL", "https://forms.s3.example.com"),
    ("ADMIN_AUTH", "local"),
    ("ADMIN_PASSWORD", "bench"),
];
