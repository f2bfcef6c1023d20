//! The running stack, and how tests talk to it.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::config::{Credentials, SharedCredentialsProvider};
use aws_sdk_s3::primitives::ByteStream;
use local::{ACCESS_KEY_ID, Progress, Purpose, REGION, SECRET_ACCESS_KEY, Stack, StackOptions};
use serde_json::{Value, json};

/// Longest wait for something that takes a second or two: the machine may be busy.
const PATIENCE: Duration = Duration::from_mins(2);

/// The stack of this test run, on free ports. It stops with the process.
pub(crate) fn stack() -> &'static Stack {
    static STACK: OnceLock<Stack> = OnceLock::new();
    STACK.get_or_init(|| start("test-stack"))
}

/// Starts a stack on free ports, with its state in a directory of that name.
pub(crate) fn start(name: &str) -> Stack {
    let progress = Progress::plain();
    // The site itself needs no browser, its tests do.
    local::install_packages(Purpose::Test, &progress).expect("the packages are there");
    Stack::start(&StackOptions::for_tests(name), &progress).expect("the stack starts")
}

/// What all AWS clients of a stack have in common.
pub(crate) fn aws(stack: &Stack) -> SdkConfig {
    let credentials = Credentials::new(ACCESS_KEY_ID, SECRET_ACCESS_KEY, None, None, "stack");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(stack.emulator_endpoint())
        .build()
}

/// An S3 client of the stack.
pub(crate) fn s3() -> aws_sdk_s3::Client {
    s3_of(stack())
}

/// An S3 client of another stack.
pub(crate) fn s3_of(stack: &Stack) -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::config::Builder::from(&aws(stack))
        .endpoint_url(stack.s3_endpoint())
        .force_path_style(true)
        .build();
    aws_sdk_s3::Client::from_conf(config)
}

/// A DynamoDB client of the stack.
pub(crate) fn dynamodb() -> aws_sdk_dynamodb::Client {
    aws_sdk_dynamodb::Client::new(&aws(stack()))
}

/// Uploads a photo and returns its entity tag.
pub(crate) async fn upload(key: &str, bytes: Vec<u8>) -> String {
    put(&format!("originals/{key}"), bytes).await
}

/// Writes an object of the media bucket and returns its entity tag.
pub(crate) async fn put(key: &str, bytes: Vec<u8>) -> String {
    let request = s3()
        .put_object()
        .bucket(stack().media_bucket().unwrap())
        .key(key)
        .body(ByteStream::from(bytes));
    request
        .send()
        .await
        .unwrap()
        .e_tag()
        .unwrap()
        .trim_matches('"')
        .to_owned()
}

/// Deletes a photo.
pub(crate) async fn delete(key: &str) {
    let request = s3()
        .delete_object()
        .bucket(stack().media_bucket().unwrap())
        .key(format!("originals/{key}"));
    request.send().await.unwrap();
}

/// An object of the media bucket, where there is one.
pub(crate) async fn object(key: &str) -> Option<Vec<u8>> {
    let request = s3()
        .get_object()
        .bucket(stack().media_bucket().unwrap())
        .key(key);
    let output = request.send().await.ok()?;
    Some(output.body.collect().await.ok()?.into_bytes().to_vec())
}

/// The names of the objects with a prefix.
pub(crate) async fn list(prefix: &str) -> Vec<String> {
    let request = s3()
        .list_objects_v2()
        .bucket(stack().media_bucket().unwrap())
        .prefix(prefix);
    let output = request.send().await.unwrap();
    output
        .contents()
        .iter()
        .map(|object| object.key().unwrap().to_owned())
        .collect()
}

/// Asks again until `probe` finds something.
pub(crate) async fn eventually<T, F: Future<Output = Option<T>>>(
    what: &str,
    probe: impl Fn() -> F,
) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = probe().await {
            return found;
        }
        assert!(
            started.elapsed() < PATIENCE,
            "waited {PATIENCE:?} for {what}"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The manifest of a photo once it belongs to the upload with this entity tag.
pub(crate) async fn manifest(key: &str, etag: &str) -> Value {
    eventually(&format!("the manifest of {key}"), || async {
        let json = object(&format!("derived/manifests/{key}.json")).await?;
        let manifest: Value = serde_json::from_slice(&json).ok()?;
        (manifest["source"]["etag"] == etag).then_some(manifest)
    })
    .await
}

/// An answer of the site.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// Asks the site's front door for a path.
pub(crate) fn get(path: &str, headers: &[(&str, &str)]) -> Answer {
    get_from(stack(), path, headers)
}

/// Asks the front door of another stack's site.
pub(crate) fn get_from(stack: &Stack, path: &str, headers: &[(&str, &str)]) -> Answer {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(PATIENCE))
        .build()
        .into();
    let mut request = agent.get(format!("{}{path}", stack.site_url()));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut response = request.call().unwrap();
    let body = response
        .body_mut()
        .with_config()
        .limit(64 * 1024 * 1024)
        .read_to_vec()
        .unwrap();
    Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body,
    }
}

/// Asks again until `probe` finds something.
pub(crate) fn wait_for<T>(what: &str, probe: impl FnMut() -> Option<T>) -> T {
    wait_up_to(PATIENCE, what, probe)
}

/// Asks again until `probe` finds something that takes longer than most.
pub(crate) fn wait_up_to<T>(
    patience: Duration,
    what: &str,
    mut probe: impl FnMut() -> Option<T>,
) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = probe() {
            return found;
        }
        assert!(
            started.elapsed() < patience,
            "waited {patience:?} for {what}"
        );
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Waits for a call of an AWS client, where the test itself is not async.
pub(crate) fn wait_on<T>(call: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap().block_on(call)
}

/// The stack that tests may break, for one test at a time, with nothing broken to begin
/// with, however the test before has ended. It stops with the process.
pub(crate) fn fragile_stack() -> MutexGuard<'static, Stack> {
    static STACK: OnceLock<Mutex<Stack>> = OnceLock::new();
    let stack = STACK.get_or_init(|| Mutex::new(start("fragile-stack")));
    let stack = stack.lock().unwrap_or_else(PoisonError::into_inner);
    stack.fail_services(&[]).unwrap();
    stack.fail_webhooks(None);
    close_breaker(&stack);
    stack
}

/// Forgets that the webhook endpoint has failed, as time does.
pub(crate) fn close_breaker(stack: &Stack) {
    let table = stack.output("FormsGuardTableName").unwrap();
    let key = json!({"pk": {"S": "BREAKER#crm"}});
    stack
        .dynamodb("DeleteItem", &json!({"TableName": table, "Key": key}))
        .unwrap();
}
