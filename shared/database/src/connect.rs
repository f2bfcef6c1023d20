//! New connections.

use std::io::Read as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use iam_token::Signer;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio::time::timeout;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
use tokio_postgres::{Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::{DatabaseAuth, DatabaseError, DatabaseSettings};

/// Longest wait for a connection: TCP, TLS and sign-in.
pub(crate) const CONNECT: Duration = Duration::from_secs(2);
/// PostgreSQL's port where the URL names none.
const DEFAULT_PORT: u16 = 5432;
/// Largest file of certificates that is read, in bytes. RDS's bundle has 170 kB.
const MAX_CERTIFICATES: u64 = 4 * 1024 * 1024;

/// Opens connections.
pub(crate) struct Connector {
    config: Config,
    auth: DatabaseAuth,
    credentials: Option<SharedCredentialsProvider>,
    tls: Option<MakeRustlsConnect>,
}

impl Connector {
    pub(crate) fn new(
        settings: &DatabaseSettings,
        credentials: Option<SharedCredentialsProvider>,
    ) -> Result<Self, DatabaseError> {
        let mut config: Config = settings.url.expose().parse().map_err(DatabaseError::Url)?;
        let is_plain = config.get_ssl_mode() == SslMode::Disable;
        config
            .ssl_mode(if is_plain {
                SslMode::Disable
            } else {
                SslMode::Require
            })
            .application_name("sidetier")
            .connect_timeout(CONNECT)
            // A peer that vanished is noticed by the kernel too, not only by a probe.
            .keepalives_idle(Duration::from_secs(10))
            .tcp_user_timeout(Duration::from_secs(3))
            // After a fail-over, the name may still lead to the old primary.
            .target_session_attrs(TargetSessionAttrs::ReadWrite);
        let tls = if is_plain {
            None
        } else {
            Some(MakeRustlsConnect::new(tls(settings.ca_file.as_deref())?))
        };
        Ok(Self {
            config,
            auth: settings.auth.clone(),
            credentials,
            tls,
        })
    }

    /// Takes a server that only answers questions, too: a replica.
    pub(crate) fn reading(mut self) -> Self {
        self.config.target_session_attrs(TargetSessionAttrs::Any);
        self
    }

    pub(crate) async fn connect(&self) -> Result<Client, DatabaseError> {
        let opening = timeout(CONNECT, self.open()).await;
        opening.map_err(|_| DatabaseError::Timeout {
            action: "connect to the database",
            milliseconds: CONNECT.as_millis(),
        })?
    }

    async fn open(&self) -> Result<Client, DatabaseError> {
        let mut config = self.config.clone();
        if let DatabaseAuth::Iam { region } = &self.auth {
            config.password(self.token(region).await?);
        }
        // The task that reads the socket ends with the client, or when the other side ends it.
        if let Some(tls) = &self.tls {
            let opened = config.connect(tls.clone()).await;
            let (client, connection) = opened.map_err(DatabaseError::Connect)?;
            tokio::spawn(connection);
            Ok(client)
        } else {
            let opened = config.connect(NoTls).await;
            let (client, connection) = opened.map_err(DatabaseError::Connect)?;
            tokio::spawn(connection);
            Ok(client)
        }
    }

    async fn token(&self, region: &str) -> Result<String, DatabaseError> {
        let Some(Host::Tcp(host)) = self.config.get_hosts().first() else {
            return Err(DatabaseError::Host);
        };
        let user = self.config.get_user().ok_or(DatabaseError::Host)?;
        let port = self.config.get_ports().first().copied();
        let missing = || {
            let error = CredentialsError::not_loaded("no provider was given");
            DatabaseError::Credentials(error)
        };
        let provider = self.credentials.as_ref().ok_or_else(missing)?;
        let credentials = provider.provide_credentials().await;
        let credentials = credentials.map_err(DatabaseError::Credentials)?;
        let signer = Signer {
            credentials: &credentials,
            region,
            now: SystemTime::now(),
        };
        Ok(signer.rds(host, port.unwrap_or(DEFAULT_PORT), user)?)
    }
}

fn tls(ca_file: Option<&Path>) -> Result<ClientConfig, DatabaseError> {
    // The first to install one wins: the AWS SDK's own is the same.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let roots = match ca_file {
        Some(file) => roots_of(file),
        None => system_roots(),
    };
    let place = ca_file.map_or("the operating system", |_| "DATABASE_CA_FILE");
    let roots = roots.map_err(|source| DatabaseError::Certificates { place, source })?;
    Ok(ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth())
}

type Roots = Result<RootCertStore, Box<dyn std::error::Error + Send + Sync>>;

fn roots_of(file: &Path) -> Roots {
    let mut pem = Vec::new();
    std::fs::File::open(file)?
        .take(MAX_CERTIFICATES)
        .read_to_end(&mut pem)?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        roots.add(certificate?)?;
    }
    if roots.is_empty() {
        return Err("it holds no certificate".into());
    }
    Ok(roots)
}

fn system_roots() -> Roots {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    let (added, _unusable) = roots.add_parsable_certificates(found.certs);
    match found.errors.into_iter().next() {
        Some(error) if added == 0 => Err(error.into()),
        _ if added == 0 => Err("there are none".into()),
        _ => Ok(roots),
    }
}
