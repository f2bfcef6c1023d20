//! `site-serve`: the reference site in Lambda, for classes without web servers.
//!
//! Trigger: HTTP, through CloudFront and the ALB.
//! The function is described in `docs/functions/site-serve.md`.

use site::{App, router};
use site_serve::Config;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let config = Config::from_vars(&settings::Environment)?;
    config.0.telemetry.init_logs();
    let app = App::connect(config.0).await?;
    lambda_http::run(router(app)).await
}
