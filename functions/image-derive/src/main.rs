//! `image-derive`: one photo in, a responsive set of derivatives out.
//!
//! Trigger: SQS messages that carry S3's events for `originals/`. The function is
//! described in `docs/functions/image-derive.md`.

use std::sync::Arc;

use image_derive::{Config, Deps, handle};
use lambda_runtime::{LambdaEvent, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let config = Config::from_vars(&settings::Environment)?;
    telemetry::init(&config.service, config.log_level);
    let deps = Arc::new(Deps::connect(config).await?);
    let service = service_fn(move |event: LambdaEvent<_>| {
        let deps = Arc::clone(&deps);
        async move { handle(event, deps).await }
    });
    lambda_runtime::run(service).await
}
