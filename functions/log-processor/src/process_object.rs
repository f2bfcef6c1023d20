//! The use case: a log was delivered to the bucket.

use std::sync::Arc;

use lambda_kit::{Deadline, Once};
use log_formats::Source;
use log_ledger::LogName;
use object_event::ObjectEvent;
use tracing::info;

use crate::object_stream::object_stream;
use crate::read_log::{read_log, store_result};
use crate::verify_digest::verify_digest;
use crate::{Deps, ProcessError};

/// The end of the names of what Elastic Load Balancing writes to see whether it may write.
const TEST_FILE: &str = "LogTestFile";

/// Reads a log once, whatever the number of events that tell of it.
///
/// # Errors
/// A log that cannot be read, now or ever.
pub(crate) async fn process_object(
    event: &ObjectEvent,
    deps: &Arc<Deps>,
    deadline: Deadline,
) -> Result<(), ProcessError> {
    if event.bucket != deps.config.log_bucket {
        return Err(ProcessError::OtherBucket {
            bucket: event.bucket.clone(),
            served: deps.config.log_bucket.clone(),
        });
    }
    let key = event.object_key.as_str();
    if key.ends_with(TEST_FILE) {
        return Ok(());
    }
    // Not the sequencer: whoever reads old logs again has none.
    let name = format!("log-processor#s3://{}/{key}#{}", event.bucket, event.etag);
    let work = read_object(key, deps, deadline);
    match deps.idempotency.once(&name, work).await? {
        Once::Done(_) => {}
        Once::DoneBefore(_) => info!(object.key = key, "Skipped a log that was read before"),
        Once::InProgress => {
            return Err(ProcessError::InProgress {
                origin: key.to_owned(),
            });
        }
    }
    Ok(())
}

async fn read_object(
    key: &str,
    deps: &Arc<Deps>,
    deadline: Deadline,
) -> Result<&'static str, ProcessError> {
    if is_digest(key) {
        return verify_digest(key, deps, deadline).await;
    }
    let source = source_of(key)?;
    let Some(object) = deps.logs.open(key).await? else {
        info!(object.key = key, "A log was deleted before it was read");
        return Ok("deleted");
    };
    let log = LogName::of_object(deps.logs.name(), key, object.modified_ms, &object.etag);
    let (feed, stream) = object_stream();
    let (passed, read) = tokio::join!(
        feed.pass(object, (key, &log.origin), deadline),
        read_log(stream, (source, &log.origin), deps)
    );
    passed?;
    store_result(log, source, read?, deps).await?;
    Ok("read")
}

/// CloudTrail's digests are beside its logs.
fn is_digest(key: &str) -> bool {
    key.contains("/CloudTrail-Digest/")
}

/// What wrote a log: the first folder of its key, or the name that AWS gave it.
fn source_of(key: &str) -> Result<Source, ProcessError> {
    let folder = key.split('/').next().unwrap_or_default();
    let source = Source::named(folder).or_else(|| Source::of_file_name(key));
    source.ok_or_else(|| ProcessError::Source {
        origin: key.to_owned(),
        allowed: Source::ALL.map(Source::name).join(", "),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_folder_says_what_wrote_a_log() {
        let cases = [
            ("alb/AWSLogs/1/elasticloadbalancing/x.log.gz", Source::Alb),
            (
                "alb-connection/AWSLogs/1/conn_log.x.gz",
                Source::AlbConnection,
            ),
            ("cloudfront/E1.2026-11-27-10.ab.gz", Source::Cloudfront),
            (
                "old/2025/1_elasticloadbalancing_eu_app.x.log.gz",
                Source::Alb,
            ),
        ];
        for (key, source) in cases {
            assert_eq!(source_of(key).unwrap(), source, "{key}");
        }
        let refused = source_of("notes/today.txt").unwrap_err().to_string();
        assert!(refused.contains("cloudfront, alb,"), "{refused}");
    }
}
