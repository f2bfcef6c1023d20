//! Requests as the load balancer sends them, with a bucket and a table that answer, or not.
#![expect(clippy::unwrap_used, reason = "a test ends at the first fault")]

mod heartbeats;
mod pages;
mod service;

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use health_checks::SiteChecks;
use health_state::State;
use health_web::{Config, Deps, PushKeys, handle};
use http::Response;
use lambda_http::Body;
use serde_json::{Value, json};
use status_page::{Component, Snapshot};

use crate::service::Service;

pub(crate) const KEY: &str = "an-example-key-of-32-characters!";
const CHECKS: &str = "[[check]]\nid = \"backup\"\npush = { grace = \"26h\" }\n\
                      [[check]]\nid = \"home\"\ntcp = { address = \"a.example:443\" }";

pub(crate) fn deps(service: &Service, keys: PushKeys) -> Arc<Deps> {
    let vars = BTreeMap::from([("HEALTH_TABLE", "health"), ("STATUS_BUCKET", "status")]);
    let endpoint = format!("http://{}", service.address);
    let credentials = Credentials::new("test", "test", None, None, "test");
    let objects = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(credentials.clone())
        .retry_config(aws_sdk_s3::config::retry::RetryConfig::disabled())
        .endpoint_url(&endpoint)
        .force_path_style(true)
        .build();
    let tables = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(credentials)
        .retry_config(aws_sdk_dynamodb::config::retry::RetryConfig::disabled())
        .endpoint_url(&endpoint)
        .build();
    Arc::new(Deps::new(
        Config::from_vars(&vars).unwrap(),
        SiteChecks::parse(CHECKS).unwrap(),
        keys,
        aws_sdk_s3::Client::from_conf(objects),
        aws_sdk_dynamodb::Client::from_conf(tables),
    ))
}

pub(crate) fn snapshot(state: State) -> String {
    let component = Component {
        id: "home".to_owned(),
        name: "Shop".to_owned(),
        state,
        ..Component::default()
    };
    let snapshot = Snapshot {
        site: "Halden".to_owned(),
        url: "https://shop.example.com/status".to_owned(),
        // Never stale, whenever this runs.
        made_ms: 1_795_774_830_000,
        stale_ms: i64::MAX,
        components: vec![component],
        ..Snapshot::default()
    };
    serde_json::to_string(&snapshot).unwrap()
}

pub(crate) async fn ask(
    deps: &Arc<Deps>,
    method: &str,
    path: &str,
    headers: &Value,
    query: &Value,
) -> Response<Body> {
    let event = json!({
        "requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/health-web/6d0ecf831eec9f09"}},
        "httpMethod": method,
        "path": path,
        "multiValueQueryStringParameters": query,
        "multiValueHeaders": headers,
        "body": "",
        "isBase64Encoded": false,
    });
    let request = lambda_http::request::from_str(&event.to_string()).unwrap();
    let request =
        lambda_http::RequestExt::with_lambda_context(request, lambda_http::Context::default());
    handle(request, Arc::clone(deps)).await
}

pub(crate) async fn get(deps: &Arc<Deps>, path: &str) -> Response<Body> {
    ask(
        deps,
        "GET",
        path,
        &json!({"host": ["shop.example.com"]}),
        &json!({}),
    )
    .await
}

pub(crate) fn header<'a>(response: &'a Response<Body>, name: &str) -> &'a str {
    response
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

pub(crate) fn text(response: &Response<Body>) -> String {
    String::from_utf8(response.body().to_vec()).unwrap()
}

pub(crate) fn keys() -> PushKeys {
    PushKeys::of_text(KEY).unwrap()
}
