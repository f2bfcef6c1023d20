//! Everything together: what is started, in which order, and how to reach it.

mod access;
mod options;
mod services;

use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::Mutex;

use anyhow::{Context, Result};

pub use self::options::StackOptions;
use self::services::{build, lock, start_services};
use crate::aws::Aws;
use crate::deploy::Outputs;
use crate::home::{Home, Site, Webhooks};
use crate::log_delivery::{self, LogDelivery};
use crate::media::Media;
use crate::packages::{self, Purpose};
use crate::ports::PortPlan;
use crate::process::Service;
use crate::progress::Progress;
use crate::road::{Place, Road};
use crate::tools::Tools;
use crate::{cdn, deploy, emulator, forms, samples};

/// The running site. Dropping it stops everything it started.
#[derive(Debug)]
pub struct Stack {
    // In the order they are stopped: fields are dropped from first to last.
    _log_delivery: LogDelivery,
    _cdn: Service,
    _home: Home,
    pub(crate) road: Road,
    emulator: Service,
    pub(crate) redis: Mutex<Option<Service>>,
    pub(crate) postgres: Mutex<Option<Service>>,
    _lock: File,
    pub(crate) ports: PortPlan,
    pub(crate) aws: Aws,
    webhooks: Webhooks,
    outputs: Outputs,
    pub(crate) endpoints_secret_arn: String,
    tools: Tools,
    pub(crate) state_dir: PathBuf,
}

impl Stack {
    /// Brings the site up: installs what is missing, builds the functions, starts
    /// the services, deploys template.yaml.
    ///
    /// # Errors
    /// When a step fails. The message names the step, the end of its log, and what
    /// to do where that is known; what was started before is stopped.
    pub fn start(options: &StackOptions, progress: &Progress) -> Result<Self> {
        let state = options.state_dir.as_path();
        let logs = state.join("log");
        fs::create_dir_all(&logs).with_context(|| format!("create {}", logs.display()))?;
        let lock = lock(state)?;
        let ports = options.ports.plan()?;
        packages::install(Purpose::Run, progress)?;
        let tools = Tools::install(progress)?;
        build(&logs, progress)?;
        let (postgres, redis, emulator) = progress.step(
            "starting PostgreSQL, Redis and the AWS emulator",
            None,
            || start_services(&tools, &ports, state, &logs),
        )?;
        let aws = Aws::new(emulator::endpoint(&ports));
        let deploy_log = logs.join("deploy.log");
        let (setup, outputs) =
            progress.step("deploying template.yaml", Some(&deploy_log), || {
                let setup = forms::prepare(&aws, &ports)?;
                let outputs = deploy::deploy(&tools.sam, &aws, &ports, &setup, state, &logs)?;
                Ok((setup, outputs))
            })?;
        let media = Media::new(aws.endpoint(), output(&outputs, "MediaBucketName")?)?;
        let webhooks = Webhooks::default();
        let road = Road::start(
            &Place {
                ports: &ports,
                aws: &aws,
                outputs: &outputs,
                media_bucket: media.name(),
                state,
                logs: &logs,
            },
            options.limits,
            progress,
        )?;
        let (home, cdn) = progress.step("starting the CDN's edge", None, || {
            let tier_logs = road.logs(state, &logs);
            let site = Site::new(
                media.clone(),
                aws.clone(),
                ports,
                webhooks.clone(),
                cdn::EdgeCache::new(state),
                tier_logs,
            );
            let home = Home::start(site)?;
            let id = output(&outputs, "DistributionId")?;
            let domain = output(&outputs, "DistributionDomainName")?;
            Ok((home, cdn::start(&aws, &ports, id, domain, state, &logs)?))
        })?;
        let log_delivery = LogDelivery::start(&log_delivery::Place {
            aws: &aws,
            outputs: &outputs,
            proxy: &road.proxy,
            state,
            logs: &logs,
        })?;
        let stack = Self {
            _log_delivery: log_delivery,
            _cdn: cdn,
            _home: home,
            road,
            emulator,
            redis: Mutex::new(Some(redis)),
            postgres: Mutex::new(Some(postgres)),
            _lock: lock,
            ports,
            aws,
            webhooks,
            outputs,
            endpoints_secret_arn: setup.endpoints_secret_arn,
            tools,
            state_dir: state.to_owned(),
        };
        stack.write_functions_environment()?;
        if options.samples {
            stack.upload_samples(&media, progress);
            progress.step("uploading the shop's photos", None, || {
                samples::upload_shop(&media)
            })?;
        }
        Ok(stack)
    }

    /// A site whose samples fail is still worth looking at: says so and goes on.
    fn upload_samples(&self, media: &Media, progress: &Progress) {
        let log = self.emulator_log();
        let name = "uploading sample photos and waiting for their derivatives";
        if let Err(error) = progress.step(name, Some(log), || samples::upload(media)) {
            progress.failed(&error);
            progress.note(&format!("the functions' log is {}", log.display()));
        }
    }
}

pub(crate) fn output<'a>(outputs: &'a Outputs, name: &str) -> Result<&'a str> {
    let value = outputs.get(name);
    Ok(value.with_context(|| format!("find the output {name} of template.yaml"))?)
}
