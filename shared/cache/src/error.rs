use iam_token::TokenError;
use lambda_kit::{Classified, ErrorClass};

/// Why Redis could not be asked. Readers never see it; only [`crate::Cache::invalidate`] and
/// [`crate::Cache::ping`] tell.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// The address is none, or the certificates cannot be used.
    #[error("use CACHE_URL: redis://host:port and rediss://host:port are allowed")]
    Address(#[source] redis::RedisError),
    /// The file of certificates cannot be read.
    #[error("read the certificates in CACHE_CA_FILE")]
    Certificates(#[source] std::io::Error),
    /// It refused, or the connection broke.
    #[error("ask the cache")]
    Redis(#[source] redis::RedisError),
    /// It did not answer in time.
    #[error("ask the cache: it did not answer within {milliseconds} ms")]
    Timeout {
        /// The limit.
        milliseconds: u128,
    },
    /// It failed several times in a row and is left alone for a while.
    #[error("ask the cache: it is left alone for a while after failures")]
    Open,
    /// There are no credentials to sign a token with.
    #[error("find credentials for the cache")]
    Credentials(#[source] aws_credential_types::provider::error::CredentialsError),
    /// The token that stands for the password could not be made.
    #[error("sign in to the cache")]
    Token(#[from] TokenError),
    /// No random bytes.
    #[error("draw random bytes")]
    Random(#[from] getrandom::Error),
}

impl Classified for CacheError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Address(_) | Self::Certificates(_) | Self::Token(_) => ErrorClass::Permanent,
            _ => ErrorClass::Transient,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Address(_) => "cache.address",
            Self::Certificates(_) => "cache.certificates",
            Self::Redis(_) => "cache.redis",
            Self::Timeout { .. } => "cache.timeout",
            Self::Open => "cache.open",
            Self::Credentials(_) => "cache.credentials",
            Self::Token(_) => "cache.token",
            Self::Random(_) => "cache.random",
        }
    }
}
