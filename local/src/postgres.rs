//! A private PostgreSQL on loopback.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::machine;
use crate::process::{self, Service, StopBy, bound_command};

/// Name of the database user, who may do everything.
pub(crate) const USER: &str = "sidetier";

/// The connection URL.
pub(crate) fn url(port: u16) -> String {
    format!("postgres://{USER}@127.0.0.1:{port}/postgres?sslmode=disable")
}

/// Name of the role that keeps answers warm: it reads what the site's migrations let it read.
const WARM_USER: &str = "sidetier_warm";

/// The connection URL of the role that keeps answers warm.
pub(crate) fn warm_url(port: u16) -> String {
    format!("postgres://{WARM_USER}@127.0.0.1:{port}/postgres?sslmode=disable")
}

/// Empties the database, and makes the role that the site's migrations know, as
/// docs/deploy.md does in AWS.
pub(crate) const START_AFRESH: &str = "DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public; \
     GRANT USAGE ON SCHEMA public TO PUBLIC; \
     DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sidetier_warm') \
     THEN CREATE ROLE sidetier_warm LOGIN; END IF; END $$; \
     ALTER ROLE sidetier_warm SET statement_timeout = '5s'; \
     ALTER ROLE sidetier_warm SET lock_timeout = '1s'; \
     ALTER ROLE sidetier_warm SET idle_in_transaction_session_timeout = '5s'";

/// Names that PostgreSQL looks for in its data directory.
const TLS_CERTIFICATE: &str = "server.crt";
const TLS_KEY: &str = "server.key";

/// PostgreSQL refuses root; its Debian package makes this user.
const SYSTEM_USER: &str = "postgres";

/// Starts PostgreSQL; the first time, makes its data directory.
pub(crate) fn start(port: u16, state: &Path, logs: &Path) -> Result<Service> {
    let data = data_dir(state);
    if !data.join("ready").is_file() {
        initialise(&data, &logs.join("initdb.log"))?;
    }
    let mut command = bound("postgres")?;
    command
        .arg("-D")
        .arg(&data)
        .args(["-p", &port.to_string()])
        .args([
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=",
        ])
        // A development database: speed before crash safety.
        .args([
            "-c",
            "fsync=off",
            "-c",
            "full_page_writes=off",
            "-c",
            "max_connections=50",
        ])
        .current_dir("/");
    if data.join(TLS_KEY).is_file() {
        command.args(["-c", "ssl=on"]);
    }
    let mut service = Service::start(
        "PostgreSQL",
        command,
        &logs.join("postgres.log"),
        StopBy::Interrupt,
    )?;
    let log = service.log().to_owned();
    let ready = || {
        fs::read_to_string(&log)
            .is_ok_and(|text| text.contains("database system is ready to accept connections"))
    };
    service.wait_until(ready, Duration::from_secs(60))?;
    Ok(service)
}

/// Makes PostgreSQL speak TLS too, from its next start on.
pub(crate) fn use_certificate(state: &Path, certificate: &Path, key: &Path) -> Result<()> {
    let data = data_dir(state);
    let mut install = Command::new("install");
    // PostgreSQL refuses a key that others may read.
    install.args(["-m", "600"]);
    if machine::is_root() {
        install.args(["-o", SYSTEM_USER]);
    }
    let log = state.join("log/install.log");
    for (file, name) in [(certificate, TLS_CERTIFICATE), (key, TLS_KEY)] {
        let mut copy = Command::new(install.get_program());
        copy.args(install.get_args()).arg(file).arg(data.join(name));
        process::run("give PostgreSQL its certificate", copy, &log)?;
    }
    Ok(())
}

/// The rows of a query, each as one text.
pub(crate) fn query(port: u16, query: &str) -> Result<Vec<String>> {
    let psql = machine::find_program("psql").context("find psql: install PostgreSQL")?;
    let output = Command::new(psql)
        .args([
            "--no-psqlrc",
            "--tuples-only",
            "--no-align",
            "--set",
            "ON_ERROR_STOP=1",
        ])
        .args(["--host", "127.0.0.1", "--port", &port.to_string()])
        .args([
            "--username",
            USER,
            "--dbname",
            "postgres",
            "--command",
            query,
        ])
        .output()
        .context("run psql")?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        anyhow::bail!("ask PostgreSQL: {}", reason.trim());
    }
    let text = String::from_utf8(output.stdout).context("read rows")?;
    Ok(text.lines().map(str::to_owned).collect())
}

/// The data directory: with the rest of the state, except for root, whose
/// repository the database's system user may not be allowed to enter.
fn data_dir(state: &Path) -> PathBuf {
    if !machine::is_root() {
        return state.join("postgres");
    }
    let mut hasher = DefaultHasher::new();
    state.hash(&mut hasher);
    PathBuf::from(format!(
        "/var/tmp/sidetier-postgres-{:016x}",
        hasher.finish()
    ))
}

fn bound(program: &str) -> Result<Command> {
    let path = machine::find_program(program)
        .with_context(|| format!("find {program}: install PostgreSQL"))?;
    let user = machine::is_root().then_some(SYSTEM_USER);
    Ok(bound_command(&path, StopBy::Interrupt, user))
}

fn initialise(data: &Path, log: &Path) -> Result<()> {
    if data.exists() {
        // Left half-made by an interrupted first start.
        fs::remove_dir_all(data).with_context(|| format!("clear {}", data.display()))?;
    }
    fs::create_dir_all(data).with_context(|| format!("create {}", data.display()))?;
    if machine::is_root() {
        let mut chown = Command::new("chown");
        chown.arg(SYSTEM_USER).arg(data);
        process::run("give the data directory to PostgreSQL's user", chown, log)?;
    }
    let mut initdb = bound("initdb")?;
    initdb
        .arg("-D")
        .arg(data)
        .args([
            "--username",
            USER,
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
        ])
        .arg("--no-sync")
        .current_dir("/");
    process::run("create the PostgreSQL data directory", initdb, log)?;
    fs::write(data.join("ready"), "").context("finish the PostgreSQL data directory")
}
