use cache::{CacheSettings, Refresh};
use database::DatabaseSettings;
use serde::Deserialize;
use settings::{Reader, Secret, SettingsError, Vars};
use telemetry::Service;

/// Connections of one web server to PostgreSQL. A function has one request at a time.
const SERVER_CONNECTIONS: usize = 8;

/// Settings of the site.
#[derive(Debug, Clone)]
pub struct Config {
    /// `SITE_LISTEN`: address and port of a web server; empty in Lambda.
    pub listen: String,
    /// `DATABASE_URL` and what belongs to it.
    pub database: DatabaseSettings,
    /// `CACHE_URL` and what belongs to it.
    pub cache: CacheSettings,
    /// `SITE_URL`: the public address, without a slash at the end.
    pub site_url: String,
    /// `MEDIA_BUCKET`: the bucket that photos are uploaded to.
    pub media_bucket: String,
    /// `EVENT_BUS`: the bus that hears of changes; none where none can be reached.
    pub event_bus: Option<String>,
    /// `EDITOR_SECRET`: how editors sign in.
    pub editor: EditorSecret,
    /// Who writes logs and metrics.
    pub telemetry: Service,
}

/// How editors sign in: JSON with `password`, and with `session_key` where sessions are to
/// outlive a change of the password.
#[derive(Debug, Clone)]
pub struct EditorSecret {
    /// What is typed in.
    pub password: Secret,
    /// What sessions are signed with.
    pub session_key: Secret,
}

#[derive(Deserialize, Default)]
struct SecretDocument {
    #[serde(default)]
    password: String,
    session_key: Option<String>,
}

/// Where a main stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// On a web server.
    Server,
    /// In Lambda.
    Function,
}

impl Config {
    /// The variables that the function reads, besides `AWS_REGION`, which Lambda sets.
    pub const VARIABLES: &'static [&'static str] = &[
        "DATABASE_URL",
        "DATABASE_AUTH",
        "DATABASE_CA_FILE",
        "CACHE_URL",
        "CACHE_AUTH",
        "CACHE_USER",
        "CACHE_NAME",
        "SITE_URL",
        "MEDIA_BUCKET",
        "EVENT_BUS",
        "EDITOR_SECRET",
        "POWERTOOLS_SERVICE_NAME",
        "POWERTOOLS_METRICS_NAMESPACE",
    ];

    /// Reads the settings of a web server.
    ///
    /// # Errors
    /// All faults at once.
    pub fn for_server(vars: &dyn Vars) -> Result<Self, SettingsError> {
        Self::from_vars(vars, Place::Server)
    }

    /// Reads the settings of the function.
    ///
    /// # Errors
    /// All faults at once.
    pub fn for_function(vars: &dyn Vars) -> Result<Self, SettingsError> {
        Self::from_vars(vars, Place::Function)
    }

    fn from_vars(vars: &dyn Vars, place: Place) -> Result<Self, SettingsError> {
        let (connections, refresh, name) = match place {
            Place::Server => (SERVER_CONNECTIONS, Refresh::Background, "site-server"),
            Place::Function => (1, Refresh::Inline, "site-serve"),
        };
        let mut reader = Reader::new(vars);
        let site_url = reader.required("SITE_URL", "https://www.example.com");
        let config = Self {
            listen: match place {
                Place::Server => reader.required("SITE_LISTEN", "127.0.0.1:8080"),
                Place::Function => String::new(),
            },
            database: DatabaseSettings::read(&mut reader, connections),
            cache: CacheSettings::read(&mut reader, refresh),
            site_url: site_url.trim_end_matches('/').to_owned(),
            media_bucket: reader.required("MEDIA_BUCKET", "an S3 bucket name"),
            event_bus: reader.optional("EVENT_BUS"),
            editor: EditorSecret::read(&mut reader),
            telemetry: Service::read(&reader, name),
        };
        reader.finish(config)
    }

    /// Whether browsers reach the site by TLS.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.site_url.starts_with("https://")
    }
}

impl EditorSecret {
    fn read(reader: &mut Reader<'_>) -> Self {
        let shape = r#"{"password": "…"} with at least 8 characters"#;
        let text = reader.required("EDITOR_SECRET", shape);
        let document: SecretDocument = serde_json::from_str(&text).unwrap_or_default();
        if !text.is_empty() && document.password.chars().count() < 8 {
            reader.refuse("EDITOR_SECRET", "has no such password", shape);
        }
        let key = document
            .session_key
            .unwrap_or_else(|| document.password.clone());
        Self {
            password: Secret::new(document.password),
            session_key: Secret::new(key),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn vars(secret: &'static str) -> BTreeMap<&'static str, &'static str> {
        BTreeMap::from([
            ("DATABASE_URL", "postgres://u@h/d"),
            ("SITE_URL", "https://shop.example/"),
            ("MEDIA_BUCKET", "media"),
            ("EVENT_BUS", "default"),
            ("EDITOR_SECRET", secret),
            ("SITE_LISTEN", "127.0.0.1:8080"),
        ])
    }

    #[test]
    fn a_secret_without_session_key_signs_with_the_password() {
        let vars = vars(r#"{"password":"correct horse"}"#);
        let config = Config::for_server(&vars).unwrap();
        assert_eq!(config.editor.session_key.expose(), "correct horse");
        assert_eq!(config.site_url, "https://shop.example");
        assert!(config.is_secure());
    }

    #[test]
    fn a_password_that_is_none_is_refused_without_being_told() {
        let vars = vars(r#"{"password":"short"}"#);
        let error = Config::for_server(&vars).unwrap_err().to_string();
        assert!(
            error.contains("EDITOR_SECRET") && !error.contains("short"),
            "{error}"
        );
    }
}
