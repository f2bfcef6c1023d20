//! The function with a real PostgreSQL, a real Redis and the services of `aws.rs`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use cache::{Cache, Policy};
use cache_invalidate::{Config, Deps, Outcome, handle};
use database::Database;
use lambda_kit::Failure;
use lambda_runtime::LambdaEvent;
use local::DataServices;
use serde_json::json;
use site::App;

use crate::aws::Aws;
use crate::lambda_support::{aws_at, context};
use crate::site_support;

const POLICY: Policy = Policy::new(Duration::from_mins(10), Duration::from_hours(1));

pub(crate) struct World {
    pub(crate) services: DataServices,
    pub(crate) aws: Aws,
    pub(crate) app: App,
    pub(crate) deps: Arc<Deps>,
}

impl World {
    /// A site with its tables, and the function, which waits for nothing.
    pub(crate) async fn start(name: &str) -> Self {
        let services = DataServices::start(name).unwrap();
        let aws = Aws::start().await;
        let app = site_support::app(&services, &services.redis_url()).await;
        app.database().await.unwrap();
        let deps = deps(&services, &aws, Duration::ZERO);
        Self {
            services,
            aws,
            app,
            deps: Arc::new(deps),
        }
    }

    /// One run.
    pub(crate) async fn run(&self) -> Result<Outcome, Failure> {
        run(&self.deps).await
    }

    pub(crate) fn sql(&self, statement: &str) -> Vec<String> {
        self.services.sql(statement).unwrap()
    }

    /// A change, noted as the site notes it.
    pub(crate) fn change(&self, tag: &str, paths: &str) {
        self.sql(&format!(
            "INSERT INTO cache_events (tag, paths) VALUES ('{tag}', '{{{paths}}}')"
        ));
    }

    /// Makes everything due that waits for its time.
    pub(crate) fn pass_time(&self) {
        self.sql("UPDATE cache_purges SET due_at = now(), lease_until = NULL");
    }

    /// What is kept under a key with this tag: `value`, where nothing was.
    pub(crate) async fn kept(&self, tag: &str, value: u32) -> u32 {
        let compute = move || async move { Ok::<_, std::fmt::Error>(value) };
        let tags = [tag.to_owned()];
        let kept = self.deps.cache.get_or_compute(tag, &POLICY, &tags, compute);
        kept.await.unwrap().value
    }
}

pub(crate) async fn run(deps: &Arc<Deps>) -> Result<Outcome, Failure> {
    let event = LambdaEvent::new(json!({}), context(Duration::from_mins(2)));
    handle(event, Arc::clone(deps)).await
}

pub(crate) fn deps(services: &DataServices, aws: &Aws, patience: Duration) -> Deps {
    let (url, cache) = (services.postgres_url(), services.redis_url());
    let vars = BTreeMap::from([
        ("DATABASE_URL", url.as_str()),
        ("CACHE_URL", cache.as_str()),
        ("DISTRIBUTION_ID", "E1"),
        ("EVENT_BUS", "default"),
    ]);
    of_vars(&vars, aws, patience)
}

pub(crate) fn of_vars(vars: &BTreeMap<&str, &str>, aws: &Aws, patience: Duration) -> Deps {
    let config = Config::from_vars(vars).unwrap();
    let database = Database::new(&config.database, None).unwrap();
    let cache = Cache::new(&config.cache, None).unwrap();
    let aws = aws_at(&aws.endpoint);
    let cloudfront = aws_sdk_cloudfront::Client::new(&aws);
    let events = aws_sdk_eventbridge::Client::new(&aws);
    let mut deps = Deps::new(config, database, cache, cloudfront, events);
    deps.patience = patience;
    deps
}
