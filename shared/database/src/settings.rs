use std::path::PathBuf;

use settings::{Reader, Secret};

/// Where the database is and how it is signed in to.
#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    /// `DATABASE_URL`: `postgres://user[:password]@host:port/name`. `?sslmode=disable` leaves
    /// TLS away; everything else asks for it.
    pub url: Secret,
    /// `DATABASE_AUTH`: `url` (default) or `iam`.
    pub auth: DatabaseAuth,
    /// `DATABASE_CA_FILE`: roots for TLS in PEM, such as RDS's bundle; none for those of the
    /// operating system, which RDS Proxy's certificate goes back to.
    pub ca_file: Option<PathBuf>,
    /// Most connections at the same time.
    pub connections: usize,
}

/// How a connection is signed in to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseAuth {
    /// By what the URL says.
    Url,
    /// By a token that IAM credentials sign, anew for each connection.
    Iam {
        /// `AWS_REGION`: the database's region.
        region: String,
    },
}

impl DatabaseSettings {
    /// The variables read.
    pub const VARIABLES: &'static [&'static str] = &[
        "DATABASE_URL",
        "DATABASE_AUTH",
        "DATABASE_CA_FILE",
        "AWS_REGION",
    ];

    /// Reads the settings of a process that uses up to `connections` at the same time.
    pub fn read(reader: &mut Reader<'_>, connections: usize) -> Self {
        let url = reader.required("DATABASE_URL", "postgres://user@host:port/database");
        let iam = reader.choice("DATABASE_AUTH", &[("url", false), ("iam", true)], false);
        let auth = if iam {
            DatabaseAuth::Iam {
                region: reader.required("AWS_REGION", "a region such as eu-central-1"),
            }
        } else {
            DatabaseAuth::Url
        };
        Self {
            url: Secret::new(url),
            auth,
            ca_file: reader.optional("DATABASE_CA_FILE").map(PathBuf::from),
            connections,
        }
    }
}
