use std::io;
use std::net::SocketAddr;

use health_checks::MissingVariable;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProbeError {
    /// A variable that the check names is not set, or empty.
    #[error(transparent)]
    Variable(#[from] MissingVariable),
    /// What the check asks cannot be asked. It says what would do.
    #[error("use the address: {0}")]
    Address(&'static str),
    /// The settings of the database or the cache cannot be used.
    #[error("use the settings")]
    Settings(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// An API that only tells of what is asked about failed.
    #[error("ask {api}: {reason}")]
    Api {
        /// Which.
        api: &'static str,
        /// All that it said.
        reason: String,
    },
    /// Certificates cannot be judged.
    #[error("{0}")]
    NoTrust(String),
    /// No name server knows the host.
    #[error("find the address of `{host}`")]
    Resolve {
        /// Its name.
        host: String,
        /// What was said.
        source: io::Error,
    },
    /// The host has no address.
    #[error("find the address of `{host}`: it has none")]
    NoAddress {
        /// Its name.
        host: String,
    },
    /// No connection.
    #[error("connect to {address}")]
    Connect {
        /// The last address that was tried.
        address: SocketAddr,
        /// What happened.
        source: io::Error,
    },
    /// No agreement on encryption.
    #[error("agree on TLS")]
    Handshake(#[source] io::Error),
    /// The server's certificate is not valid.
    #[error("trust the server: {0}")]
    Certificate(String),
    /// The exchange broke off.
    #[error("ask by HTTP")]
    Http(#[source] hyper::Error),
    /// Something of the answer is longer than is read, or not as it must be.
    #[error("read the answer: {0}")]
    Answer(&'static str),
    /// No answer about a name.
    #[error("ask the name server")]
    Dns(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// PostgreSQL.
    #[error(transparent)]
    Database(#[from] database::DatabaseError),
    /// PostgreSQL has not all that the check needs. It says what, and where it comes from.
    #[error("{0}")]
    Layout(&'static str),
    /// Redis.
    #[error("ask the cache")]
    Redis(#[from] redis::RedisError),
    /// An AWS service that is itself asked about failed.
    #[error("ask {service}: {reason}")]
    Service {
        /// Which.
        service: &'static str,
        /// All that it said.
        reason: String,
    },
}

impl ProbeError {
    /// Whether the fault is the prober's own: nothing is known then of what it asks about.
    pub(crate) const fn is_own(&self) -> bool {
        matches!(
            self,
            Self::Variable(_)
                | Self::Address(_)
                | Self::Settings(_)
                | Self::Api { .. }
                | Self::NoTrust(_)
        )
    }
}
