//! `forms-project`: projects submissions into PostgreSQL.
//!
//! Trigger: SQS messages that name deliveries or what to erase.
//! The function is described in `docs/functions/forms-project.md`.

use std::sync::Arc;

use forms_project::{Config, Deps, handle};
use lambda_runtime::{LambdaEvent, service_fn};

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
