//! The log tier, from what visitors and attackers do to whoever reads it.

mod attack;
mod browsing;
mod delivery;
mod page;
mod tables;

use aws_sdk_s3::primitives::ByteStream;
use flate2::Compression;
use flate2::write::GzEncoder;
use lambda_kit::now_ms;
use log_formats::Source;
use log_ledger::{Ledger, decode, keys};
use log_summary::HOUR_MS;
use std::io::Write;

use crate::harness::{s3, stack, wait_for};

/// A moment in the middle of an hour some hours ago.
fn hours_ago(hours: i64) -> i64 {
    (now_ms().div_euclid(HOUR_MS) - hours) * HOUR_MS + HOUR_MS / 2
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// Delivers a log as AWS would.
async fn deliver(key: &str, bytes: Vec<u8>) {
    let request = s3()
        .put_object()
        .bucket(stack().output("LogBucketName").unwrap())
        .key(key)
        .body(ByteStream::from(bytes));
    request.send().await.unwrap();
}

/// An object of a bucket, by the output with its name.
async fn object(output: &str, key: &str) -> Option<Vec<u8>> {
    let request = s3()
        .get_object()
        .bucket(stack().output(output).unwrap())
        .key(key);
    let output = request.send().await.ok()?;
    Some(output.body.collect().await.ok()?.into_bytes().to_vec())
}

async fn result(key: &str) -> Option<Vec<u8>> {
    object("LogResultsBucketName", key).await
}

/// The names of a bucket's objects with a prefix, by the output with the bucket's name.
async fn list(output: &str, prefix: &str) -> Vec<String> {
    let request = s3()
        .list_objects_v2()
        .bucket(stack().output(output).unwrap())
        .prefix(prefix);
    let output = request.send().await.unwrap();
    let objects = output.contents().iter();
    objects
        .map(|object| object.key().unwrap().to_owned())
        .collect()
}

/// Does what the schedule does each minute, so that nobody waits for it. One of two runs at
/// the same time may fail: the other did it.
fn report() {
    stack().invoke("log-report", "{}").unwrap();
}

/// Requests of a page in an hour, by the ledger of a tier.
async fn reads(hour: i64, source: Source, page: &str) -> u64 {
    let Some(bytes) = result(&keys::ledger(hour)).await else {
        return 0;
    };
    let ledger: Ledger = decode(&bytes).unwrap();
    let of_source = ledger
        .sums
        .requests
        .iter()
        .filter(|of_site| of_site.source == source);
    of_source
        .flat_map(|of_site| of_site.hour.pages.ranking())
        .filter(|(path, _, _)| path.as_str() == page)
        .map(|(_, count, _)| count)
        .sum()
}

/// Reports until something is there.
async fn reported<T, F: Future<Output = Option<T>>>(what: &str, probe: impl Fn() -> F) -> T {
    crate::harness::eventually(what, || async {
        report();
        probe().await
    })
    .await
}

/// The sum of a metric's values.
fn metric(name: &str, dimensions: &[(&str, &str)]) -> f64 {
    stack().metric_sum(name, dimensions).unwrap()
}

/// Waits until no log is on its way.
fn drained() {
    wait_for("the queue of logs to be empty", || {
        let url = stack().output("LogQueueUrl").unwrap();
        (stack().queue_depth(url).unwrap() == 0).then_some(())
    });
}
