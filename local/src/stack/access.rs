//! How to reach what runs.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use super::{Stack, output};
use crate::home::mails;
use crate::tools::Tools;
use crate::web::SiteSettings;
use crate::{deploy, postgres, redis, road};

impl Stack {
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
