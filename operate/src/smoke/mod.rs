//! The smoke test: what a visitor asks for, asked of a deployed site.
//!
//! It reads the health pages and the home page, posts a form as a program would and opens its
//! receipt, uploads a photo with the caller's credentials and waits until the site serves its
//! derivatives. It leaves behind one submission, which says that it is a test; the photo is
//! deleted again.

mod form;
mod photo;
mod report;
mod site;
mod values;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use clap::Args;
use url::Url;

use crate::stack::{self, Stack};
use crate::{Aws, Console};

pub use report::{Check, Report};

use photo::Photos;
use site::{Reply, Site};

/// What is tested.
#[derive(Debug, Clone, Args)]
pub struct SmokeOptions {
    /// Address of the site: https://www.example.com, or what the output SiteUrl says.
    pub site: Url,
    /// Name of the stack, whose outputs say where photos go.
    #[arg(long, default_value = "sidetier")]
    pub stack_name: String,
    /// Region of the stack; else AWS_REGION's, or the profile's.
    #[arg(long)]
    pub region: Option<String>,
    /// The form that is posted: a file of shared/site-forms/forms. Its deliveries are made, to
    /// Amazon's mailbox for tests as the visitor's.
    #[arg(long, default_value = "contact")]
    pub form: String,
    /// Only what needs no credentials: no upload, and pages are not looked for.
    #[arg(long)]
    pub without_aws: bool,
    /// How many seconds are waited for what takes a while, such as a photo's derivatives.
    #[arg(long, default_value_t = 180)]
    pub patience_seconds: u64,
}

impl SmokeOptions {
    /// The usual test of a site.
    #[must_use]
    pub fn of(site: Url) -> Self {
        Self {
            site,
            stack_name: "sidetier".to_owned(),
            region: None,
            form: "contact".to_owned(),
            without_aws: false,
            patience_seconds: 180,
        }
    }
}

/// Tests a site. Every check is made, whatever came of those before it.
///
/// # Errors
/// When the test cannot be made. What does not work is in the report.
pub async fn run(options: &SmokeOptions, aws: Option<&Aws>, console: Console) -> Result<Report> {
    let patience = Duration::from_secs(options.patience_seconds);
    let site = Site::new(&options.site, patience)?;
    let mut report = Report::new(console);
    report.check("live", live(&site)).await;
    report
        .check("ready", site.eventually("/health/ready", is_ready))
        .await;
    report
        .check("status page", site.eventually("/status", is_page))
        .await;

    let name = test_name()?;
    let found = match aws {
        Some(aws) => Some(stack::existing(aws, &options.stack_name).await),
        None => None,
    };
    match &found {
        Some(Ok(stack)) if has_pages(stack) => {
            report
                .check("home page", site.eventually("/", is_page))
                .await;
        }
        Some(Ok(_)) => report.skip("home page", "this deployment has no pages: no database"),
        Some(Err(_)) | None => report.skip("home page", "not known whether there is one"),
    }
    form::check(&site, &options.form, &name, &mut report).await;
    match (aws, found) {
        (Some(aws), Some(found)) => {
            let place = found.and_then(|stack| media(&stack, aws));
            photo::check(&site, place, &name, &mut report).await;
        }
        _ => report.skip("upload", "without AWS"),
    }
    Ok(report)
}

async fn live(site: &Site) -> Result<String> {
    let reply = site.get("/health/live").await?;
    is_ready(&reply)
}

/// `pass` or `warn`, as `application/health+json` says it.
fn is_ready(reply: &Reply) -> Result<String> {
    reply.expect(200)?;
    let status = reply.json()?;
    let status = status.get("status").and_then(|status| status.as_str());
    let status = status.context("read the status: there is none")?;
    anyhow::ensure!(
        status == "pass" || status == "warn",
        "its status is {status}"
    );
    Ok(status.to_owned())
}

fn is_page(reply: &Reply) -> Result<String> {
    reply.expect(200)?;
    let kind = reply.content_type();
    anyhow::ensure!(kind.starts_with("text/html"), "it is {kind}, not a page");
    Ok(format!("{} bytes", reply.body.len()))
}

/// Outputs that are there where something answers pages.
fn has_pages(stack: &Stack) -> bool {
    let names = ["SiteServeFunctionName", "WebTargetGroupArn"];
    names.iter().any(|name| stack.outputs.contains_key(*name))
}

fn media(stack: &Stack, aws: &Aws) -> Result<Photos> {
    let bucket = stack.outputs.get("MediaBucketName");
    let bucket = bucket.context("find the output MediaBucketName: the stack has none")?;
    Ok(Photos {
        s3: aws.s3(),
        bucket: bucket.clone(),
    })
}

/// A name that no other run has: milliseconds since 1970.
fn test_name() -> Result<String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    Ok(now.context("read the clock")?.as_millis().to_string())
}
