//! The function with a real PostgreSQL, a real Redis and the services of `aws.rs`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use cache::Cache;
use database::Database;
use lambda_kit::{Failure, now_ms};
use lambda_runtime::LambdaEvent;
use local::DataServices;
use serde_json::{Value, json};
use site::{App, router};
use tower::ServiceExt;
use warm_queries::{Config, Deps, Outcome, handle};

use crate::aws::Aws;
use crate::lambda_support::{aws_at, context};
use crate::site_support;

pub(crate) struct World {
    pub(crate) services: DataServices,
    pub(crate) aws: Aws,
    pub(crate) deps: Arc<Deps>,
    app: App,
}

/// A page, and what its web server says of where it came from.
pub(crate) struct Page {
    pub(crate) text: String,
    pub(crate) timing: String,
}

impl World {
    /// A site with its tables and no cached answers, all checks passing.
    pub(crate) async fn start(name: &str) -> Self {
        let services = DataServices::start(name).unwrap();
        let aws = Aws::start().await;
        let app = site_support::app(&services, &services.redis_url()).await;
        app.database().await.unwrap();
        let world = Self {
            deps: Arc::new(deps(&services, &aws)),
            services,
            aws,
            app,
        };
        world.say_health("pass");
        world
    }

    /// What the prober says of every check that may hold the warmer back.
    pub(crate) fn say_health(&self, state: &str) {
        let check = json!({"state": state, "since_ms": 0, "maintenance": false});
        let ids = &self.deps.warming.brakes.checks;
        let checks: BTreeMap<&String, &Value> = ids.iter().map(|id| (id, &check)).collect();
        let now = json!({"made_ms": now_ms(), "checks": checks});
        self.aws.stored().health = Some(now.to_string());
    }

    /// What visitors ask for most.
    pub(crate) fn say_hot(&self, paths: &[&str]) {
        let page = |path: &&str| {
            json!({"path": path, "heat": 9.0, "origin_ms": 20.0, "saved_ms": 180.0,
                "hit_ratio": 0.5, "last_status": 200})
        };
        let pages: Vec<Value> = paths.iter().map(page).collect();
        let list = json!({"site": "halden", "made_ms": 1, "pages": pages});
        self.aws.stored().hot_list = Some(list.to_string());
    }

    pub(crate) async fn run(&self, event: Value) -> Result<Outcome, Failure> {
        let event = LambdaEvent::new(event, context(Duration::from_mins(1)));
        handle(event, Arc::clone(&self.deps)).await
    }

    pub(crate) async fn get(&self, path: &str) -> Page {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = router(self.app.clone()).oneshot(request).await.unwrap();
        let timing = response.headers().get("server-timing");
        let timing = timing
            .map_or("", |timing| timing.to_str().unwrap())
            .to_owned();
        let body = to_bytes(response.into_body(), 1024 * 1024).await.unwrap();
        Page {
            text: String::from_utf8_lossy(&body).into_owned(),
            timing,
        }
    }

    /// The payload of every kept answer, by its key.
    pub(crate) async fn kept(&self) -> BTreeMap<String, Value> {
        let client = redis::Client::open(self.services.redis_url()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        let keys: Vec<String> = redis::cmd("KEYS")
            .arg("c:*")
            .query_async(&mut connection)
            .await
            .unwrap();
        let mut kept = BTreeMap::new();
        for key in keys {
            let mut get = redis::cmd("GET");
            let bytes: Vec<u8> = get.arg(&key).query_async(&mut connection).await.unwrap();
            // The head, and 16 bytes for each tag: shared/cache-entry.
            let payload = 30 + 16 * usize::from(bytes[29]);
            kept.insert(key, serde_json::from_slice(&bytes[payload..]).unwrap());
        }
        kept
    }

    pub(crate) async fn empty_redis(&self) {
        let client = redis::Client::open(self.services.redis_url()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        redis::cmd("FLUSHALL")
            .query_async::<()>(&mut connection)
            .await
            .unwrap();
    }
}

fn deps(services: &DataServices, aws: &Aws) -> Deps {
    let (url, cache) = (services.warm_postgres_url(), services.redis_url());
    let vars = BTreeMap::from([
        ("DATABASE_URL", url.as_str()),
        ("CACHE_URL", cache.as_str()),
        ("LOG_RESULTS_BUCKET", "results"),
        ("HEALTH_TABLE", "health"),
    ]);
    let config = Config::from_vars(&vars).unwrap();
    let database = Database::new(&config.database, None).unwrap();
    let cache = Cache::new(&config.cache, None).unwrap();
    let aws = aws_at(&aws.endpoint);
    let objects = aws_sdk_s3::config::Builder::from(&aws)
        .force_path_style(true)
        .build();
    let objects = aws_sdk_s3::Client::from_conf(objects);
    let tables = aws_sdk_dynamodb::Client::new(&aws);
    Deps::new(config, database, cache, objects, tables).unwrap()
}
