//! The AWS emulator: ministack with this repository's extension.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::aws::{ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY};
use crate::home::INVALIDATIONS;
use crate::log_delivery;
use crate::machine;
use crate::ports::PortPlan;
use crate::process::{Service, StopBy, bound_command};
use crate::stack::Stack;
use crate::tools::Environment;

/// Environment variable with the file of CloudTrail's public keys.
const TRAIL_KEYS_VARIABLE: &str = "SIDETIER_CLOUDTRAIL_KEYS";

/// Environment variable with the address of what carries out invalidations of CloudFront.
const EDGE_VARIABLE: &str = "SIDETIER_EDGE_INVALIDATIONS";

/// Starts the emulator, empty, with IAM enforced.
pub(crate) fn start(
    tools: &Environment,
    ports: &PortPlan,
    state: &Path,
    logs: &Path,
) -> Result<Service> {
    let work = state.join("emulator");
    if work.exists() {
        fs::remove_dir_all(&work).with_context(|| format!("clear {}", work.display()))?;
    }
    fs::create_dir_all(&work).with_context(|| format!("create {}", work.display()))?;
    let endpoint = endpoint(ports);
    let mut command = bound_command(&tools.program("python"), StopBy::Terminate, None);
    command
        .arg(machine::repository().join("local/emulator/extension.py"))
        .current_dir(&work)
        // Functions inherit all of this, so nothing of the user's gets in.
        .env_clear()
        .env("HOME", &work)
        .env("TMPDIR", &work)
        .env(
            "PATH",
            machine::path_with(&[&tools.bin(), &tools.node_bin()?])?,
        )
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("LANG", "C.UTF-8")
        .env("AUTH", "true")
        .env("BIND_HOST", "127.0.0.1")
        .env("GATEWAY_PORT", ports.emulator.to_string())
        .env("SFTP_ENABLED", "0")
        .env("IOT_MTLS_ENABLED", "0")
        .env("REDIS_HOST", "127.0.0.1")
        .env("REDIS_PORT", ports.redis.to_string())
        .env(
            log_delivery::SECONDS_VARIABLE,
            log_delivery::interval()?.as_secs().to_string(),
        )
        .env(TRAIL_KEYS_VARIABLE, trail_keys(&work))
        .env(
            EDGE_VARIABLE,
            format!("http://127.0.0.1:{}{INVALIDATIONS}", ports.home),
        )
        .env("AWS_ENDPOINT_URL", &endpoint)
        .env("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID)
        .env("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY)
        .env("AWS_DEFAULT_REGION", REGION);
    let log = logs.join("emulator.log");
    let mut service = Service::start("the AWS emulator", command, &log, StopBy::Terminate)?;
    let health = format!("{endpoint}/_ministack/health");
    service.wait_until(
        || ureq::get(&health).call().is_ok(),
        Duration::from_secs(60),
    )?;
    Ok(service)
}

/// The address of every AWS service.
pub(crate) fn endpoint(ports: &PortPlan) -> String {
    format!("http://127.0.0.1:{}", ports.emulator)
}

fn trail_keys(work: &Path) -> PathBuf {
    work.join("cloudtrail-keys.json")
}

impl Stack {
    /// The file with what CloudTrail answers as its public keys, a JSON array of `Fingerprint`,
    /// `Value`, `ValidityStartTime` and `ValidityEndTime`. There is none until someone, whose
    /// digests are to be believed, writes it.
    #[must_use]
    pub fn trail_keys_file(&self) -> PathBuf {
        trail_keys(&self.state_dir.join("emulator"))
    }
}
