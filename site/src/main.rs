//! `site-server`: the reference site on a web server.
//!
//! Listens on `SITE_LISTEN`; the contract is in `docs/web-server.md`.

use std::time::Duration;

use site::{App, Config, router};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing::{info, warn};

/// Longest time that requests in flight get when the server is told to stop. The load
/// balancer waits 30 s.
const FAREWELL: Duration = Duration::from_secs(25);

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let config = Config::for_server(&settings::Environment)?;
    config.telemetry.init_logs();
    let address = config.listen.clone();
    let app = App::connect(config).await?;
    let mut terminate = signal(SignalKind::terminate())?;
    app.warm_up().await;
    let listener = TcpListener::bind(&address).await?;
    info!(address, "Listening");
    let (stopping, stopped) = tokio::sync::oneshot::channel();
    let serve = axum::serve(listener, router(app)).with_graceful_shutdown(async move {
        terminate.recv().await;
        info!("Stopping: requests in flight are finished");
        // The receiver lives as long as the server.
        let _ = stopping.send(());
    });
    tokio::select! {
        served = serve => served?,
        () = after(stopped, FAREWELL) => warn!("Stopped with requests in flight"),
    }
    Ok(())
}

/// `limit` after `event`.
async fn after(event: tokio::sync::oneshot::Receiver<()>, limit: Duration) {
    if event.await.is_err() {
        std::future::pending::<()>().await;
    }
    tokio::time::sleep(limit).await;
}
