//! The use case: CloudTrail delivered a digest, which proves the trail up to there.

use std::io::{self, Read};

use audit_log::{Digest, DigestError, DigestName, LogFile, TrailFindings};
use lambda_kit::{Deadline, now_ms};
use log_formats::{Decompressed, Source};
use log_ingest::Ingested;
use log_ledger::{LogName, Partial};
use store::StoreError;
use tracing::{info, warn};

use crate::object_stream::{ObjectStream, object_stream};
use crate::read_log::store_partial;
use crate::{Deps, ProcessError};

/// The largest digest, as it is stored and decompressed, in bytes. An entry has some 600.
const MAX_STORED: u64 = 16 << 20;
const MAX_CONTENT: u64 = 64 << 20;

/// The most of a log file that is looked at, decompressed, in bytes: CloudTrail's own are a
/// hundred times smaller, and one that was put in their place must not take all the time.
const MAX_LOG: u64 = 1 << 30;

/// Holds a digest, the one before and the log files that it names against each other.
///
/// # Errors
/// What cannot be reached, now or ever. What does not fit is no error but an alert.
pub(crate) async fn verify_digest(
    key: &str,
    deps: &Deps,
    deadline: Deadline,
) -> Result<&'static str, ProcessError> {
    let name = DigestName::of_key(key).ok_or_else(|| ProcessError::DigestName {
        key: key.to_owned(),
    })?;
    // Opened for when it was written.
    let object = deps.logs.open(key).await?;
    let (Some(object), Some(signed)) = (object, read_signed(key, deps).await?) else {
        info!(object.key = key, "A digest was deleted before it was read");
        return Ok("deleted");
    };
    let modified_ms = object.modified_ms;
    let log = LogName::of_object(deps.logs.name(), key, modified_ms, &object.etag);
    drop(object);
    let findings = match prove(&signed, key, &name.region, deps).await? {
        Ok(digest) => look_at(&digest, modified_ms, deps, deadline).await?,
        Err(fault) => disbelieve(fault, modified_ms),
    };
    tell(key, &findings);
    let alert = findings.alert(&name);
    let outcome = alert.as_ref().map_or("verified", |_| "tampered");
    if alert.is_some() {
        let alerts = alert.into_iter().collect();
        let partial = Partial::new(
            log,
            Source::Cloudtrail,
            Ingested::default(),
            alerts,
            now_ms(),
        );
        store_partial(&partial, deps).await?;
    }
    let mut metrics = deps.config.telemetry.metrics();
    metrics.count("AuditDigests");
    metrics.flush();
    Ok(outcome)
}

/// A digest as it is kept.
#[derive(Default)]
struct Signed {
    /// Uncompressed.
    content: Vec<u8>,
    signature: String,
}

/// What is too large for a digest or cannot be decompressed was put there by someone else: it
/// counts as empty, which no signature fits.
async fn read_signed(key: &str, deps: &Deps) -> Result<Option<Signed>, ProcessError> {
    let mut object = match deps.logs.get(key, MAX_STORED).await {
        Ok(Some(object)) => object,
        Ok(None) => return Ok(None),
        Err(StoreError::TooLarge { .. }) => return Ok(Some(Signed::default())),
        Err(failed) => return Err(failed.into()),
    };
    Ok(Some(Signed {
        content: decompress(&object.bytes).unwrap_or_default(),
        signature: object.metadata.remove("signature").unwrap_or_default(),
    }))
}

fn decompress(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    let stream = Decompressed::new(bytes)?;
    // What is cut off has another hash.
    stream.take(MAX_CONTENT).read_to_end(&mut content)?;
    Ok(content)
}

/// Whether CloudTrail wrote a digest: what it says if so, and otherwise why not.
async fn prove(
    signed: &Signed,
    key: &str,
    region: &str,
    deps: &Deps,
) -> Result<Result<Digest, DigestError>, ProcessError> {
    let place = (deps.logs.name(), key);
    let named = || format!("{}/{key}", place.0);
    let parsed = Digest::parse(&signed.content).ok();
    let timed = parsed.and_then(|digest| digest.window_ms().map(|window| (digest, window)));
    let Some((digest, (_, end_ms))) = timed else {
        return Ok(Err(DigestError::Unreadable(named())));
    };
    let fingerprint = &digest.digest_public_key_fingerprint;
    let found = deps.public_keys.find(region, fingerprint, end_ms).await;
    let Some(public_key) = found.map_err(ProcessError::PublicKeys)? else {
        return Ok(Err(DigestError::UnknownKey {
            digest: named(),
            fingerprint: fingerprint.clone(),
        }));
    };
    let proof = digest.verify(&signed.content, place, &signed.signature, &public_key);
    Ok(proof.map(|()| digest))
}

