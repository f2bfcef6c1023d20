//! `warm-pages`: asks for pages, so that caches have them before visitors do.
//!
//! Trigger: the queues of the three lanes, a chunk of pages a message. The function is
//! described in `docs/functions/warm-pages.md`.

use std::sync::Arc;

use lambda_runtime::{LambdaEvent, service_fn};
use warm_pages::{Config, Deps, handle};

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
