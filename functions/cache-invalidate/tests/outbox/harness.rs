//! The function with a real PostgreSQL, a real Redis and the services of `aws.rs`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use cache::{Cache, Policy};
use cache_invalidate::{Config, Deps, Outcome, handle};
use database::Database;
use lambda_kit::Failure;
use lambda_runtime::{Context, LambdaEvent};
use local::DataServices;
use serde_json::json;
use site::App;

use crate::aws::Aws;

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
        let app = site(&services, &services.redis_url()).await;
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
    let mut context = Context::default();
    let deadline = SystemTime::now() + Duration::from_mins(2);
    let deadline = deadline.duration_since(SystemTime::UNIX_EPOCH).unwrap();
    context.deadline = u64::try_from(deadline.as_millis()).unwrap();
    handle(LambdaEvent::new(json!({}), context), Arc::clone(deps)).await
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
    let credentials = Credentials::new("akid", "secret", None, None, "test");
    let cloudfront = aws_sdk_cloudfront::Config::builder()
        .behavior_version(aws_sdk_cloudfront::config::BehaviorVersion::latest())
        .region(aws_sdk_cloudfront::config::Region::new("us-east-1"))
        .credentials_provider(credentials.clone())
        .endpoint_url(&aws.endpoint)
        .build();
    let events = aws_sdk_eventbridge::Config::builder()
        .behavior_version(aws_sdk_eventbridge::config::BehaviorVersion::latest())
        .region(aws_sdk_eventbridge::config::Region::new("us-east-1"))
        .credentials_provider(credentials)
        .endpoint_url(&aws.endpoint)
        .build();
    let mut deps = Deps::new(
        config,
        database,
        cache,
        aws_sdk_cloudfront::Client::from_conf(cloudfront),
        aws_sdk_eventbridge::Client::from_conf(events),
    );
    deps.patience = patience;
    deps
}

pub(crate) async fn site(services: &DataServices, redis: &str) -> App {
    let database = services.postgres_url();
    let vars = BTreeMap::from([
        ("DATABASE_URL", database.as_str()),
        ("CACHE_URL", redis),
        ("SITE_LISTEN", "127.0.0.1:0"),
        ("SITE_URL", "http://shop.test"),
        ("MEDIA_BUCKET", "media"),
        ("EDITOR_SECRET", r#"{"password":"correct horse"}"#),
    ]);
    let config = site::Config::for_server(&vars).unwrap();
    App::connect(config).await.unwrap()
}