/// What a digest says that is not CloudTrail's is not looked at, and its times are none: with
/// old ones, an alert would be no news.
fn disbelieve(fault: DigestError, modified_ms: i64) -> TrailFindings {
    TrailFindings {
        first_ms: modified_ms,
        last_ms: modified_ms,
        files: 0,
        faults: vec![fault],
    }
}

/// Holds what a proven digest names against it.
async fn look_at(
    digest: &Digest,
    modified_ms: i64,
    deps: &Deps,
    deadline: Deadline,
) -> Result<TrailFindings, ProcessError> {
    let (first_ms, last_ms) = digest.window_ms().unwrap_or((modified_ms, modified_ms));
    let mut findings = TrailFindings {
        first_ms,
        last_ms,
        files: 0,
        faults: Vec::new(),
    };
    if let Some(key) = previous(digest, deps) {
        findings.files += 1;
        findings
            .faults
            .extend(previous_fault(digest, key, deps).await?);
    }
    for file in &digest.log_files {
        if file.s3_bucket != deps.logs.name() {
            info!(
                log.file = file.place(),
                "Skipped a log file of another bucket"
            );
            continue;
        }
        findings.files += 1;
        match file_fault(file, deps, deadline).await {
            Ok(fault) => findings.faults.extend(fault),
            // What was found is told at once: who changes files can also make them take long.
            Err(ProcessError::OutOfTime { .. }) if !findings.faults.is_empty() => break,
            Err(failed) => return Err(failed),
        }
    }
    Ok(findings)
}

/// The key of the digest before, where there is one and it is in our bucket.
fn previous<'a>(digest: &'a Digest, deps: &Deps) -> Option<&'a str> {
    let key = digest.previous_digest_s3_object.as_deref()?;
    let bucket = digest.previous_digest_s3_bucket.as_deref();
    if bucket != Some(deps.logs.name()) {
        info!(
            object.key = key,
            bucket, "Skipped the digest before, which is in another bucket"
        );
        return None;
    }
    Some(key)
}

/// What is wrong with the digest before.
async fn previous_fault(
    digest: &Digest,
    key: &str,
    deps: &Deps,
) -> Result<Option<DigestError>, ProcessError> {
    let Some(signed) = read_signed(key, deps).await? else {
        let missing = format!("{}/{key}", deps.logs.name());
        return Ok(Some(DigestError::MissingPrevious(missing)));
    };
    let proof = digest.verify_previous(&signed.content, &signed.signature);
    Ok(proof.err())
}

/// What is wrong with a log file.
async fn file_fault(
    file: &LogFile,
    deps: &Deps,
    deadline: Deadline,
) -> Result<Option<DigestError>, ProcessError> {
    let key = file.s3_object.as_str();
    let Some(object) = deps.logs.open(key).await? else {
        return Ok(Some(DigestError::MissingLogFile(file.place())));
    };
    let origin = format!("s3://{}", file.place());
    let (feed, stream) = object_stream();
    let named = file.clone();
    let (passed, read) = tokio::join!(
        feed.pass(object, (key, &origin), deadline),
        tokio::task::spawn_blocking(move || content_fault(&named, stream))
    );
    passed?;
    read.map_err(|source| ProcessError::Worker { origin, source })
}

/// What is wrong with a log file's content, which is read on a thread of its own.
fn content_fault(file: &LogFile, stream: ObjectStream) -> Option<DigestError> {
    match Decompressed::new(stream) {
        Ok(content) => file.verify(content.take(MAX_LOG)).err(),
        Err(_) => Some(DigestError::LogFile(file.place())),
    }
}

fn tell(key: &str, findings: &TrailFindings) {
    for fault in &findings.faults {
        warn!(object.key = key, %fault, "The audit trail was changed or has gaps");
    }
    info!(
        object.key = key,
        files = findings.files,
        faults = findings.faults.len(),
        "Verified a digest"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_that_is_not_compressed_as_one_is_refused() {
        assert_eq!(decompress(b"{}").unwrap(), b"{}");
        assert!(decompress(&[0x1f, 0x8b, 8, 0]).is_err());
        assert!(decompress(b"PAR1").is_err());
    }

    #[test]
    fn what_is_not_cloudtrails_is_dated_by_s3() {
        let findings = disbelieve(DigestError::Unreadable("d".to_owned()), 7);
        assert_eq!((findings.first_ms, findings.last_ms), (7, 7));
    }
}
