//! Everything that warming is measured on: web servers, the proxy tier in front of them, and
//! what the warmer's functions ask of AWS. All of it on loopback.

use std::fs::{self, File};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use local::{Limits, Progress, Proxy, ProxyOptions, Purpose, free_port};

use super::cloud::Cloud;
use super::origin::{Origin, try_visit};
use super::visitors::capacity;

/// Connections for each worker when the capacity is measured: none of them is ever idle.
const CONNECTIONS: u32 = 4;

/// What the web servers are like.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct PlaceArgs {
    /// Workers of the web servers.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) workers: u32,
    /// Milliseconds that a page takes one of them, in the mean.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) service_ms: u32,
}

/// The running place. Dropping it ends everything.
pub(super) struct Place {
    _proxy: Proxy,
    pub(super) origin: Origin,
    pub(super) cloud: Cloud,
    /// The proxy tier, as visitors ask it.
    pub(super) site: String,
    _lock: File,
}

impl Place {
    /// Starts everything; the proxy tier keeps its state in `directory`.
    pub(super) fn start(args: &PlaceArgs, directory: &Path, visibility: Duration) -> Result<Self> {
        fs::create_dir_all(directory)?;
        // The kernel frees it when the process ends, however it ends.
        let lock = File::create(directory.join("lock"))?;
        lock.try_lock()
            .with_context(|| format!("use {}: another bench does", directory.display()))?;
        local::install_packages(Purpose::Run, &Progress::plain())?;
        let origin = Origin::start(args.workers, args.service_ms.into())?;
        let (http_port, tls_port) = (free_port()?, free_port()?);
        let proxy = Proxy::start(&ProxyOptions {
            http_port,
            tls_port,
            upstreams: vec![origin.address()],
            state: directory.join("proxy"),
            logs: directory.join("log"),
            limits: Limits::Raised,
        })?;
        let site = format!("http://127.0.0.1:{http_port}");
        origin.set_site(&site);
        try_visit(&site)?;
        Ok(Self {
            _proxy: proxy,
            origin,
            cloud: Cloud::start(visibility)?,
            site,
            _lock: lock,
        })
    }

    /// Visits a second that the web servers can serve through the proxy tier.
    pub(super) fn capacity(&self, args: &PlaceArgs, time: Duration) -> Result<f64> {
        println!("Measuring what the web servers can serve …");
        let rate = capacity(&self.site, args.workers * CONNECTIONS, time)?;
        println!(
            "{} workers of {} ms a page: {rate:.0} pages/s at most\n",
            args.workers, args.service_ms
        );
        Ok(rate)
    }
}
