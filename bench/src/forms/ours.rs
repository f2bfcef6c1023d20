//! Our side: one environment of forms-intake, as Lambda keeps it.

use std::path::Path;
use std::process::Child;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::load::Server;
use crate::aws::Aws;
use crate::function_process::command;
use crate::runtime_api::{Call, RuntimeApi};
use crate::usage::running_child_cpu;

/// A function that says nothing for this long is taken for dead.
const PATIENCE: Duration = Duration::from_secs(20);
/// Younger tokens are a sign of a machine: `minimum_seconds` of the form, and a little.
const TOKEN_AGE: Duration = Duration::from_millis(2_500);

/// forms-intake behind a runtime interface of our own.
pub(crate) struct Ours {
    child: Child,
    api: RuntimeApi,
    /// It waits for its next event.
    waiting: Option<oneshot::Sender<String>>,
    /// One per post, as every visitor has a page of their own.
    tokens: Vec<String>,
    _aws: Aws,
}

impl Ours {
    /// Starts the function of `functions`.
    pub(crate) fn start(functions: &Path) -> Result<Self> {
        let bootstrap = functions.join("forms-intake/bootstrap");
        let (api, aws) = (RuntimeApi::start()?, Aws::start()?);
        let child = command("forms-intake", &bootstrap, &api.address(), &aws.endpoint())
            .spawn()
            .with_context(|| {
                format!(
                    "failed to start {}: run cargo lambda build --release",
                    bootstrap.display()
                )
            })?;
        let mut ours = Self {
            child,
            api,
            waiting: None,
            tokens: Vec::new(),
            _aws: aws,
        };
        ours.wait()?;
        Ok(ours)
    }

    fn wait(&mut self) -> Result<()> {
        match self.api.call(PATIENCE)? {
            Call::Next(give) => self.waiting = Some(give),
            Call::Response(_) => bail!("the function answered before it was asked"),
            Call::Error(body) => bail!(
                "the function did not start: {}",
                String::from_utf8_lossy(&body)
            ),
        }
        Ok(())
    }

    /// One event, to its answer.
    fn invoke(&mut self, event: &Value) -> Result<Value> {
        let give = self.waiting.take();
        let give = give.context("the function does not wait for an event")?;
        ensure!(
            give.send(event.to_string()).is_ok(),
            "the function did not wait for its event"
        );
        let answer = match self.api.call(PATIENCE)? {
            Call::Response(body) => serde_json::from_slice(&body)?,
            Call::Next(_) => bail!("the function asked for another event before it answered"),
            Call::Error(body) => bail!("the function failed: {}", String::from_utf8_lossy(&body)),
        };
        self.wait()?;
        Ok(answer)
    }
}

impl Server for Ours {
    fn name(&self) -> String {
        "forms-intake".to_owned()
    }

    fn prepare(&mut self, posts: u32) -> Result<()> {
        self.tokens.clear();
        for _ in 0..posts {
            let answer = self.invoke(&event("GET", "/forms/contact/token", ""))?;
            let body = answer["body"].as_str().unwrap_or_default();
            let token = serde_json::from_str::<Value>(body)?["token"].clone();
            let token = token.as_str().context("the function gave no token")?;
            self.tokens.push(token.to_owned());
        }
        thread::sleep(TOKEN_AGE);
        Ok(())
    }

    fn post(&mut self, submission: &str) -> Result<()> {
        let token = self.tokens.pop().context("there are no tokens left")?;
        let body = format!("form_token={token}&{submission}");
        let answer = self.invoke(&event("POST", "/forms/contact", &body))?;
        ensure!(
            answer["statusCode"] == 303,
            "the function did not accept a submission: {answer}"
        );
        Ok(())
    }

    fn cpu(&self) -> Result<Duration> {
        running_child_cpu(self.child.id())
    }
}

impl Drop for Ours {
    fn drop(&mut self) {
        // It is of no use without us, and there is nobody to tell that it has ended before.
        let _killed = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// A request as the load balancer hands it over.
fn event(method: &str, path: &str, body: &str) -> Value {
    json!({
        "requestContext": {"elb": {"targetGroupArn":
            "arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/forms/6d0ecf831eec9f09"}},
        "httpMethod": method,
        "path": path,
        "multiValueQueryStringParameters": {},
        "multiValueHeaders": {
            "accept": ["text/html,application/xhtml+xml,*/*;q=0.8"],
            "accept-language": ["en"],
            "content-type": ["application/x-www-form-urlencoded"],
            "cloudfront-viewer-address": ["203.0.113.7:51234"],
            "cloudfront-viewer-asn": ["3320"],
            "cloudfront-viewer-country": ["DE"],
            "host": ["shop.example.com"],
            "sec-fetch-site": ["same-origin"],
            "user-agent": ["Mozilla/5.0"],
            "x-forwarded-for": ["203.0.113.7"],
            "x-forwarded-proto": ["https"],
        },
        "body": body,
        "isBase64Encoded": false,
    })
}
