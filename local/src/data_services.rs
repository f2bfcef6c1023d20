//! PostgreSQL and Redis alone, for tests of what talks to them.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;

use anyhow::{Context, Result};

use crate::packages::{self, Purpose};
use crate::ports::{PortPlan, Ports};
use crate::process::{self, Service};
use crate::progress::Progress;
use crate::{machine, postgres, redis};

/// A private PostgreSQL and a private Redis on free ports. Dropping them stops them.
#[derive(Debug)]
pub struct DataServices {
    postgres: Mutex<Option<Service>>,
    redis: Mutex<Option<Service>>,
    redis_tls: Mutex<Option<Service>>,
    ports: PortPlan,
    state: PathBuf,
}

impl DataServices {
    /// Starts both, empty, with their state in the directory `name` below cargo's target
    /// directory.
    ///
    /// # Errors
    /// When one does not start.
    pub fn start(name: &str) -> Result<Self> {
        packages::install(Purpose::Run, &Progress::plain())?;
        let state = machine::target_dir().join("tmp").join(name);
        let logs = state.join("log");
        fs::create_dir_all(&logs).with_context(|| format!("create {}", logs.display()))?;
        let ports = Ports::Free.plan()?;
        let services = Self {
            postgres: Mutex::new(None),
            redis: Mutex::new(None),
            redis_tls: Mutex::new(None),
            ports,
            state,
        };
        services.start_postgres()?;
        services.start_redis()?;
        postgres::query(ports.postgres, postgres::START_AFRESH)?;
        Ok(services)
    }

    /// PostgreSQL's connection URL, without TLS.
    #[must_use]
    pub fn postgres_url(&self) -> String {
        postgres::url(self.ports.postgres)
    }

    /// The connection URL of the role that may only read what pages are made of.
    #[must_use]
    pub fn warm_postgres_url(&self) -> String {
        postgres::warm_url(self.ports.postgres)
    }

    /// Where PostgreSQL listens.
    #[must_use]
    pub fn postgres_address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.ports.postgres))
    }

    /// Redis's connection URL, without TLS.
    #[must_use]
    pub fn redis_url(&self) -> String {
        redis::url(self.ports.redis)
    }

    /// Where Redis listens.
    #[must_use]
    pub fn redis_address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.ports.redis))
    }

    /// The rows of a query to PostgreSQL, each as one text.
    ///
    /// # Errors
    /// When PostgreSQL refuses.
    pub fn sql(&self, query: &str) -> Result<Vec<String>> {
        postgres::query(self.ports.postgres, query)
    }

    /// Stops PostgreSQL.
    pub fn stop_postgres(&self) {
        drop(take(&self.postgres));
    }

    /// Starts PostgreSQL where it does not run, with its data.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_postgres(&self) -> Result<()> {
        start(&self.postgres, || {
            postgres::start(self.ports.postgres, &self.state, &self.state.join("log"))
        })
    }

    /// Stops Redis.
    pub fn stop_redis(&self) {
        drop(take(&self.redis));
    }

    /// Starts Redis where it does not run, empty.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_redis(&self) -> Result<()> {
        start(&self.redis, || {
            redis::start(self.ports.redis, &self.state, &self.state.join("log"))
        })
    }

    /// Starts PostgreSQL anew, speaking TLS too, and tells the file with its certificate.
    ///
    /// # Errors
    /// When it does not start.
    pub fn restart_postgres_with_tls(&self) -> Result<PathBuf> {
        let (certificate, key) = self.certificate("postgres")?;
        self.stop_postgres();
        postgres::use_certificate(&self.state, &certificate, &key)?;
        self.start_postgres()?;
        Ok(certificate)
    }

    /// Starts another Redis, which speaks TLS only; tells its URL and the file with its
    /// certificate.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_redis_with_tls(&self) -> Result<(String, PathBuf)> {
        let (certificate, key) = self.certificate("redis")?;
        let port = self.ports.proxy_tls;
        let logs = self.state.join("log");
        start(&self.redis_tls, || {
            redis::start_with_tls(port, (&certificate, &key), &self.state, &logs)
        })?;
        Ok((format!("rediss://127.0.0.1:{port}"), certificate))
    }

    /// Makes a certificate for 127.0.0.1 that signs itself, and its key: two files in PEM.
    fn certificate(&self, name: &str) -> Result<(PathBuf, PathBuf)> {
        let (certificate, key) = (
            self.state.join(format!("{name}.crt")),
            self.state.join(format!("{name}.key")),
        );
        let mut command = Command::new("openssl");
        command
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt"])
            .args(["ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
            .args(["-subj", "/CN=127.0.0.1", "-addext"])
            .args(["subjectAltName=IP:127.0.0.1,DNS:localhost", "-addext"])
            // A certificate of an authority may not be a server's.
            .args(["basicConstraints=critical,CA:FALSE", "-keyout"])
            .arg(&key)
            .arg("-out")
            .arg(&certificate);
        let log = self.state.join("log/openssl.log");
        process::run("make a certificate", command, &log)?;
        Ok((certificate, key))
    }
}

fn take(slot: &Mutex<Option<Service>>) -> Option<Service> {
    // What a panicking thread left behind is a service like any other.
    slot.lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
        .take()
}

fn start(slot: &Mutex<Option<Service>>, make: impl FnOnce() -> Result<Service>) -> Result<()> {
    let mut service = slot
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    if service.is_none() {
        *service = Some(make()?);
    }
    Ok(())
}
