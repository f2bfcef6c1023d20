use iam_token::TokenError;
use lambda_kit::{Classified, ErrorClass};
use tokio_postgres::error::{Severity, SqlState};

/// Why the database could not be asked, or refused.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The URL is none.
    #[error("read DATABASE_URL: postgres://user@host:port/database is allowed")]
    Url(#[source] tokio_postgres::Error),
    /// The URL names no host that can be connected to.
    #[error("read DATABASE_URL: it must name a host and a user")]
    Host,
    /// The certificates cannot be read.
    #[error("read certificates for the database from {place}")]
    Certificates {
        /// `DATABASE_CA_FILE`, or the operating system.
        place: &'static str,
        /// What went wrong.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// There is no connection to be had.
    #[error("connect to the database")]
    Connect(#[source] tokio_postgres::Error),
    /// The database refused a statement, or the connection broke.
    #[error("ask the database")]
    Query(#[source] tokio_postgres::Error),
    /// It took too long.
    #[error("{action}: it took longer than {milliseconds} ms")]
    Timeout {
        /// What was tried.
        action: &'static str,
        /// The limit.
        milliseconds: u128,
    },
    /// There are no credentials to sign a token with.
    #[error("find credentials for the database")]
    Credentials(#[source] aws_credential_types::provider::error::CredentialsError),
    /// The token that stands for the password could not be made.
    #[error("sign in to the database")]
    Token(#[from] TokenError),
    /// A migration that was carried out has changed since.
    #[error("migrate the database: {name} was changed after it was carried out; add a new one")]
    ChangedMigration {
        /// Its name.
        name: String,
    },
}

impl DatabaseError {
    /// Whether a row was refused because its key exists already.
    #[must_use]
    pub fn is_unique_violation(&self) -> bool {
        self.state() == Some(&SqlState::UNIQUE_VIOLATION)
    }

    /// Whether a statement named a table or column that is not there: migrations have not come
    /// that far.
    #[must_use]
    pub fn is_undefined(&self) -> bool {
        matches!(
            self.state(),
            Some(&SqlState::UNDEFINED_TABLE | &SqlState::UNDEFINED_COLUMN)
        )
    }

    /// Whether the statement met a connection that is gone: no answer came, or the server's
    /// farewell, which it sends when it restarts.
    pub(crate) fn is_lost_connection(&self) -> bool {
        let Self::Query(error) = self else {
            return false;
        };
        error.as_db_error().is_none_or(|answer| {
            matches!(
                answer.parsed_severity(),
                Some(Severity::Fatal | Severity::Panic)
            )
        })
    }

    fn state(&self) -> Option<&SqlState> {
        match self {
            Self::Query(error) | Self::Connect(error) => error.code(),
            _ => None,
        }
    }
}

/// The classes of <https://www.postgresql.org/docs/current/errcodes-appendix.html> that pass:
/// connection, transaction rollback, resources, operator intervention (a restart).
const PASSING: [&str; 4] = ["08", "40", "53", "57"];

impl Classified for DatabaseError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Url(_) | Self::Host | Self::Certificates { .. } | Self::Token(_) => {
                ErrorClass::Permanent
            }
            Self::ChangedMigration { .. } => ErrorClass::Permanent,
            Self::Timeout { .. } | Self::Credentials(_) | Self::Connect(_) => ErrorClass::Transient,
            Self::Query(_) => match self.state() {
                None => ErrorClass::Transient,
                Some(&SqlState::UNIQUE_VIOLATION) => ErrorClass::Conflict,
                Some(state) if PASSING.iter().any(|class| state.code().starts_with(class)) => {
                    ErrorClass::Transient
                }
                Some(_) => ErrorClass::Permanent,
            },
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Url(_) | Self::Host => "database.url",
            Self::Certificates { .. } => "database.certificates",
            Self::Connect(_) => "database.connect",
            Self::Query(_) => "database.query",
            Self::Timeout { .. } => "database.timeout",
            Self::Credentials(_) => "database.credentials",
            Self::Token(_) => "database.token",
            Self::ChangedMigration { .. } => "database.changed_migration",
        }
    }
}
