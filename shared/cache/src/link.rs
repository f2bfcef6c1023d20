//! The connection to Redis: deadlines, one reconnect, a breaker.

use std::sync::{Mutex as SyncMutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use iam_token::Signer;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, FromRedisValue, IntoConnectionInfo, Pipeline, Value};
use redis::{RedisError, TlsCertificates};
use tokio::sync::Mutex;
use tokio::time::timeout;
use tracing::debug;

use crate::breaker::Breaker;
use crate::{CacheAuth, CacheError, CacheSettings};

/// Longest wait for a connection: TCP, TLS and sign-in.
const CONNECT: Duration = Duration::from_millis(500);
/// ElastiCache ends connections that IAM opened after twelve hours.
const LONGEST_LIFE: Duration = Duration::from_hours(11);
/// Largest file of certificates that is read, in bytes.
const MAX_CERTIFICATES: u64 = 1024 * 1024;

/// Redis, connected to when first needed.
pub(crate) struct Link {
    client: Client,
    auth: CacheAuth,
    credentials: Option<SharedCredentialsProvider>,
    connection: Mutex<Option<Connection>>,
    breaker: SyncMutex<Breaker>,
}

#[derive(Clone)]
struct Connection {
    redis: MultiplexedConnection,
    opened: Instant,
}

/// Whether a request that may or may not have been carried out is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// Doing it twice is doing it once.
    Once,
    /// It is not.
    Never,
}

impl Link {
    pub(crate) fn new(
        settings: &CacheSettings,
        url: &str,
        credentials: Option<SharedCredentialsProvider>,
    ) -> Result<Self, CacheError> {
        // The first to install one wins: the AWS SDK's own is the same.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let info = url.into_connection_info().map_err(CacheError::Address)?;
        let client = match &settings.ca_file {
            None => Client::open(info),
            Some(file) => {
                let certificates = TlsCertificates {
                    client_tls: None,
                    root_cert: Some(read_capped(file).map_err(CacheError::Certificates)?),
                };
                Client::build_with_tls(info, certificates)
            }
        };
        Ok(Self {
            client: client.map_err(CacheError::Address)?,
            auth: settings.auth.clone(),
            credentials,
            connection: Mutex::new(None),
            breaker: SyncMutex::default(),
        })
    }

    /// Sends a request and reads its answer, each attempt within `budget`. A connection that
    /// turns out dead is replaced, once.
    pub(crate) async fn ask<T: FromRedisValue>(
        &self,
        request: &Pipeline,
        repeat: Repeat,
        budget: Duration,
    ) -> Result<T, CacheError> {
        if !self.breaker(|breaker| breaker.admits(Instant::now())) {
            return Err(CacheError::Open);
        }
        let outcome = self.attempts(request, repeat, budget).await;
        self.breaker(|breaker| match &outcome {
            Ok(_) => breaker.succeeded(),
            Err(_) => breaker.failed(Instant::now()),
        });
        let value = outcome?;
        T::from_redis_value(value).map_err(|error| CacheError::Redis(error.into()))
    }

    /// Whether Redis is left alone at present.
    pub(crate) fn is_open(&self) -> bool {
        self.breaker(|breaker| breaker.is_open())
    }

    async fn attempts(
        &self,
        request: &Pipeline,
        repeat: Repeat,
        budget: Duration,
    ) -> Result<Value, CacheError> {
        let (connection, is_new) = self.connection().await?;
        let failure = match attempt(&connection, request, budget).await {
            Ok(value) => return Ok(value),
            Err(failure) => failure,
        };
        self.discard(&connection).await;
        if is_new || repeat == Repeat::Never {
            return Err(failure);
        }
        debug!(error = %failure, "Connecting to the cache again");
        let (connection, _) = self.connection().await?;
        let outcome = attempt(&connection, request, budget).await;
        if outcome.is_err() {
            self.discard(&connection).await;
        }
        outcome
    }

    /// The connection in use, or a new one; and whether it is new.
    async fn connection(&self) -> Result<(Connection, bool), CacheError> {
        let mut slot = self.connection.lock().await;
        if let Some(connection) = slot.as_ref()
            && connection.opened.elapsed() < LONGEST_LIFE
        {
            return Ok((connection.clone(), false));
        }
        let limit = CacheError::Timeout {
            milliseconds: CONNECT.as_millis(),
        };
        let redis = timeout(CONNECT, self.open()).await.map_err(|_| limit)??;
        let connection = Connection {
            redis,
            opened: Instant::now(),
        };
        *slot = Some(connection.clone());
        Ok((connection, true))
    }

    /// Forgets a connection, unless somebody has replaced it already.
    async fn discard(&self, dead: &Connection) {
        let mut slot = self.connection.lock().await;
        if slot
            .as_ref()
            .is_some_and(|present| present.opened == dead.opened)
        {
            *slot = None;
        }
    }

    async fn open(&self) -> Result<MultiplexedConnection, CacheError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            // Each request brings its own limit.
            .set_response_timeout(None);
        let CacheAuth::Iam {
            user,
            cache,
            region,
        } = &self.auth
        else {
            let opened = self
                .client
                .get_multiplexed_async_connection_with_config(&config);
            return opened.await.map_err(CacheError::Redis);
        };
        let token = self.token(user, cache, region).await?;
        let info = self.client.get_connection_info().clone();
        let sign_in = info.redis_settings().clone();
        let sign_in = sign_in.set_username(user).set_password(token);
        // The address goes along with the certificates it was made with.
        let client = Client::open(info.set_redis_settings(sign_in)).map_err(CacheError::Address)?;
        let opened = client.get_multiplexed_async_connection_with_config(&config);
        opened.await.map_err(CacheError::Redis)
    }

    async fn token(&self, user: &str, cache: &str, region: &str) -> Result<String, CacheError> {
        let missing = || {
            let error = aws_credential_types::provider::error::CredentialsError::not_loaded(
                "no provider was given",
            );
            CacheError::Credentials(error)
        };
        let provider = self.credentials.as_ref().ok_or_else(missing)?;
        let credentials = provider.provide_credentials().await;
        let credentials = credentials.map_err(CacheError::Credentials)?;
        let signer = Signer {
            credentials: &credentials,
            region,
            now: SystemTime::now(),
        };
        Ok(signer.elasticache(cache, user)?)
    }

    fn breaker<T>(&self, work: impl FnOnce(&mut Breaker) -> T) -> T {
        // A breaker that a panicking thread left behind is a breaker like any other.
        work(&mut self.breaker.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn attempt(
    connection: &Connection,
    request: &Pipeline,
    budget: Duration,
) -> Result<Value, CacheError> {
    let mut redis = connection.redis.clone();
    let answer = timeout(budget, request.query_async::<Value>(&mut redis)).await;
    let limit = CacheError::Timeout {
        milliseconds: budget.as_millis(),
    };
    answer
        .map_err(|_| limit)?
        .map_err(|error: RedisError| CacheError::Redis(error))
}

fn read_capped(file: &std::path::Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    std::fs::File::open(file)?
        .take(MAX_CERTIFICATES)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}
