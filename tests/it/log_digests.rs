//! CloudTrail's digests: a trail that is whole is quiet, one that was changed wakes someone.

use std::fs;
use std::io::Write as _;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use aws_sdk_s3::primitives::ByteStream;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use lambda_kit::now_ms;
use local::REGION;
use log_formats::date_and_hour;
use serde_json::{Value, json};

use crate::harness::{eventually, s3, stack};

const ACCOUNT: &str = "000000000000";
const HOUR_MS: i64 = 3_600_000;
const FINGERPRINT: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";

/// CloudTrail, as far as it signs.
struct Signer(KeyPair);

/// A digest as CloudTrail made it.
struct Digest {
    key: String,
    content: String,
    signature: String,
}

impl Signer {
    /// One whose public key CloudTrail answers from now on.
    fn announce() -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let key = json!({
            "Fingerprint": FINGERPRINT,
            "Value": STANDARD.encode(pair.public_key().as_ref()),
            "ValidityStartTime": 0,
            "ValidityEndTime": 4_102_444_800_u64,
        });
        fs::write(stack().trail_keys_file(), json!([key]).to_string()).unwrap();
        Self(pair)
    }

    /// The digest of a trail for the hour that ended some hours ago.
    fn digest(
        &self,
        trail: &str,
        hours_ago: i64,
        previous: Option<&Digest>,
        files: &[Value],
    ) -> Digest {
        let (begin, end) = (time(hours_ago + 1), time(hours_ago));
        let digits: String = end
            .chars()
            .filter(|char| !matches!(char, '-' | ':'))
            .collect();
        let key = format!(
            "{}{ACCOUNT}_CloudTrail-Digest_{REGION}_{trail}_{REGION}_{digits}.json.gz",
            folder("CloudTrail-Digest")
        );
        let content = json!({
            "awsAccountId": ACCOUNT,
            "digestStartTime": begin,
            "digestEndTime": end,
            "digestS3Bucket": bucket(),
            "digestS3Object": key,
            "digestPublicKeyFingerprint": FINGERPRINT,
            "digestSignatureAlgorithm": "SHA256withRSA",
            "previousDigestS3Bucket": previous.map(|_| bucket()),
            "previousDigestS3Object": previous.map(|digest| &digest.key),
            "previousDigestHashValue": previous.map(|digest| sha256(&digest.content)),
            "previousDigestHashAlgorithm": "SHA-256",
            "previousDigestSignature": previous.map(|digest| &digest.signature),
            "logFiles": files,
        })
        .to_string();
        let before = previous.map_or("null", |digest| &digest.signature);
        let hash = sha256(&content);
        let signature = self.sign(&format!("{end}\n{}/{key}\n{hash}\n{before}", bucket()));
        Digest {
            key,
            content,
            signature,
        }
    }

    fn sign(&self, text: &str) -> String {
        let mut signature = vec![0; self.0.public_modulus_len()];
        let random = SystemRandom::new();
        self.0
            .sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature)
            .unwrap();
        hex(&signature)
    }
}

fn bucket() -> &'static str {
    stack().output("LogBucketName").unwrap()
}

fn folder(kind: &str) -> String {
    format!("cloudtrail/AWSLogs/{ACCOUNT}/{kind}/{REGION}/2026/11/27/")
}

/// The full hour some hours ago, such as `2026-11-27T10:00:00Z`.
fn time(hours_ago: i64) -> String {
    let (date, hour) = date_and_hour(now_ms() - hours_ago * HOUR_MS);
    format!("{date}T{hour:02}:00:00Z")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn sha256(text: &str) -> String {
    hex(digest(&SHA256, text.as_bytes()).as_ref())
}

fn log_content(user: &str) -> String {
    let event = json!({
        "eventVersion": "1.11",
        "eventTime": time(1),
        "eventSource": "s3.amazonaws.com",
        "eventName": "ListBuckets",
        "userIdentity": {"type": "IAMUser", "userName": user},
        "recipientAccountId": ACCOUNT,
    });
    json!({"Records": [event]}).to_string()
}

/// Writes an object as CloudTrail would.
async fn put(key: &str, content: &str, signature: Option<&str>) {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content.as_bytes()).unwrap();
    let request = s3()
        .put_object()
        .bucket(bucket())
        .key(key)
        .set_metadata(signature.map(|text| [("signature".to_owned(), text.to_owned())].into()))
        .body(ByteStream::from(encoder.finish().unwrap()));
    request.send().await.unwrap();
}

