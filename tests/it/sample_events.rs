//! Every file under `events/` is replayed against the real handler, with the
//! stack's bucket and table behind it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_lambda_events::event::sqs::SqsEvent;
use lambda_http::RequestExt;
use lambda_runtime::{Context, LambdaEvent};
use serde_json::Value;

use crate::harness::{dynamodb, fragile_stack, manifest, s3, stack, upload};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn events(function: &str) -> BTreeMap<String, String> {
    let folder = root().join("events").join(function);
    let files = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    files
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect()
}

fn context() -> Context {
    let mut context = Context::default();
    context.request_id = "it-1".to_owned();
    let deadline = SystemTime::now() + Duration::from_secs(25);
    context.deadline =
        u64::try_from(deadline.duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
    context
}

fn settings<'a>(bucket: &'a str, table: &'a str) -> BTreeMap<&'a str, &'a str> {
    BTreeMap::from([
        ("MEDIA_BUCKET", bucket),
        ("MEDIA_TABLE", table),
        ("IMAGE_UNSIGNED_OPTIONS", "any"),
    ])
}

/// What each event of image-derive leaves in the queue.
#[tokio::test(flavor = "multi_thread")]
async fn image_derive_takes_every_sample_event() {
    let (bucket, table) = (
        stack().media_bucket().unwrap(),
        stack().media_table().unwrap(),
    );
    let config = image_derive::Config::from_vars(&settings(bucket, table)).unwrap();
    let deps = Arc::new(image_derive::Deps::new(config, s3(), dynamodb()).unwrap());
    for (name, json) in events("image-derive") {
        let event: SqsEvent =
            serde_json::from_str(&json.replace("sidetier-media", bucket)).unwrap();
        let response = image_derive::handle(LambdaEvent::new(event, context()), Arc::clone(&deps))
            .await
            .unwrap();
        // The photos of these events are gone or were never there: nothing is left to do, and nothing to retry.
        assert!(
            response.batch_item_failures.is_empty(),
            "{name}: {response:?}"
        );
    }
}

/// What each event of image-serve is answered with.
#[tokio::test(flavor = "multi_thread")]
async fn image_serve_answers_every_sample_event() {
    let expected = BTreeMap::from([
        ("alb", (200, "image/webp")),
        ("dot-segment", (400, "application/problem+json")),
        ("free-options", (200, "image/webp")),
        ("missing", (404, "application/problem+json")),
        ("post", (405, "application/problem+json")),
        ("preset", (200, "image/avif")),
        ("unicode-key", (200, "image/avif")),
        ("unknown-option", (400, "application/problem+json")),
    ]);
    let scene = sample_photos::render(sample_photos::Scene::Meadow, 800, 600, 11);
    let jpeg = sample_photos::encode_jpeg(&scene, 85, 1);
    for key in ["harbour-at-dusk.jpg", "produkte/a b+c é 100%.jpg"] {
        let etag = upload(key, jpeg.clone()).await;
        manifest(key, &etag).await;
    }
    let (bucket, table) = (
        stack().media_bucket().unwrap(),
        stack().media_table().unwrap(),
    );
    let config = image_serve::Config::from_vars(&settings(bucket, table)).unwrap();
    let deps = Arc::new(image_serve::Deps::new(config, None, s3(), dynamodb()).unwrap());
    let events = events("image-serve");
    let names: BTreeSet<&str> = events.keys().map(String::as_str).collect();
    assert_eq!(names, expected.keys().copied().collect());
    for (name, json) in &events {
        let request = lambda_http::request::from_str(json)
            .unwrap()
            .with_lambda_context(context());
        let response = image_serve::handle(request, Arc::clone(&deps)).await;
        let media_type = response.headers()["content-type"].to_str().unwrap();
        assert_eq!(
            (response.status().as_u16(), media_type),
            expected[name.as_str()],
            "{name}"
        );
    }
}

/// The deployed functions, with the rights that their roles give them.
#[test]
fn health_and_warming_take_every_sample_event() {
    let stack = fragile_stack();
    for function in [
        "cache-invalidate",
        "health-event",
        "health-probe",
        "health-web",
        "warm-pages",
        "warm-plan",
        "warm-queries",
    ] {
        for (name, json) in events(function) {
            let answer = stack
                .invoke(function, &json)
                .unwrap_or_else(|error| panic!("{function}/{name}: {error:#}"));
            if function == "health-web" {
                let status = answer["statusCode"].as_u64().unwrap();
                assert!(status < 500, "{function}/{name}: {answer}");
            }
        }
    }
}

#[test]
fn every_function_has_sample_events_and_each_is_listed() {
    let readme = std::fs::read_to_string(root().join("events/README.md")).unwrap();
    for function in std::fs::read_dir(root().join("functions")).unwrap() {
        let function = function.unwrap().file_name().into_string().unwrap();
        let events = events(&function);
        assert!(!events.is_empty(), "{function} has no sample events");
        for (name, json) in events {
            let _: Value = serde_json::from_str(&json).unwrap();
            assert!(
                readme.contains(&format!("`{function}/{name}.json`")),
                "{function}/{name}.json"
            );
        }
    }
}
