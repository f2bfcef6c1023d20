use aws_sdk_s3::Client;
use health_checks::{S3Check, StoreAnswer};
use telemetry::Chain;

use crate::probe::aws_error::service;
use crate::probe::phases::{Phase, Phases};
use crate::probe::{ProbeError, Variables, canary};

/// Longest object that is read back: what was written is shorter.
const MAX_BYTES: usize = 64;

/// Looks whether the bucket is there and may be used. Where the check says so, an object of 13
/// bytes, `.health/{check}`, is written and read.
pub(crate) async fn ask(
    id: &str,
    check: &S3Check,
    variables: &Variables,
    client: &Client,
    phases: &Phases,
) -> Result<StoreAnswer, ProbeError> {
    let bucket = variables.resolve(&check.bucket)?;
    phases.begin(Phase::FirstByte);
    let round_trip = if check.put_get {
        Some(round_trip(client, &bucket, &format!(".health/{id}")).await?)
    } else {
        let head = client.head_bucket().bucket(&bucket).send().await;
        head.map_err(|error| service("S3", &error))?;
        None
    };
    Ok(StoreAnswer {
        round_trip,
        latency: Some(phases.finish_period()),
    })
}

async fn round_trip(client: &Client, bucket: &str, key: &str) -> Result<bool, ProbeError> {
    let written = canary::now();
    let put = client.put_object().bucket(bucket).key(key);
    let put = put.body(written.to_string().into_bytes().into());
    put.send().await.map_err(|error| service("S3", &error))?;
    let object = client.get_object().bucket(bucket).key(key).send().await;
    let mut body = object.map_err(|error| service("S3", &error))?.body;
    let mut read = Vec::new();
    while let Some(bytes) = body.try_next().await.map_err(|error| cut(&error))? {
        read.extend_from_slice(&bytes);
        if read.len() > MAX_BYTES {
            return Ok(false);
        }
    }
    Ok(canary::is_fresh(&String::from_utf8_lossy(&read), written))
}

/// The connection broke off in the middle of the object.
fn cut(error: &(dyn std::error::Error + 'static)) -> ProbeError {
    ProbeError::Service {
        service: "S3",
        reason: Chain(error).to_string(),
    }
}
