//! `log-processor`: one log in, what it adds up to and table rows out.
//!
//! Triggers: SQS messages that carry S3's events for the log bucket, and subscriptions of
//! CloudWatch Logs. The function is described in `docs/functions/log-processor.md`.

use std::sync::Arc;

use lambda_runtime::{LambdaEvent, service_fn};
use log_processor::{Config, Deps, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let config = Config::from_vars(&settings::Environment)?;
    config.telemetry.init_logs();
    let deps = Arc::new(Deps::connect(config).await?);
    let service = service_fn(move |event: LambdaEvent<_>| {
        let deps = Arc::clone(&deps);
        async move { handle(event, deps).await }
    });
    lambda_runtime::run(service).await
}
