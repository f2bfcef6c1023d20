//! `forms-admin`: the owner's side of the forms.
//!
//! Trigger: HTTP, through CloudFront and the ALB, signed in by OIDC.
//! The function is described in `docs/functions/forms-admin.md`.

use std::sync::Arc;

use forms_admin::{Config, Deps, handle};
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
