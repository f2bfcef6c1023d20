//! The web servers: two processes of the reference site, as an Auto Scaling Group would
//! run them on two instances.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};

use crate::aws::{ACCESS_KEY_ID, Aws, REGION, SECRET_ACCESS_KEY};
use crate::process::{Service, StopBy, bound_command};
use crate::{functions, machine};

/// Binary of the reference site, and the package that has it.
const BINARY: &str = "site-server";

/// One web server: its name, and where it listens.
#[derive(Debug, Clone, Copy)]
struct Instance {
    name: &'static str,
    log: &'static str,
    port: u16,
}

/// The web servers. Dropping them stops them.
#[derive(Debug)]
pub(crate) struct WebServers {
    instances: [Instance; 2],
    running: [Mutex<Option<Service>>; 2],
    environment: Vec<(&'static str, String)>,
    program: PathBuf,
    logs: PathBuf,
}

/// What every web server is told.
#[derive(Debug, Clone)]
pub(crate) struct SiteSettings {
    pub(crate) site_url: String,
    pub(crate) database_url: String,
    pub(crate) cache_url: String,
    pub(crate) media_bucket: String,
    pub(crate) aws_endpoint: String,
    pub(crate) editor_password: String,
}

impl SiteSettings {
    /// The site's environment, as docs/web-server.md names it.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let editor = serde_json::json!({ "password": self.editor_password });
        vec![
            ("SITE_URL", self.site_url.clone()),
            ("DATABASE_URL", self.database_url.clone()),
            ("DATABASE_AUTH", "url".to_owned()),
            ("CACHE_URL", self.cache_url.clone()),
            ("CACHE_AUTH", "url".to_owned()),
            ("MEDIA_BUCKET", self.media_bucket.clone()),
            ("EVENT_BUS", "default".to_owned()),
            ("EDITOR_SECRET", editor.to_string()),
            ("POWERTOOLS_METRICS_NAMESPACE", "Sidetier".to_owned()),
            ("AWS_ENDPOINT_URL", self.aws_endpoint.clone()),
            ("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY.to_owned()),
            ("AWS_REGION", REGION.to_owned()),
        ]
    }
}

impl WebServers {
    /// Starts both, the second when the first has made the tables.
    pub(crate) fn start(
        ports: [u16; 2],
        settings: &SiteSettings,
        state: &Path,
        logs: &Path,
    ) -> Result<Self> {
        // A copy: what runs could not be built anew.
        let built = functions::program(BINARY);
        let program = state.join(BINARY);
        fs::copy(&built, &program).with_context(|| format!("copy {}", built.display()))?;
        let [first, second] = ports;
        let instance = |name, log, port| Instance { name, log, port };
        let servers = Self {
            instances: [
                instance("web server 1", "web-1.log", first),
                instance("web server 2", "web-2.log", second),
            ],
            running: [Mutex::new(None), Mutex::new(None)],
            environment: settings.environment(),
            program,
            logs: logs.to_owned(),
        };
        for index in 0..servers.instances.len() {
            servers.start_one(index)?;
        }
        Ok(servers)
    }

    /// Starts the web server with this index where it does not run.
    pub(crate) fn start_one(&self, index: usize) -> Result<()> {
        let (instance, slot) = self.slot(index)?;
        let mut running = slot.lock().map_err(|_| broken(instance))?;
        if running.is_none() {
            *running = Some(self.spawn(instance)?);
        }
        Ok(())
    }

    /// Kills the web server with this index at once, as a failing machine would.
    pub(crate) fn kill_one(&self, index: usize) -> Result<()> {
        let (instance, slot) = self.slot(index)?;
        if let Some(service) = slot.lock().map_err(|_| broken(instance))?.take() {
            service.kill();
        }
        Ok(())
    }

    /// Where they listen: `127.0.0.1:8087`.
    pub(crate) fn addresses(&self) -> Vec<String> {
        self.instances
            .iter()
            .map(|instance| format!("127.0.0.1:{}", instance.port))
            .collect()
    }

    fn slot(&self, index: usize) -> Result<(Instance, &Mutex<Option<Service>>)> {
        let instance = self.instances.get(index);
        let slot = self.running.get(index);
        let (Some(instance), Some(slot)) = (instance, slot) else {
            return Err(anyhow!("find web server {}: there are two", index + 1));
        };
        Ok((*instance, slot))
    }

    fn spawn(&self, instance: Instance) -> Result<Service> {
        let mut command = bound_command(&self.program, StopBy::Terminate, None);
        command
            .current_dir(machine::repository())
            .env_clear()
            .env("LANG", "C.UTF-8")
            .env("SITE_LISTEN", format!("127.0.0.1:{}", instance.port))
            .env("POWERTOOLS_SERVICE_NAME", "site-server")
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        let log = self.logs.join(instance.log);
        let mut service = Service::start(instance.name, command, &log, StopBy::Terminate)?;
        let health = format!("http://127.0.0.1:{}/healthz", instance.port);
        service.wait_until(
            || ureq::get(&health).call().is_ok(),
            Duration::from_secs(60),
        )?;
        Ok(service)
    }
}

/// Makes a target group send requests to a port of this machine:
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RegisterTargets.html>.
pub(crate) fn register_target(aws: &Aws, target_group_arn: &str, port: u16) -> Result<()> {
    let form = format!(
        "Action=RegisterTargets&Version=2015-12-01&TargetGroupArn={target_group_arn}\
         &Targets.member.1.Id=127.0.0.1&Targets.member.1.Port={port}"
    );
    aws.post(
        "elasticloadbalancing",
        "application/x-www-form-urlencoded",
        None,
        &form,
    )
    .with_context(|| format!("register port {port} with {target_group_arn}"))?;
    Ok(())
}

fn broken(instance: Instance) -> anyhow::Error {
    anyhow!("take {}: another thread failed with it", instance.name)
}
