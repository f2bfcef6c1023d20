use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_sdk_s3::primitives::ByteStream;
use cache::{Cache, Cached, Policy};
use database::{Database, Migration, migrate};
use lambda_kit::Classified as _;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;

use crate::answer::Reads;
use crate::editor::{Attempts, Sessions};
use crate::{Config, SiteError};

/// The database's layout and the first catalogue.
const MIGRATIONS: [Migration; 2] = [
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
];

/// How long answers of the database are kept: fresh for a minute, and for a day where the
/// database is away. A change ends them at once, by their tags.
const ANSWERS: Policy = Policy::new(Duration::from_mins(1), Duration::from_hours(24));

/// Everything that requests need. Cheap to clone.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    config: Config,
    database: Database,
    cache: Cache,
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
    /// When an address is none, or certificates cannot be read.
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

    /// An answer of the database, from the cache where it has it. Notes in `reads` where it
    /// came from.
    pub(crate) async fn read<T, F, Fut>(
        &self,
        reads: &mut Reads,
        key: &str,
        tags: &[String],
        query: F,
    ) -> Result<T, SiteError>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        F: FnOnce(Self) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, SiteError>> + Send + 'static,
    {
        let app = self.clone();
        let compute = move || query(app);
        let cached = self.cache().get_or_compute(key, &ANSWERS, tags, compute);
        let Cached {
            value,
            outcome,
            took,
        } = cached.await?;
        reads.note(outcome, took);
        Ok(value)
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
