//! `warm-queries`: keeps the answers of queries in Redis before pages ask for them.
//!
//! Triggers: a schedule, and the event `warm.requested`. The function is described in
//! `docs/functions/warm-queries.md`.

use std::sync::Arc;

use lambda_runtime::{LambdaEvent, service_fn};
use warm_queries::{Config, Deps, handle};

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
