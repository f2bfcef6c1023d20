//! `warm-plan`: plans which pages are kept warm, and reports what came of it.
//!
//! Triggers: a schedule, each minute, and events that say that pages are cold. The function is
//! described in `docs/functions/warm-plan.md`.

use std::sync::Arc;

use lambda_runtime::{LambdaEvent, service_fn};
use warm_plan::{Config, Deps, handle};

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
