use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use cache::CacheAuth;
use health_checks::{RedisAnswer, RedisCheck};
use iam_token::Signer;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, IntoConnectionInfo as _, Pipeline, TlsCertificates};

use crate::probe::phases::{Phase, Phases};
use crate::probe::redis_info::Info;
use crate::probe::{Clients, ProbeError, canary};

/// The variable with the site's own cache, which is signed in to as the site does.
const SITE_CACHE: &str = "CACHE_URL";
/// Largest file of certificates that is read, in bytes.
const MAX_CERTIFICATES: u64 = 1024 * 1024;
/// The longest answer, in bytes. What Redis tells of itself has about 8 kB.
const MAX_INFO_BYTES: usize = 256 * 1024;
/// How long a key that is written lives, in seconds, when nobody removes it.
const CANARY_SECONDS: u64 = 60;

/// Connects, and asks for all that the check wants to know in one round trip.
pub(crate) async fn ask(
    id: &str,
    check: &RedisCheck,
    clients: &Clients,
    phases: &Phases,
) -> Result<RedisAnswer, ProbeError> {
    let url = clients.variables.resolve(&check.url)?;
    let auth = if check.url.variable() == Some((SITE_CACHE, "")) {
        clients.cache.auth.clone()
    } else {
        CacheAuth::Url
    };
    phases.begin(Phase::Connect);
    let client = client(&url, clients.cache.ca_file.as_deref())?;
    let mut connection = open(client, &auth, clients.credentials.as_ref()).await?;
    phases.begin(Phase::FirstByte);
    let written = canary::now();
    let asked = request(id, check, written);
    let told: Vec<Option<String>> = asked.query_async(&mut connection).await?;
    let mut told = told.into_iter().skip(1);
    let info = told.next().flatten().unwrap_or_default();
    let read = told.next().flatten();
    let latency = phases.finish_period();
    if info.len() > MAX_INFO_BYTES {
        return Err(ProbeError::Answer("what Redis tells of itself is too long"));
    }
    let info = Info::read(&info);
    Ok(RedisAnswer {
        role: info.role(),
        replicas: info.replicas(),
        memory: info.memory(),
        evictions_per_min: info.evicted().map(|count| clients.evictions(id, count)),
        set_get: check.set_get.then(|| read == Some(written.to_string())),
        latency: Some(latency),
    })
}

/// `PING`, `INFO`, and a key that only this probe writes, which is read again.
fn request(id: &str, check: &RedisCheck, written: u64) -> Pipeline {
    let mut request = Pipeline::new();
    request.cmd("PING").cmd("INFO");
    if check.set_get {
        let key = format!("health:{id}:{written}");
        let set = request.cmd("SET").arg(&key).arg(written.to_string());
        set.arg("EX").arg(CANARY_SECONDS).ignore();
        request.cmd("GET").arg(&key);
    }
    request
}

fn client(url: &str, ca_file: Option<&Path>) -> Result<Client, ProbeError> {
    // The first to install one wins: the AWS SDK's own is the same.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let unusable = |error: redis::RedisError| ProbeError::Settings(error.into());
    let info = url.into_connection_info().map_err(unusable)?;
    let Some(file) = ca_file else {
        return Client::open(info).map_err(unusable);
    };
    let mut roots = Vec::new();
    File::open(file)
        .and_then(|file| file.take(MAX_CERTIFICATES).read_to_end(&mut roots))
        .map_err(|error| ProbeError::Settings(error.into()))?;
    let certificates = TlsCertificates {
        client_tls: None,
        root_cert: Some(roots),
    };
    Client::build_with_tls(info, certificates).map_err(unusable)
}

/// Opens a connection that nobody else uses. Its time is the probe's.
async fn open(
    client: Client,
    auth: &CacheAuth,
    credentials: Option<&SharedCredentialsProvider>,
) -> Result<MultiplexedConnection, ProbeError> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(None::<Duration>)
        .set_response_timeout(None::<Duration>);
    let client = match auth {
        CacheAuth::Url => client,
        CacheAuth::Iam {
            user,
            cache,
            region,
        } => {
            let token = token(credentials, user, cache, region).await?;
            let info = client.get_connection_info().clone();
            let sign_in = info.redis_settings().clone();
            let sign_in = sign_in.set_username(user).set_password(token);
            // The address goes along with the certificates it was made with.
            Client::open(info.set_redis_settings(sign_in))
                .map_err(|error| ProbeError::Settings(error.into()))?
        }
    };
    Ok(client
        .get_multiplexed_async_connection_with_config(&config)
        .await?)
}

async fn token(
    credentials: Option<&SharedCredentialsProvider>,
    user: &str,
    cache: &str,
    region: &str,
) -> Result<String, ProbeError> {
    let Some(provider) = credentials else {
        let error = "there are no credentials to sign in to the cache with";
        return Err(ProbeError::Settings(error.into()));
    };
    let credentials = provider.provide_credentials().await;
    let credentials = credentials.map_err(|error| ProbeError::Settings(error.into()))?;
    let signer = Signer {
        credentials: &credentials,
        region,
        now: SystemTime::now(),
    };
    let token = signer.elasticache(cache, user);
    token.map_err(|error| ProbeError::Settings(error.into()))
}
