//! Everything together: what is started, in which order, and how to reach it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use anyhow::{Context, Result, anyhow};
use serde_json::Value;

use crate::aws::Aws;
use crate::deploy::Outputs;
use crate::home::{Home, Site, Webhooks, mails};
use crate::log_delivery::{self, LogDelivery};
use crate::media::Media;
use crate::packages::{self, Purpose};
use crate::ports::{PortPlan, Ports};
use crate::process::Service;
use crate::progress::Progress;
use crate::proxy::Limits;
use crate::road::{self, Place, Road};
use crate::tools::Tools;
use crate::web::SiteSettings;
use crate::{cdn, deploy, emulator, forms, functions, machine, postgres, redis, samples};

/// How a stack is started.
#[derive(Debug, Clone)]
pub struct StackOptions {
    /// Where it listens.
    pub ports: Ports,
    /// Directory of its state and logs; one running stack has it for itself.
    pub state_dir: PathBuf,
    /// Whether the sample photos are uploaded and waited for.
    pub samples: bool,
    /// What one client address may ask of the reverse proxy.
    pub limits: Limits,
}

impl Default for StackOptions {
    /// Port 8080, `.local/` in the repository, with samples.
    fn default() -> Self {
        Self {
            ports: Ports::From(8080),
            state_dir: machine::repository().join(".local"),
            samples: true,
            limits: Limits::AsDeployed,
        }
    }
}

impl StackOptions {
    /// Free ports, the state directory `name` below cargo's target directory, no samples.
    #[must_use]
    pub fn for_tests(name: &str) -> Self {
        Self {
            ports: Ports::Free,
            state_dir: machine::target_dir().join("tmp").join(name),
            samples: false,
            limits: Limits::Raised,
        }
    }
}

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

    /// Address of the site, without a slash at the end: `http://127.0.0.1:8080`.
    #[must_use]
    pub fn site_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports.site)
    }

    /// Address of every AWS service, for `AWS_ENDPOINT_URL`. Its credentials are
    /// [`crate::ACCESS_KEY_ID`] and [`crate::SECRET_ACCESS_KEY`].
    #[must_use]
    pub fn emulator_endpoint(&self) -> &str {
        self.aws.endpoint()
    }

    /// Address of S3; use path style.
    #[must_use]
    pub fn s3_endpoint(&self) -> &str {
        self.aws.endpoint()
    }

    /// Address of the reverse proxy, as the load balancer asks it.
    #[must_use]
    pub fn proxy_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports.proxy)
    }

    /// The log file of a tier that is no function: `edge`, `proxy`, `firewall`, `web-1`,
    /// `web-2`, `redis`, `postgres`.
    #[must_use]
    pub fn tier_log(&self, name: &str) -> Option<PathBuf> {
        let logs = self.state_dir.join("log");
        let all = self.road.logs(&self.state_dir, &logs);
        let found = all.into_iter().find(|(tier, _)| *tier == name);
        found.map(|(_, file)| file)
    }

    /// Name of the media bucket.
    ///
    /// # Errors
    /// When the template has no such output.
    pub fn media_bucket(&self) -> Result<&str> {
        self.output("MediaBucketName")
    }

    /// Name of the media table.
    ///
    /// # Errors
    /// When the template has no such output.
    pub fn media_table(&self) -> Result<&str> {
        self.output("MediaTableName")
    }

    /// An output of the deployed template.
    ///
    /// # Errors
    /// When the template has none of this name.
    pub fn output(&self, name: &str) -> Result<&str> {
        output(&self.outputs, name)
    }

    /// PostgreSQL's connection URL.
    #[must_use]
    pub fn postgres_url(&self) -> String {
        postgres::url(self.ports.postgres)
    }

    /// PostgreSQL's connection URL of the role that may only read what pages are made of.
    #[must_use]
    pub fn warm_postgres_url(&self) -> String {
        postgres::warm_url(self.ports.postgres)
    }

    /// Redis's connection URL.
    #[must_use]
    pub fn redis_url(&self) -> String {
        redis::url(self.ports.redis)
    }

    /// What the web servers are told.
    pub(crate) fn site_settings(&self) -> Result<SiteSettings> {
        Ok(road::site_settings(
            &self.ports,
            &self.aws,
            self.media_bucket()?,
        ))
    }

    /// Every log line of a function, oldest first, by its name (`image-derive`).
    ///
    /// # Errors
    /// When it has no log group, or the emulator does not answer.
    pub fn logs(&self, function: &str) -> Result<Vec<String>> {
        self.aws
            .log_lines(&format!("/aws/lambda/{}-{function}", deploy::STACK))
    }

    /// File with what the emulator and the functions print.
    #[must_use]
    pub fn emulator_log(&self) -> &Path {
        self.emulator.log()
    }

    /// Calls a function by its name (`forms-drain`) with an event and returns its answer.
    ///
    /// # Errors
    /// When it cannot be called or answers something that is not JSON. An error of the
    /// function is an answer: `errorType` and `errorMessage`.
    pub fn invoke(&self, function: &str, event: &str) -> Result<Value> {
        let name = format!("{}-{function}", deploy::STACK);
        let answer = self.aws.invoke(&name, event)?;
        serde_json::from_str(&answer).with_context(|| format!("read the answer of {function}"))
    }

    /// Calls DynamoDB, by the operation's name, as root.
    ///
    /// # Errors
    /// When DynamoDB refuses.
    pub fn dynamodb(&self, operation: &str, request: &Value) -> Result<Value> {
        let target = format!("DynamoDB_20120810.{operation}");
        self.json_api("dynamodb", &target, request)
    }

    /// The rows of a query to PostgreSQL, each as one text.
    ///
    /// # Errors
    /// When PostgreSQL refuses.
    pub fn sql(&self, query: &str) -> Result<Vec<String>> {
        postgres::query(self.ports.postgres, query)
    }

    /// What the webhook receiver got, oldest first: `id`, `type`, `data`.
    #[must_use]
    pub fn received_webhooks(&self) -> Vec<Value> {
        self.webhooks.documents()
    }

    /// Makes the webhook receiver answer `status` from now on; with `None` it works again.
    pub fn fail_webhooks(&self, status: Option<u16>) {
        self.webhooks.fail_with(status);
    }

    /// The mails that were sent, oldest first, as the emulator keeps them: `To`,
    /// `Subject`, `BodyText`.
    ///
    /// # Errors
    /// When the emulator does not answer.
    pub fn sent_mails(&self) -> Result<Vec<Value>> {
        mails(self.aws.endpoint())
    }

    /// Where its state and its logs are.
    pub(crate) fn state_and_logs(&self) -> (PathBuf, PathBuf) {
        (self.state_dir.clone(), self.state_dir.join("log"))
    }

    /// The tools it was built and deployed with.
    #[must_use]
    pub const fn tools(&self) -> &Tools {
        &self.tools
    }
}

