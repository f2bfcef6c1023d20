//! The reverse proxy tier: nginx as on the EC2 instances, by the files of `edge/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::machine;
use crate::process::{self, Service, StopBy, bound_command};

/// How much one client address may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limits {
    /// As on the instances: docs/edge.md has the figures.
    AsDeployed,
    /// So high that no test meets them: here all clients have one address.
    Raised,
}

impl Limits {
    /// The values that are not `edge/bin/prepare`'s own.
    const fn values(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::AsDeployed => &[],
            Self::Raised => &[
                ("REQUESTS_PER_SECOND", "100000"),
                ("POSTS_PER_SECOND", "100000"),
                ("SIGN_INS_PER_SECOND", "1000"),
                ("CONNECTIONS_PER_ADDRESS", "10000"),
            ],
        }
    }
}

/// How a proxy is started.
#[derive(Debug, Clone)]
pub struct ProxyOptions {
    /// Loopback port for plain HTTP, which the emulator's load balancer speaks.
    pub http_port: u16,
    /// Loopback port for TLS, which AWS's load balancer speaks.
    pub tls_port: u16,
    /// The web servers, `host:port` each.
    pub upstreams: Vec<String>,
    /// Directory of its configuration, its socket and what it keeps. It is emptied.
    pub state: PathBuf,
    /// Directory of the stack's logs: its own are in `proxy/` below.
    pub logs: PathBuf,
    /// What a client address may ask for.
    pub limits: Limits,
}

/// The running proxy. Dropping it stops it.
#[derive(Debug)]
pub struct Proxy {
    service: Mutex<Option<Service>>,
    http_port: u16,
    environment: Vec<(&'static str, String)>,
    state: PathBuf,
    logs: PathBuf,
}

impl Proxy {
    /// Starts nginx and waits until it answers.
    ///
    /// # Errors
    /// When a program is missing, or nginx refuses its configuration or a port.
    pub fn start(options: &ProxyOptions) -> Result<Self> {
        let state = options.state.as_path();
        if state.exists() {
            fs::remove_dir_all(state).with_context(|| format!("clear {}", state.display()))?;
        }
        fs::create_dir_all(state).with_context(|| format!("create {}", state.display()))?;
        let environment = environment(options);
        let logs = options.logs.clone();
        script("prepare", &environment, &logs)?;
        script("discover-upstreams", &environment, &logs)?;
        let proxy = Self {
            service: Mutex::default(),
            http_port: options.http_port,
            environment,
            state: state.to_owned(),
            logs,
        };
        proxy.resume()?;
        Ok(proxy)
    }

    /// Stops nginx, as an outage would. Does nothing where it is stopped.
    pub fn stop(&self) {
        self.service
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
    }

    /// Starts nginx again, with what it has kept, and waits until it answers. Does nothing where
    /// it runs.
    ///
    /// # Errors
    /// When nginx is missing, or refuses its configuration or a port.
    pub fn resume(&self) -> Result<()> {
        let mut running = self.service.lock().unwrap_or_else(PoisonError::into_inner);
        if running.is_some() {
            return Ok(());
        }
        // One that was killed has left its socket behind, which nobody can listen on again.
        let _ = fs::remove_file(self.state.join("waf.sock"));
        let nginx = machine::find_program("nginx").context("find nginx: install it")?;
        let mut command = bound_command(&nginx, StopBy::Terminate, None);
        // `-e` holds until the configuration is read, which names its own.
        command
            .args(["-e", "stderr", "-c"])
            .arg(self.configuration());
        let log = self.logs.join("proxy.log");
        let mut service = Service::start("the reverse proxy", command, &log, StopBy::Terminate)?;
        let health = format!("http://127.0.0.1:{}/healthz", self.http_port);
        service.wait_until(
            || ureq::get(&health).call().is_ok(),
            Duration::from_secs(60),
        )?;
        *running = Some(service);
        Ok(())
    }

    /// Has nginx read its configuration again. It goes on serving meanwhile.
    ///
    /// # Errors
    /// When nginx does not run or refuses its configuration.
    pub fn reload(&self) -> Result<()> {
        let nginx = machine::find_program("nginx").context("find nginx: install it")?;
        let mut command = Command::new(nginx);
        command
            .args(["-e", "stderr", "-s", "reload", "-c"])
            .arg(self.configuration());
        process::run(
            "reload the proxy",
            command,
            &self.logs.join("proxy-reload.log"),
        )
    }

    /// Sends requests to other web servers from now on, by `edge/bin/discover-upstreams`.
    ///
    /// # Errors
    /// When one of them has no address, or nginx refuses them.
    pub fn set_upstreams(&mut self, upstreams: &[String]) -> Result<()> {
        for (name, value) in &mut self.environment {
            if *name == "WEB_UPSTREAM" {
                *value = upstreams.join(",");
            }
        }
        script("discover-upstreams", &self.environment, &self.logs)
    }

    /// The file with one JSON object for each request.
    #[must_use]
    pub fn access_log(&self) -> PathBuf {
        self.logs.join("proxy/access.log")
    }

    /// The file with nginx's own messages.
    #[must_use]
    pub fn error_log(&self) -> PathBuf {
        self.logs.join("proxy/error.log")
    }

    /// The file with what ModSecurity refused and why.
    #[must_use]
    pub fn firewall_log(&self) -> PathBuf {
        self.logs.join("proxy/waf.log")
    }

    /// The configuration that nginx runs with.
    #[must_use]
    pub fn configuration(&self) -> PathBuf {
        self.state.join("conf/nginx.conf")
    }

    /// What the scripts of `edge/bin` are told, by name.
    #[must_use]
    pub fn environment(&self) -> &[(&'static str, String)] {
        &self.environment
    }
}

/// The values of `edge/bin/prepare` and `edge/bin/discover-upstreams`.
fn environment(options: &ProxyOptions) -> Vec<(&'static str, String)> {
    // As root, the workers would become a user who may not enter this directory; as
    // anybody else they stay who they are.
    let user = if machine::is_root() { "root" } else { "" };
    let mut values = vec![
        ("STATE_DIR", options.state.display().to_string()),
        ("LOG_DIR", options.logs.join("proxy").display().to_string()),
        ("NGINX_USER", user.to_owned()),
        ("HTTP_LISTEN", format!("127.0.0.1:{}", options.http_port)),
        ("TLS_LISTEN", format!("127.0.0.1:{}", options.tls_port)),
        ("TRUSTED_CIDR", "127.0.0.1/32".to_owned()),
        ("CACHE_MEGABYTES", "128".to_owned()),
        ("WEB_UPSTREAM", options.upstreams.join(",")),
    ];
    let limits = options.limits.values().iter();
    values.extend(limits.map(|&(name, value)| (name, value.to_owned())));
    values
}

/// Runs a script of `edge/bin` to its end.
fn script(name: &str, environment: &[(&'static str, String)], logs: &Path) -> Result<()> {
    let file = machine::repository().join("edge/bin").join(name);
    let mut command = Command::new(file);
    command
        .env_clear()
        .env("PATH", machine::path_with(&[Path::new("/usr/sbin")])?)
        .envs(environment.iter().map(|(name, value)| (name, value)));
    process::run(
        &format!("run edge/bin/{name}"),
        command,
        &logs.join(format!("proxy-{name}.log")),
    )
}
