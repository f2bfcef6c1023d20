//! `health-event`: what the cloud says of what is checked counts within seconds.
//!
//! Triggers: events of EventBridge, and notifications of SNS. The function is described in
//! `docs/functions/health-event.md`.

use std::sync::Arc;

use health_event::{Config, Deps, handle};
use lambda_runtime::{LambdaEvent, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let config = Config::from_vars(&settings::Environment)?;
    config.telemetry.init_logs();
    let deps = Arc::new(Deps::connect(config).await?);
    let service = service_fn(move |event: LambdaEvent<serde_json::Value>| {
        let deps = Arc::clone(&deps);
        async move { handle(event, deps).await }
    });
    lambda_runtime::run(service).await
}