pub(crate) fn output<'a>(outputs: &'a Outputs, name: &str) -> Result<&'a str> {
    let value = outputs.get(name);
    Ok(value.with_context(|| format!("find the output {name} of template.yaml"))?)
}

/// Takes the state directory for this process. The kernel frees it when the
/// process ends, however it ends.
fn lock(state: &Path) -> Result<File> {
    let path = state.join("lock");
    let file = File::create(&path).with_context(|| format!("create {}", path.display()))?;
    file.try_lock().with_context(|| {
        format!(
            "use {}: another `cargo run` of this repository is running",
            state.display()
        )
    })?;
    Ok(file)
}

fn build(logs: &Path, progress: &Progress) -> Result<()> {
    let log = logs.join("build.log");
    let names = functions::names()?.join(", ");
    progress.step(&format!("building {names}"), Some(&log), || {
        functions::build(&log)
    })
}

/// Starts what does not depend on one another, at once.
fn start_services(
    tools: &Tools,
    ports: &PortPlan,
    state: &Path,
    logs: &Path,
) -> Result<(Service, Service, Service)> {
    thread::scope(|scope| {
        let postgres = scope.spawn(|| {
            let service = postgres::start(ports.postgres, state, logs)?;
            // The emulator starts with empty tables and buckets, so what is projected from
            // them, and what shows their photos, does too.
            postgres::query(ports.postgres, postgres::START_AFRESH)?;
            anyhow::Ok(service)
        });
        let redis = scope.spawn(|| redis::start(ports.redis, state, logs));
        let emulator = emulator::start(&tools.emulator, ports, state, logs);
        let ended = |_| anyhow!("start a service: its thread ended early");
        Ok((
            postgres.join().map_err(ended)??,
            redis.join().map_err(ended)??,
            emulator?,
        ))
    })
}
