//! Jobs that say that they are there.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use health_checks::SiteChecks;
use health_probe::{ProbeSettings, Prober};
use health_state::{Observation, Outcome};
use health_store::{HealthStore, Heartbeat};
use health_web::{Config, Deps, PushKeys};
use http::StatusCode;
use lambda_http::RequestExt as _;
use lambda_kit::{Deadline, now_ms};
use serde_json::{Value, json};
use settings::Reader;

use crate::harness::{aws, dynamodb, s3, stack};

/// The longest body that is taken, in bytes.
const LONGEST: usize = 4096;
/// A job of which the site knows nothing.
const NOBODY: &str = "it-nobody";
/// One that another site has.
const JOB: &str = "it-backup";
const BACKUP: &str = "[[check]]\nid = \"it-backup\"\npush = { grace = \"1h\" }\n";

fn token(key: &str, check: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
    URL_SAFE_NO_PAD.encode(hmac::sign(&key, check.as_bytes()))
}

/// The key of the stack's own secret.
async fn key() -> String {
    let arn = stack().output("HealthPushSecretArn").unwrap();
    let secret = secrets::read(&aws(stack()), arn).await.unwrap();
    secret.expose().lines().next().unwrap().to_owned()
}

/// Posts a heartbeat by the site's front door.
fn post(check: &str, token: Option<&str>, query: &str, body: &str) -> (u16, Value) {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into();
    let url = format!("{}/health/push/{check}?{query}", stack().site_url());
    let mut request = agent.post(url);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let mut response = request.send(body).unwrap();
    let text = response.body_mut().read_to_string().unwrap();
    let status = response.status().as_u16();
    (status, serde_json::from_str(&text).unwrap_or_default())
}

/// The site has no job that reports: whoever proves to be one learns that, and nobody else.
#[tokio::test(flavor = "multi_thread")]
async fn by_the_front_door_only_the_right_token_learns_anything() {
    let key = key().await;
    let right = token(&key, NOBODY);
    let ok = "success=true";
    let (other_check, other_key) = (token(&key, "home"), token("guessed", NOBODY));
    for wrong in [
        None,
        Some(""),
        Some("guessed"),
        Some(&other_check),
        Some(&other_key),
    ] {
        let (status, problem) = post(NOBODY, wrong, ok, "");
        assert_eq!(status, 401, "{wrong:?}: {problem}");
        let text = problem.to_string();
        assert!(!text.contains("allowed are"), "{text}");
    }
    let (status, problem) = post(NOBODY, Some(&right), ok, "");
    assert_eq!(status, 404, "{problem}");
    // Neither is anything that is checked, but reports nothing.
    let (status, problem) = post("home", Some(&other_check), ok, "");
    assert_eq!(status, 404, "{problem}");
    let (status, problem) = post(NOBODY, Some(&right), ok, &"x".repeat(LONGEST + 1));
    assert_eq!(status, 413, "{problem}");
    for check in [NOBODY, "home"] {
        assert_eq!(stored(check).await, None);
    }
}

/// What a job said last.
async fn stored(check: &str) -> Option<Heartbeat> {
    let table = stack().output("HealthTableName").unwrap();
    let store = HealthStore::new(dynamodb(), table.to_owned());
    let all = store.heartbeats(&[check.to_owned()]).await.unwrap();
    all.get(check).cloned()
}

/// Answers of the function for a site that has such a job, by the stack's secret and table.
struct Web(Arc<Deps>);

impl Web {
    fn connect() -> Self {
        let output = |name| stack().output(name).unwrap();
        let vars = BTreeMap::from([
            ("HEALTH_TABLE", output("HealthTableName")),
            ("STATUS_BUCKET", output("StatusBucketName")),
        ]);
        let config = Config::from_vars(&vars).unwrap();
        let arn = output("HealthPushSecretArn").to_owned();
        let keys = PushKeys::of_secret(aws(stack()), Some(arn));
        let checks = SiteChecks::parse(BACKUP).unwrap();
        Self(Arc::new(Deps::new(config, checks, keys, s3(), dynamodb())))
    }

    async fn push(&self, token: &str, query: &Value) -> StatusCode {
        let event = json!({
            "requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/web/0"}},
            "httpMethod": "POST", "path": "/health/push/it-backup", "body": "", "isBase64Encoded": false,
            "multiValueHeaders": {"authorization": [format!("Bearer {token}")]},
            "multiValueQueryStringParameters": query,
        });
        let request = lambda_http::request::from_str(&event.to_string()).unwrap();
        let request = request.with_lambda_context(lambda_runtime::Context::default());
        let answer = health_web::handle(request, Arc::clone(&self.0)).await;
        answer.status()
    }
}

/// What a run at that moment makes of the heartbeats that the table has.
async fn judged(at_ms: i64) -> Observation {
    let vars: BTreeMap<&str, &str> = BTreeMap::new();
    let mut reader = Reader::new(&vars);
    let settings = ProbeSettings::read(&mut reader, &[]);
    let prober = Prober::connect(&aws(stack()), reader.finish(settings).unwrap());
    let checks = SiteChecks::parse(BACKUP).unwrap();
    let deadline = Deadline::at(SystemTime::now() + Duration::from_secs(60));
    let run = at_ms.unsigned_abs();
    let beats: BTreeMap<_, _> = stored(JOB)
        .await
        .map(|beat| (JOB.to_owned(), beat))
        .into_iter()
        .collect();
    let seen = prober.run(&checks, &beats, at_ms, run, deadline);
    seen.await.remove(0).1
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_silent_for_too_long_or_says_so_has_failed() {
    let web = Web::connect();
    let right = token(&key().await, JOB);
    let works = json!({"success": ["true"]});
    assert_eq!(web.push("guessed", &works).await, StatusCode::UNAUTHORIZED);
    assert_eq!(stored(JOB).await, None);

    assert_eq!(web.push(&right, &works).await, StatusCode::OK);
    let beat = stored(JOB).await.unwrap();
    assert!(
        beat.is_ok && (now_ms() - beat.at_ms).abs() < 60_000,
        "{beat:?}"
    );
    assert_eq!(judged(beat.at_ms + 3_600_000).await.outcome, Outcome::Pass);
    let silent = judged(beat.at_ms + 3_601_000).await;
    assert_eq!(silent.outcome, Outcome::Fail, "{silent:?}");

    let failed = json!({"success": ["false"], "msg": ["disk full"]});
    assert_eq!(web.push(&right, &failed).await, StatusCode::OK);
    let said = judged(now_ms()).await;
    assert_eq!(said.outcome, Outcome::Fail);
    assert!(said.text.contains("disk full"), "{said:?}");
}