/// Delivers a log file; what a digest says of it.
async fn deliver_log(name: &str) -> Value {
    let key = format!(
        "{}{ACCOUNT}_CloudTrail_{REGION}_20261127T1000Z_{name}.json.gz",
        folder("CloudTrail")
    );
    let content = log_content("anna");
    put(&key, &content, None).await;
    json!({
        "s3Bucket": bucket(),
        "s3Object": key,
        "hashValue": sha256(&content),
        "hashAlgorithm": "SHA-256",
    })
}

/// Delivers a digest and waits until the function has verified it.
async fn deliver_digest(digest: &Digest) {
    put(&digest.key, &digest.content, Some(&digest.signature)).await;
    eventually(&format!("{} to be verified", digest.key), || async {
        let lines = stack().logs("log-processor").ok()?;
        let mut told = lines
            .iter()
            .filter(|line| line.contains("Verified a digest"));
        told.any(|line| line.contains(&digest.key)).then_some(())
    })
    .await;
}

/// What is recorded of a trail, if anything is.
fn alert(trail: &str) -> Option<Value> {
    let table = stack().output("LogTableName").unwrap();
    let key = format!("alert#{ACCOUNT}/trail-tampered/{trail} in {REGION}");
    let request = json!({"TableName": table, "Key": {"pk": {"S": key}, "sk": {"S": "-"}}});
    let answer = stack().dynamodb("GetItem", &request).unwrap();
    serde_json::from_str(answer["Item"]["alert"]["S"].as_str()?).ok()
}

/// The alert of a trail, once the function that runs each minute has told of it.
async fn reported(trail: &str) -> Value {
    eventually(&format!("the alert of {trail}"), || async {
        stack().invoke("log-report", "{}").unwrap();
        alert(trail)
    })
    .await
}

fn evidence(alert: &Value) -> String {
    alert["evidence"].to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trail_that_was_changed_wakes_someone() {
    let signer = Signer::announce();

    let files = [deliver_log("one").await, deliver_log("two").await];
    let whole = signer.digest("it_audit", 1, None, &files);
    deliver_digest(&whole).await;
    crate::harness::wait_for("a run of log-report that no other one stops", || {
        let answer = stack().invoke("log-report", "{}").unwrap();
        answer.get("errorType").is_none().then_some(())
    });
    assert_eq!(alert("it_audit"), None);

    let files = [deliver_log("three").await, deliver_log("four").await];
    let (changed, missing) = (&files[0]["s3Object"], &files[1]["s3Object"]);
    let changed = changed.as_str().unwrap();
    put(changed, &log_content("nobody"), None).await;
    let missing = missing.as_str().unwrap();
    let request = s3().delete_object().bucket(bucket()).key(missing);
    request.send().await.unwrap();
    let tampered = signer.digest("it_audit", 0, Some(&whole), &files);
    deliver_digest(&tampered).await;
    let alert = reported("it_audit").await;
    assert_eq!(alert["severity"], "critical");
    assert_eq!(alert["source"], "cloudtrail");
    assert_eq!(alert["finding"], "2 of 3 files of a digest do not fit");
    for fault in [
        format!("{changed} was changed"),
        format!("{missing} is missing"),
    ] {
        assert!(evidence(&alert).contains(&fault), "{fault} in {alert}");
    }

    // Whoever changes a log file may change what the digest says of it, too.
    let mut forged = signer.digest("it_forged", 0, None, &files);
    forged.content = forged.content.replace(changed, missing);
    deliver_digest(&forged).await;
    let alert = reported("it_forged").await;
    assert_eq!(alert["finding"], "a digest is not what CloudTrail wrote");
    assert!(
        evidence(&alert).contains("its signature does not fit"),
        "{alert}"
    );
}
