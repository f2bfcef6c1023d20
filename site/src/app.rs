use std::sync::Arc;
use std::time::SystemTime;

use aws_sdk_s3::primitives::ByteStream;
use cache::{Cache, Cached};
use database::{Database, Migration, Parameters, migrate};
use lambda_kit::Classified as _;
use serde::Serialize;
use serde::de::DeserializeOwned;
use site_queries::{SiteQueries, ask, select};
use tokio::sync::OnceCell;

use crate::answer::Reads;
use crate::editor::{Attempts, Sessions};
use crate::{Config, SiteError};

/// The database's layout and the first catalogue.
const MIGRATIONS: [Migration; 3] = [
    Migration {
        version: 1,
        name: "0001_shop",
        sql: include_str!("../migrations/0001_shop.sql"),
    },
    Migration {
        version: 2,
        name: "0002_catalogue",
        sql: include_str!("../migrations/0002_catalogue.sql"),
    },
    Migration {
        version: 3,
        name: "0003_outbox",
        sql: include_str!("../migrations/0003_outbox.sql"),
    },
];

/// Everything that requests need. Cheap to clone.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    config: Config,
    database: Database,
    cache: Cache,
    queries: SiteQueries,
    objects: aws_sdk_s3::Client,
    events: aws_sdk_eventbridge::Client,
    sessions: Sessions,
    attempts: Attempts,
    is_migrated: OnceCell<()>,
}

impl App {
    /// Makes the clients. Database and cache are connected to when first needed.
    ///
    /// # Errors
    /// When an address is none, certificates cannot be read, or the queries have a fault.
    pub async fn connect(config: Config) -> Result<Self, SiteError> {
        let aws = lambda_kit::aws_config().await;
        let credentials = aws.credentials_provider();
        let objects = aws_sdk_s3::config::Builder::from(&aws)
            // Emulators have no host name for each bucket.
            .force_path_style(aws.endpoint_url().is_some())
            .build();
        let inner = Inner {
            database: Database::new(&config.database, credentials.clone())?,
            cache: Cache::new(&config.cache, credentials).map_err(SiteError::Cache)?,
            queries: SiteQueries::of_site()?,
            objects: aws_sdk_s3::Client::from_conf(objects),
            events: aws_sdk_eventbridge::Client::new(&aws),
            sessions: Sessions::new(&config.editor.session_key, config.is_secure())?,
            attempts: Attempts::default(),
            is_migrated: OnceCell::new(),
            config,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// The settings.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.inner.config
    }

    /// The database, brought to the present layout before its first use.
    ///
    /// # Errors
    /// When it is away, or cannot be brought there.
    pub async fn database(&self) -> Result<&Database, SiteError> {
        let database = &self.inner.database;
        let migrated = self
            .inner
            .is_migrated
            .get_or_try_init(|| migrate(database, &MIGRATIONS));
        migrated.await?;
        Ok(database)
    }

    pub(crate) fn cache(&self) -> &Cache {
        &self.inner.cache
    }

    pub(crate) fn events(&self) -> &aws_sdk_eventbridge::Client {
        &self.inner.events
    }

    pub(crate) fn sessions(&self) -> &Sessions {
        &self.inner.sessions
    }

    pub(crate) fn attempts(&self) -> &Attempts {
        &self.inner.attempts
    }

    /// What a query of `warming.toml` answers for these values, from the cache where it has it.
    /// Notes in `reads` where it came from and what ends it.
    pub(crate) async fn read<T>(
        &self,
        reads: &mut Reads,
        id: &'static str,
        values: &[&str],
    ) -> Result<T, SiteError>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
    {
        let (query, call) = self.inner.queries.call(id, values)?;
        let (app, params, policy) = (self.clone(), call.params, query.policy());
        let compute = move || async move { app.answer(id, &params).await };
        let cache = self.cache();
        let cached = cache.get_or_compute(&call.key, &policy, &call.tags, compute);
        Ok(noted(reads, &call.tags, cached.await?))
    }

    /// What a query of `warming.toml` answers now: for editors, who change what they see.
    pub(crate) async fn ask<T>(&self, id: &'static str, values: &[&str]) -> Result<T, SiteError>
    where
        T: DeserializeOwned,
    {
        let (_, call) = self.inner.queries.call(id, values)?;
        self.answer(id, &call.params).await
    }

    async fn answer<T: DeserializeOwned>(
        &self,
        id: &'static str,
        params: &[String],
    ) -> Result<T, SiteError> {
        let query = self.inner.queries.get(id)?;
        Ok(ask(self.database().await?, query, params).await?)
    }

    /// What a statement answers that gives one row with one column of the type `json`.
    pub(crate) async fn select<T: DeserializeOwned>(
        &self,
        statement: &str,
        values: Parameters<'_>,
    ) -> Result<T, SiteError> {
        Ok(select(self.database().await?, statement, values).await?)
    }

    /// Stores an uploaded photo under `originals/`.
    pub(crate) async fn store_photo(
        &self,
        key: &str,
        media_type: &str,
        bytes: Vec<u8>,
    ) -> Result<(), SiteError> {
        let put = self.inner.objects.put_object();
        let put = put
            .bucket(&self.inner.config.media_bucket)
            .key(format!("originals/{key}"))
            .content_type(media_type)
            .body(ByteStream::from(bytes));
        put.send().await.map_err(SiteError::upload)?;
        Ok(())
    }

    /// Tries to be ready for the first visitor: lays out the database. A database that is
    /// away must not keep a web server from starting: its cached pages are still worth having.
    pub async fn warm_up(&self) {
        if let Err(error) = self.database().await {
            let code = error.code();
            tracing::warn!(error = %telemetry::Chain(&error), error.code = code, "Started without the database");
        }
    }

    pub(crate) fn now() -> SystemTime {
        SystemTime::now()
    }
}

fn noted<T>(reads: &mut Reads, tags: &[String], cached: Cached<T>) -> T {
    reads.note(tags, cached.outcome, cached.took);
    cached.value
}
