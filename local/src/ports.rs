//! Which loopback ports the stack uses, and who holds one that is taken.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};
use std::net::{Ipv4Addr, TcpListener};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result, bail};

/// How ports are chosen. Everything listens on 127.0.0.1 only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ports {
    /// The site on this port, the other services on the eight that follow.
    From(u16),
    /// Whatever is free, for tests.
    Free,
}

/// How many ports a stack uses.
pub(crate) const PORTS: u16 = 9;

/// One port for each service.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PortPlan {
    pub(crate) site: u16,
    pub(crate) home: u16,
    pub(crate) emulator: u16,
    pub(crate) postgres: u16,
    pub(crate) redis: u16,
    /// The reverse proxy, for the load balancer.
    pub(crate) proxy: u16,
    /// The reverse proxy by TLS, as the load balancer in AWS speaks to it.
    pub(crate) proxy_tls: u16,
    /// The web servers.
    pub(crate) web: [u16; 2],
}

impl Ports {
    /// Decides on ports and makes sure that nobody uses them.
    pub(crate) fn plan(self) -> Result<PortPlan> {
        let ports: Vec<u16> = match self {
            Self::From(first) => first_ports(first)?,
            Self::Free => free_ports(usize::from(PORTS))?,
        };
        let &[
            site,
            home,
            emulator,
            postgres,
            redis,
            proxy,
            proxy_tls,
            first,
            second,
        ] = ports.as_slice()
        else {
            bail!(
                "choose ports: {PORTS} in a row are needed, up to {}",
                u16::MAX
            );
        };
        Ok(PortPlan {
            site,
            home,
            emulator,
            postgres,
            redis,
            proxy,
            proxy_tls,
            web: [first, second],
        })
    }
}

/// The ports in a row from `first`, up to the last there is.
///
/// # Errors
/// Names the first that is taken, and who holds it.
fn first_ports(first: u16) -> Result<Vec<u16>> {
    let ports: Vec<u16> = (first..=u16::MAX).take(usize::from(PORTS)).collect();
    if let Some(&port) = ports.iter().find(|port| !is_free(port)) {
        let holder = holder(port).unwrap_or_else(|| "another process".to_owned());
        bail!(
            "use port {port}: {holder} listens on it; stop that, or choose other ports \
             with `cargo run -- --port N` (N and the {} that follow)",
            PORTS - 1
        );
    }
    Ok(ports)
}

fn is_free(port: &u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok()
}

/// Below the ports that Linux gives to connections
/// (`net.ipv4.ip_local_port_range`, from 32768), which come and go between a look and a bind.
const FREE: Range<u16> = 10_000..32_000;

/// A port that nobody uses, and that this process gave to nobody yet: for what a test or a
/// measurement starts beside a stack.
///
/// # Errors
/// When there is none.
pub fn free_port() -> Result<u16> {
    let ports = free_ports(1)?;
    ports.first().copied().context("find a free port")
}

/// Ports that nobody uses, and that this process gave to nobody yet.
///
/// Each is looked at once: a program that another thread starts meanwhile inherits the socket of
/// the look until it runs its own code, and a second look would take it for somebody's.
fn free_ports(count: usize) -> Result<Vec<u16>> {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    // Another process that looks at the same time starts elsewhere.
    let random = RandomState::new().hash_one(std::process::id());
    let start = FREE.start + u16::try_from(random % FREE.len() as u64).unwrap_or_default();
    let ports: Vec<u16> = (start..FREE.end)
        .chain(FREE.start..start)
        .filter(|port| !given.contains(port))
        .filter(is_free)
        .take(count)
        .collect();
    if ports.len() < count {
        bail!(
            "find {count} free ports from {} to {}",
            FREE.start,
            FREE.end
        );
    }
    given.extend(&ports);
    Ok(ports)
}

/// The process that listens on a port, from Linux's `/proc/net/tcp`
/// (<https://docs.kernel.org/networking/proc_net_tcp.html>): `nginx (pid 42)`.
fn holder(port: u16) -> Option<String> {
    let sockets = std::fs::read_to_string("/proc/net/tcp").ok()?;
    let suffix = format!(":{port:04X}");
    let inode = sockets.lines().skip(1).find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let listens = fields.get(3) == Some(&"0A");
        (listens && fields.get(1)?.ends_with(&suffix)).then(|| fields.get(9).copied())?
    })?;
    let wanted = format!("socket:[{inode}]");
    std::fs::read_dir("/proc")
        .ok()?
        .flatten()
        .find_map(|entry| {
            let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
            let mut open = std::fs::read_dir(entry.path().join("fd")).ok()?.flatten();
            open.find(|file| {
                std::fs::read_link(file.path()).is_ok_and(|to| to.as_os_str() == wanted.as_str())
            })?;
            let name = std::fs::read_to_string(entry.path().join("comm")).ok()?;
            Some(format!("{} (pid {pid})", name.trim()))
        })
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[test]
    fn free_plan_has_different_ports() {
        let plan = Ports::Free.plan().unwrap();
        let mut ports = vec![
            plan.site,
            plan.home,
            plan.emulator,
            plan.postgres,
            plan.redis,
            plan.proxy,
            plan.proxy_tls,
        ];
        ports.extend(plan.web);
        ports.sort_unstable();
        ports.dedup();
        assert_eq!(ports.len(), usize::from(PORTS));
    }

    #[test]
    fn free_ports_are_found_while_programs_start() {
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while !done.load(Ordering::Relaxed) {
                        Command::new("true").status().unwrap();
                    }
                });
            }
            let planned: Vec<_> = (0..500).map(|_| Ports::Free.plan()).collect();
            done.store(true, Ordering::Relaxed);
            for plan in planned {
                plan.unwrap();
            }
        });
    }

    #[test]
    fn taken_port_names_its_holder() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let error = Ports::From(port).plan().unwrap_err().to_string();
        let us = format!("(pid {})", std::process::id());
        assert!(
            error.contains(&format!("port {port}")) && error.contains(&us),
            "{error}"
        );
    }
}
