//! `health-web`: the status page, the site's health as JSON, badges, and heartbeats of jobs.
//!
//! Trigger: HTTP, through the ALB. The function is described in
//! `docs/functions/health-web.md`.

use std::sync::Arc;

use health_web::{Config, Deps, handle};
use lambda_http::{Request, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let config = Config::from_vars(&settings::Environment)?;
    config.telemetry.init_logs();
    let deps = Arc::new(Deps::connect(config).await?);
    let service = service_fn(move |request: Request| {
        let deps = Arc::clone(&deps);
        async move { Ok::<_, std::convert::Infallible>(handle(request, deps).await) }
    });
    lambda_http::run(service).await
}
