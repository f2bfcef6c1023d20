//! A TCP proxy that breaks connections on purpose.
//!
//! What a Lambda function finds after it was frozen for minutes: connections that the other
//! side closed, or that a firewall on the way forgot, so that nothing ever comes back. Linux
//! could do that by packet filters, but those need privileges that tests do not have.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

/// A running proxy. Dropping it closes its connections and refuses new ones.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    connections: Mutex<Vec<Connection>>,
    refuses: AtomicBool,
    ended: AtomicBool,
}

/// Both ends of what goes through.
#[derive(Debug)]
struct Connection {
    client: TcpStream,
    server: TcpStream,
    /// What is read is thrown away from now on.
    is_silent: Arc<AtomicBool>,
}

impl FaultProxy {
    /// Listens on a free port of loopback and passes everything on to `target`.
    ///
    /// # Errors
    /// When no port is free.
    pub fn start(target: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("find a free port")?;
        let address = listener.local_addr().context("read a port")?;
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        thread::spawn(move || accept(&listener, target, &theirs));
        Ok(Self { address, shared })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes every connection, as a server that restarts does. New ones work.
    pub fn close_all(&self) {
        for connection in self.connections().drain(..) {
            connection.close();
        }
    }

    /// Lets nothing through the present connections any more, in either direction, and
    /// tells nobody. New ones work.
    pub fn silence_all(&self) {
        for connection in self.connections().iter() {
            connection.is_silent.store(true, Ordering::SeqCst);
        }
    }

    /// Whether new connections are closed at once.
    pub fn refuse(&self, refuses: bool) {
        self.shared.refuses.store(refuses, Ordering::SeqCst);
    }

    fn connections(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        let connections = self.shared.connections.lock();
        connections.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        self.close_all();
        // Wakes the listener, which then sees that it ended.
        let _ = TcpStream::connect_timeout(&self.address, Duration::from_millis(100));
    }
}

impl Connection {
    fn close(&self) {
        // They may have been closed from the other side.
        let _ = self.client.shutdown(Shutdown::Both);
        let _ = self.server.shutdown(Shutdown::Both);
    }
}

fn accept(listener: &TcpListener, target: SocketAddr, shared: &Shared) {
    for client in listener.incoming().flatten() {
        if shared.ended.load(Ordering::SeqCst) {
            return;
        }
        if shared.refuses.load(Ordering::SeqCst) {
            continue;
        }
        // A server that is down: the client sees its connection closed.
        if let Ok(connection) = pass_on(client, target) {
            let connections = shared.connections.lock();
            connections
                .unwrap_or_else(PoisonError::into_inner)
                .push(connection);
        }
    }
}

fn pass_on(client: TcpStream, target: SocketAddr) -> std::io::Result<Connection> {
    let server = TcpStream::connect(target)?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let is_silent = Arc::new(AtomicBool::new(false));
    for (from, to) in [(&client, &server), (&server, &client)] {
        let (from, to) = (from.try_clone()?, to.try_clone()?);
        let is_silent = Arc::clone(&is_silent);
        thread::spawn(move || copy(from, to, &is_silent));
    }
    Ok(Connection {
        client,
        server,
        is_silent,
    })
}

fn copy(mut from: TcpStream, mut to: TcpStream, is_silent: &AtomicBool) {
    let mut buffer = [0; 16 * 1024];
    loop {
        match from.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(_) if is_silent.load(Ordering::SeqCst) => {}
            Ok(count) => {
                let bytes = buffer.get(..count).unwrap_or_default();
                if to.write_all(bytes).is_err() {
                    break;
                }
            }
        }
    }
    // A silent connection does not even tell that the other side closed it.
    if !is_silent.load(Ordering::SeqCst) {
        let _ = to.shutdown(Shutdown::Both);
    }
}
