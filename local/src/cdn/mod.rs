//! The caching edge: what CloudFront's points of presence keep, by the behaviours and
//! cache policies of the deployed distribution.
//!
//! The emulator's CloudFront routes, runs functions and fails over between origins, but
//! keeps nothing. nginx stands in front of it and keeps.

mod configuration;
mod distribution;
mod invalidation;

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::aws::Aws;
use crate::home::MAX_FORM_BYTES;
use crate::machine;
use crate::ports::PortPlan;
use crate::process::{Service, StopBy, bound_command};
use distribution::Behaviour;
pub(crate) use invalidation::EdgeCache;

const CONFIGURATION: &str = include_str!("../../cdn/nginx.conf");

/// The file with one JSON object for each request, below the stack's state directory.
pub(crate) const ACCESS_LOG: &str = "cdn/access.log";

/// The directory of kept answers, below the stack's state directory.
const CACHE: &str = "cdn/cache";

/// Starts the edge in front of the home page and of the distribution.
pub(crate) fn start(
    aws: &Aws,
    ports: &PortPlan,
    distribution_id: &str,
    domain: &str,
    state: &Path,
    logs: &Path,
) -> Result<Service> {
    let behaviours = distribution::behaviours(aws, distribution_id)
        .context("read the distribution's cache behaviours")?;
    launch(ports, domain, &behaviours, state, logs)
}

/// Starts nginx, with nothing kept.
fn launch(
    ports: &PortPlan,
    domain: &str,
    behaviours: &[Behaviour],
    state: &Path,
    logs: &Path,
) -> Result<Service> {
    let dir = state.join("cdn");
    if dir.exists() {
        // What was cached belongs to the previous start's distribution.
        fs::remove_dir_all(&dir).with_context(|| format!("clear {}", dir.display()))?;
    }
    fs::create_dir_all(&dir).with_context(|| format!("create {}", dir.display()))?;
    let file = dir.join("nginx.conf");
    fs::write(&file, configuration(ports, domain, &dir, behaviours))
        .with_context(|| format!("write {}", file.display()))?;
    let program = machine::find_program("nginx").context("find nginx: install it")?;
    let mut command = bound_command(&program, StopBy::Terminate, None);
    // `-e` holds until the configuration is read, which names its own.
    command
        .args(["-e", "stderr", "-p"])
        .arg(&dir)
        .arg("-c")
        .arg(&file)
        .env("TZ", "UTC");
    let log = logs.join("cdn.log");
    let mut service = Service::start("the CDN's edge", command, &log, StopBy::Terminate)?;
    let health = format!("http://127.0.0.1:{}/_local/health", ports.site);
    service.wait_until(
        || ureq::get(&health).call().is_ok(),
        Duration::from_secs(20),
    )?;
    Ok(service)
}

fn configuration(ports: &PortPlan, domain: &str, dir: &Path, behaviours: &[Behaviour]) -> String {
    // As root, the workers would become a user who may not enter this directory.
    let user = if machine::is_root() { "user root;" } else { "" };
    let values = [
        ("{{maps}}", configuration::maps(behaviours)),
        ("{{locations}}", configuration::locations(behaviours)),
        ("{{user}}", user.to_owned()),
        ("{{directory}}", dir.display().to_string()),
        ("{{site_port}}", ports.site.to_string()),
        ("{{home_port}}", ports.home.to_string()),
        ("{{emulator_port}}", ports.emulator.to_string()),
        ("{{distribution}}", domain.to_owned()),
        ("{{max_form_bytes}}", MAX_FORM_BYTES.to_string()),
    ];
    values
        .iter()
        .fold(CONFIGURATION.to_owned(), |text, (name, value)| {
            text.replace(name, value)
        })
}

#[cfg(test)]
mod nginx_tests;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_filled_in() {
        let ports = PortPlan {
            site: 1,
            home: 2,
            emulator: 3,
            postgres: 4,
            redis: 5,
            proxy: 6,
            proxy_tls: 7,
            web: [8, 9],
        };
        let text = configuration(&ports, "d1.cloudfront.net", Path::new("/state"), &[]);
        let body = text.split_once("daemon off;").unwrap().1;
        assert!(!body.contains("{{"), "{body}");
        assert!(text.contains("listen 127.0.0.1:1 ") && text.contains("Host d1.cloudfront.net;"));
    }
}
