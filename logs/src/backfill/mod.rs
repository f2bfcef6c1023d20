//! Has log-processor read objects that are in the log bucket already: one message for each, as
//! if it had just been written.

mod faults;
mod message;
mod queue;
mod s3_url;
mod tally;

use std::io::Write;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_s3::types::Object;

use self::faults::listing_fault;
use self::message::{Batch, Message, modified, size_of};
use self::queue::Queue;
use self::tally::Tally;
use crate::arguments::BackfillArguments;

pub(crate) use self::s3_url::S3Url;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);
/// More than the SDK's three: a person would only start it again.
const ATTEMPTS: u32 = 6;

/// Objects from one line of progress to the next.
const PROGRESS: u64 = 1_000;

/// Puts a message for each object of a prefix on the queue.
pub(crate) fn backfill(arguments: &BackfillArguments) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("start the runtime")?;
    runtime.block_on(Box::pin(run(arguments)))
}

async fn run(arguments: &BackfillArguments) -> Result<()> {
    let aws = aws_config().await?;
    let queue = match &arguments.queue {
        Some(url) if !arguments.dry_run => Some(Queue {
            client: aws_sdk_sqs::Client::new(&aws),
            url: url.clone(),
        }),
        _ => None,
    };
    let mut backfill = Backfill {
        arguments,
        queue,
        batch: Batch::default(),
        tally: Tally::default(),
        done: None,
    };
    let outcome = backfill.take_all(&aws).await;
    let Backfill { tally, done, .. } = backfill;
    if let (Err(_), Some(key)) = (&outcome, done) {
        return outcome.with_context(|| {
            let quoted = key.replace('\'', r"'\''");
            format!(
                "broke off after {} objects, the last key done is {key}: go on with --after '{quoted}'",
                tally.objects
            )
        });
    }
    outcome?;
    if tally.objects + tally.passed_over == 0 {
        match &arguments.after {
            None => bail!("there is no object below {}", arguments.place),
            Some(key) => bail!("there is no object below {} after {key}", arguments.place),
        }
    }
    let mut out = std::io::stdout().lock();
    for line in tally.describe(arguments.dry_run) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

async fn aws_config() -> Result<SdkConfig> {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .build();
    let aws = aws_config::defaults(BehaviorVersion::latest())
        .timeout_config(timeouts)
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .load()
        .await;
    if aws.region().is_none() {
        bail!(
            "no region is known: name it by AWS_REGION, or in the profile that AWS_PROFILE names"
        );
    }
    Ok(aws)
}

struct Backfill<'a> {
    arguments: &'a BackfillArguments,
    /// `None` if it is only counted.
    queue: Option<Queue>,
    batch: Batch,
    tally: Tally,
    /// The last key of which the message has been sent.
    done: Option<String>,
}

impl Backfill<'_> {
    async fn take_all(&mut self, aws: &SdkConfig) -> Result<()> {
        let place = &self.arguments.place;
        // An endpoint that is named is an emulator, whose buckets have no names in DNS.
        let config = aws_sdk_s3::config::Builder::from(aws)
            .force_path_style(aws.endpoint_url().is_some())
            .build();
        let mut pages = aws_sdk_s3::Client::from_conf(config)
            .list_objects_v2()
            .bucket(&place.bucket)
            .prefix(&place.prefix)
            .set_start_after(self.arguments.after.clone())
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| listing_fault(error, place))?;
            for object in page.contents() {
                self.take(object).await?;
            }
        }
        self.send().await
    }

    async fn take(&mut self, object: &Object) -> Result<()> {
        if self.is_passed_over(object) {
            self.tally.passed_over += 1;
            return Ok(());
        }
        let message = Message::of_object(&self.arguments.place.bucket, object);
        if !self.batch.has_room_for(&message) {
            self.send().await?;
        }
        self.batch.push(message);
        Ok(())
    }

    /// The S3 console makes "folders" as objects with a slash at the end.
    fn is_passed_over(&self, object: &Object) -> bool {
        let is_old = match (self.arguments.from, modified(object)) {
            (Some(from), Some(modified)) => modified < from,
            _ => false,
        };
        is_old || size_of(object) == 0 || object.key().is_none_or(|key| key.ends_with('/'))
    }

    /// Sends what waits.
    async fn send(&mut self) -> Result<()> {
        let messages = self.batch.take();
        if let (Some(queue), false) = (&self.queue, messages.is_empty()) {
            queue.send(&messages).await?;
        }
        for message in messages {
            self.tally.add(&message);
            if self.tally.objects.is_multiple_of(PROGRESS) {
                writeln!(std::io::stdout(), "{}", self.tally.progress(&message.key))?;
            }
            self.done = Some(message.key);
        }
        Ok(())
    }
}
