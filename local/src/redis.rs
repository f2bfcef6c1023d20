//! A private Redis on loopback, in memory only.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::machine;
use crate::process::{Service, StopBy, bound_command};

/// The connection URL.
pub(crate) fn url(port: u16) -> String {
    format!("redis://127.0.0.1:{port}")
}

/// Starts Redis.
pub(crate) fn start(port: u16, state: &Path, logs: &Path) -> Result<Service> {
    let port_text = port.to_string();
    let mut service = launch(&["--port", &port_text], "redis", state, logs)?;
    service.wait_until(|| answers(port), Duration::from_secs(20))?;
    Ok(service)
}

/// Starts a Redis that speaks TLS only.
pub(crate) fn start_with_tls(
    port: u16,
    (certificate, key): (&Path, &Path),
    state: &Path,
    logs: &Path,
) -> Result<Service> {
    let (port_text, certificate, key) = (
        port.to_string(),
        certificate.display().to_string(),
        key.display().to_string(),
    );
    let arguments = [
        "--port",
        "0",
        "--tls-port",
        &port_text,
        "--tls-cert-file",
        &certificate,
        "--tls-key-file",
        &key,
        "--tls-auth-clients",
        "no",
    ];
    let mut service = launch(&arguments, "redis-tls", state, logs)?;
    let listens = || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok();
    service.wait_until(listens, Duration::from_secs(20))?;
    Ok(service)
}

fn launch(arguments: &[&str], name: &str, state: &Path, logs: &Path) -> Result<Service> {
    let dir = state.join(name);
    fs::create_dir_all(&dir).with_context(|| format!("create {}", dir.display()))?;
    let program =
        machine::find_program("redis-server").context("find redis-server: install Redis")?;
    let mut command = bound_command(&program, StopBy::Terminate, None);
    command
        .args(["--bind", "127.0.0.1", "--daemonize", "no"])
        .args(arguments)
        .args(["--save", "", "--appendonly", "no", "--dir"])
        .arg(&dir);
    let log = logs.join(format!("{name}.log"));
    Service::start("Redis", command, &log, StopBy::Terminate)
}

/// Whether Redis answers PING on this port.
pub(crate) fn answers(port: u16) -> bool {
    let ping = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        stream.write_all(b"PING\r\n")?;
        let mut answer = [0; 5];
        stream.read_exact(&mut answer)?;
        Ok(&answer == b"+PONG")
    };
    ping().unwrap_or(false)
}
