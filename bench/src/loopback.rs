//! An HTTP server on loopback, in a thread of its own.

use std::net::SocketAddr;
use std::thread;

use anyhow::Result;
use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// A running server. Ends on drop.
pub(crate) struct Loopback {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// Dropping it ends the server.
    _stop: oneshot::Sender<()>,
}

impl Loopback {
    /// Serves `app` on a free port.
    pub(crate) fn serve(app: Router) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        thread::spawn(move || {
            runtime.block_on(async {
                let server = IntoFuture::into_future(axum::serve(listener, app));
                tokio::select! {
                    _ended = server => {}
                    _dropped = stopped => {}
                }
            });
        });
        Ok(Self {
            address,
            _stop: stop,
        })
    }
}
