//! Checks of a real PostgreSQL and a real Redis.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking; the lint's own exception covers test functions only"
)]

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use aws_config::{BehaviorVersion, SdkConfig};
use database::{Database, DatabaseAuth, DatabaseSettings};
use health_checks::SiteChecks;
use health_probe::{ProbeSettings, Prober};
use health_state::{Observation, Outcome};
use lambda_kit::Deadline;
use local::DataServices;
use settings::{Reader, Secret};

fn services() -> &'static DataServices {
    static SERVICES: OnceLock<DataServices> = OnceLock::new();
    SERVICES.get_or_init(|| DataServices::start("health-probe-tests").unwrap())
}

fn prober(variables: &[(&'static str, &str)]) -> Prober {
    let vars: BTreeMap<&str, &str> = variables.iter().copied().collect();
    let names: Vec<&'static str> = variables.iter().map(|(name, _)| *name).collect();
    let mut reader = Reader::new(&vars);
    let settings = ProbeSettings::read(&mut reader, &names);
    let aws = SdkConfig::builder().behavior_version(BehaviorVersion::latest());
    Prober::connect(&aws.build(), reader.finish(settings).unwrap())
}

/// What a run sees of one check.
async fn look(prober: &Prober, check: &str) -> Observation {
    let checks = SiteChecks::parse(&format!("[[check]]\nid = \"a\"\n{check}")).unwrap();
    let deadline = Deadline::at(SystemTime::now() + Duration::from_secs(60));
    let mut seen = prober.run(&checks, &BTreeMap::new(), 1, 1, deadline).await;
    seen.remove(0).1
}

#[track_caller]
fn assert_seen(seen: &Observation, outcome: Outcome, texts: &[&str]) {
    assert_eq!(seen.outcome, outcome, "{seen:?}");
    for text in texts {
        assert!(seen.text.contains(text), "{seen:?}");
    }
}

const WRITE: &str = "postgres = { url = \"env:DATABASE_URL\", write_canary = true }";

#[tokio::test]
async fn postgres_is_asked_all_at_once() {
    let services = services();
    let url = services.postgres_url();
    let prober = prober(&[("DATABASE_URL", &url)]);
    let settings = DatabaseSettings {
        url: Secret::new(&url),
        auth: DatabaseAuth::Url,
        ca_file: None,
        connections: 1,
    };
    let database = Database::new(&settings, None).unwrap();
    assert_canary(&prober, &database).await;
    assert_levels(&prober, &database).await;
    services.stop_postgres();
    let seen = look(&prober, WRITE).await;
    assert_seen(&seen, Outcome::Fail, &["connect to the database"]);
    assert!(
        seen.evidence
            .iter()
            .any(|text| text.starts_with("second try: connect"))
    );
    services.start_postgres().unwrap();
    assert_seen(&look(&prober, WRITE).await, Outcome::Pass, &[]);
}

/// Writing is tried with a row that has to be there.
async fn assert_canary(prober: &Prober, database: &Database) {
    let missing = look(prober, WRITE).await;
    assert_seen(
        &missing,
        Outcome::Fail,
        &["the table `health_canary` is missing"],
    );
    let table = "CREATE TABLE health_canary (id smallint PRIMARY KEY, written_at timestamptz)";
    database.execute(table, &[]).await.unwrap();
    let empty = look(prober, WRITE).await;
    assert_seen(&empty, Outcome::Fail, &["writing does not work"]);
    let row = "INSERT INTO health_canary VALUES (1)";
    database.execute(row, &[]).await.unwrap();
    let seen = look(prober, WRITE).await;
    let texts = ["writing works", "oldest transaction is 0s"];
    assert_seen(&seen, Outcome::Pass, &texts);
    assert!(seen.latency_us > Some(0));
    let written = "SELECT FROM health_canary WHERE written_at > now() - interval '1 minute'";
    assert_eq!(database.query(written, &[]).await.unwrap().len(), 1);
}

async fn assert_levels(prober: &Prober, database: &Database) {
    // Somebody else's transaction, and nobody's own: that of the probe is not counted.
    let mut connection = database.connection().await.unwrap();
    let transaction = connection.transaction().await.unwrap();
    transaction
        .query("SELECT pg_sleep(1.1)", &[])
        .await
        .unwrap();
    let levels =
        "xact_age = { warn = \"1s\" }, connections_pct = { fail = 0.01 }, xid_age = { fail = 1 }";
    let all = format!("postgres = {{ url = \"env:DATABASE_URL\", {levels} }}");
    let texts = ["connections is ", "age of transaction ids is "];
    assert_seen(&look(prober, &all).await, Outcome::Fail, &texts);
    let age = "postgres = { url = \"env:DATABASE_URL\", xact_age = { warn = \"1s\" } }";
    let texts = ["oldest transaction is "];
    assert_seen(&look(prober, age).await, Outcome::Warn, &texts);
    transaction.commit().await.unwrap();
    let texts = ["oldest transaction is 0s"];
    assert_seen(&look(prober, age).await, Outcome::Pass, &texts);
    let replica = "postgres = { url = \"env:DATABASE_URL\", replica_lag = { fail = \"60s\" } }";
    let texts = ["it is no replica"];
    assert_seen(&look(prober, replica).await, Outcome::Fail, &texts);
}

#[tokio::test]
async fn redis_is_asked_all_at_once() {
    let services = services();
    let url = services.redis_url();
    let prober = prober(&[("CACHE_URL", &url)]);
    let all = "redis = { url = \"env:CACHE_URL\", role = \"master\", memory_pct = { fail = 99 }, \
               evictions_per_min = { warn = 1 }, set_get = true, latency = { fail = \"2s\" } }";
    let texts = [
        "memory is ",
        "evictions in a minute is 0",
        "writing and reading works",
    ];
    let seen = look(&prober, all).await;
    assert_seen(&seen, Outcome::Pass, &texts);
    assert!(seen.latency_us > Some(0));
    // What was written goes away by itself.
    let client = redis::Client::open(url.as_str()).unwrap();
    let mut redis = client.get_multiplexed_async_connection().await.unwrap();
    let keys: Vec<String> = redis::cmd("KEYS")
        .arg("health:a:*")
        .query_async(&mut redis)
        .await
        .unwrap();
    let ttl: i64 = redis::cmd("TTL")
        .arg(&keys[0])
        .query_async(&mut redis)
        .await
        .unwrap();
    assert!(keys.len() == 1 && (1..=60).contains(&ttl), "{keys:?} {ttl}");

    let replica = "redis = { url = \"env:CACHE_URL\", role = \"replica\", replicas_min = 1 }";
    let texts = [
        "it is the master instead of the replica",
        "0 replicas instead of at least 1",
    ];
    assert_seen(&look(&prober, replica).await, Outcome::Fail, &texts);

    services.stop_redis();
    assert_seen(&look(&prober, all).await, Outcome::Fail, &["ask the cache"]);
    services.start_redis().unwrap();
    assert_seen(&look(&prober, all).await, Outcome::Pass, &[]);
}
