//! Breaking things on purpose: servers that stop, workers that are killed.

use std::fs;

use anyhow::{Context, Result};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::stack::Stack;
use crate::{postgres, redis};

impl Stack {
    /// Stops PostgreSQL, as an outage would. Does nothing where it is stopped.
    ///
    /// # Errors
    /// When another thread failed while it did the same.
    pub fn stop_postgres(&self) -> Result<()> {
        self.postgres.lock().map_err(poisoned)?.take();
        Ok(())
    }

    /// Starts PostgreSQL again, with its data.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_postgres(&self) -> Result<()> {
        let mut service = self.postgres.lock().map_err(poisoned)?;
        if service.is_none() {
            let (state, logs) = self.state_and_logs();
            *service = Some(postgres::start(self.ports.postgres, &state, &logs)?);
        }
        Ok(())
    }

    /// Stops Redis, as an outage would. Does nothing where it is stopped.
    ///
    /// # Errors
    /// When another thread failed while it did the same.
    pub fn stop_redis(&self) -> Result<()> {
        self.redis.lock().map_err(poisoned)?.take();
        Ok(())
    }

    /// Starts Redis again, empty.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_redis(&self) -> Result<()> {
        let mut service = self.redis.lock().map_err(poisoned)?;
        if service.is_none() {
            let (state, logs) = self.state_and_logs();
            *service = Some(redis::start(self.ports.redis, &state, &logs)?);
        }
        Ok(())
    }

    /// Kills a web server (0 or 1), as a failing machine would. Does nothing where it is dead.
    ///
    /// # Errors
    /// When there is none of this number.
    pub fn kill_web_server(&self, index: usize) -> Result<()> {
        self.road.web.kill_one(index)
    }

    /// Starts a web server (0 or 1) that was killed.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_web_server(&self, index: usize) -> Result<()> {
        self.road.web.start_one(index)
    }

    /// Stops the reverse proxy, as an outage of all its machines would. Does nothing where it is
    /// stopped.
    pub fn stop_proxy(&self) {
        self.road.proxy.stop();
    }

    /// Starts the reverse proxy again. Does nothing where it runs.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_proxy(&self) -> Result<()> {
        self.road.proxy.resume()
    }

    /// Has the reverse proxy read its configuration again.
    ///
    /// # Errors
    /// When nginx refuses it.
    pub fn reload_proxy(&self) -> Result<()> {
        self.road.proxy.reload()
    }

    /// Makes AWS services (`dynamodb`, `s3`, `sqs`) answer 500 from now on, and with `lambda` no
    /// function run, whoever calls it; an empty list mends them all.
    ///
    /// # Errors
    /// When the emulator cannot be told.
    pub fn fail_services(&self, services: &[&str]) -> Result<()> {
        let file = self.state_and_logs().0.join("emulator/failing-services");
        fs::write(&file, services.join("\n")).with_context(|| format!("write {}", file.display()))
    }

    /// Kills the running processes of a function, by its name (`forms-deliver`), and
    /// tells how many there were.
    ///
    /// # Errors
    /// When the list of processes cannot be read.
    pub fn kill_function_workers(&self, function: &str) -> Result<usize> {
        let name = format!(
            "AWS_LAMBDA_FUNCTION_NAME={}-{function}",
            crate::deploy::STACK
        );
        let home = self.aws.endpoint();
        let mut killed = 0;
        for entry in fs::read_dir("/proc").context("list processes")?.flatten() {
            let pid = entry
                .file_name()
                .to_str()
                .and_then(|name| name.parse().ok());
            let Some(pid) = pid.map(Pid::from_raw) else {
                continue;
            };
            let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
            let environment = String::from_utf8_lossy(&environment);
            let mut variables = environment.split('\0');
            // Of this stack only: another may run on the same machine.
            let is_ours = variables.clone().any(|variable| variable.ends_with(home));
            if is_ours && variables.any(|variable| variable == name) {
                // It may have ended by itself meanwhile.
                killed += usize::from(kill(pid, Signal::SIGKILL).is_ok());
            }
        }
        Ok(killed)
    }
}

fn poisoned<T>(_error: std::sync::PoisonError<T>) -> anyhow::Error {
    anyhow::anyhow!("take a service: another thread failed with it")
}
