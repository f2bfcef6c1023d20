//! Who is signed in. Sessions are sealed as the forms' tokens are (`form-guard`).

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use form_guard::{Key, KeyError, Purpose, digest, open, seal};
use http::header;
use http::request::Parts;
use settings::Secret;
use sha2::{Digest, Sha256};

use crate::{App, answer};

/// Name of the cookie. nginx keeps nothing for who has it.
const COOKIE: &str = "editor_session";
/// How long a session lasts.
const LIFETIME: Duration = Duration::from_hours(12);
/// Failed attempts to sign in that one process allows within a minute.
const MAX_FAILURES: usize = 10;

/// Makes sessions and knows them again.
pub(crate) struct Sessions {
    key: Key,
    is_secure: bool,
}

/// An editor who is signed in.
pub(crate) struct Editor {
    /// What forms must carry.
    pub(crate) form_key: String,
}

/// Failed attempts to sign in.
#[derive(Default)]
pub(crate) struct Attempts(Mutex<Vec<Instant>>);

impl Sessions {
    /// Sessions that `secret` signs, of whatever length.
    ///
    /// # Errors
    /// Never with the digest of a secret; the key's own rule stays the key's.
    pub(crate) fn new(secret: &Secret, is_secure: bool) -> Result<Self, KeyError> {
        let secret = hex(&Sha256::digest(secret.expose().as_bytes()));
        let key = Key::new(&secret)?;
        Ok(Self { key, is_secure })
    }

    /// The cookie of a new session.
    pub(crate) fn cookie(&self, now: SystemTime) -> String {
        let ends = seconds(now) + LIFETIME.as_secs();
        let value = seal(&self.key, Purpose::Session, "editor", ends);
        self.set_cookie(&value, LIFETIME.as_secs())
    }

    /// The cookie that ends a session.
    pub(crate) fn farewell(&self) -> String {
        self.set_cookie("", 0)
    }

    fn set_cookie(&self, value: &str, seconds: u64) -> String {
        let secure = if self.is_secure { "; Secure" } else { "" };
        format!("{COOKIE}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
    }

    /// The editor whose cookie this is.
    pub(crate) fn editor(&self, value: &str, now: SystemTime) -> Option<Editor> {
        let opened = open(&self.key, Purpose::Session, value, seconds(now)).ok()?;
        let session = [value.as_bytes(), opened.payload.as_bytes()];
        Some(Editor {
            form_key: hex(&digest(&self.key, Purpose::OwnerForm, &session)),
        })
    }

    /// Whether two passwords are the same. Digests are compared: how long that takes tells
    /// nothing about them.
    pub(crate) fn is_same(&self, one: &str, other: &str) -> bool {
        let digest = |text: &str| digest(&self.key, Purpose::Session, &[text.as_bytes()]);
        digest(one) == digest(other)
    }
}

impl Editor {
    /// Whether a form comes from one of the session's own pages.
    pub(crate) fn sent(&self, form_key: &str) -> bool {
        // Both sides are keyed digests; neither can be found out by timing.
        self.form_key == form_key
    }
}

impl Attempts {
    /// Whether another attempt is allowed.
    pub(crate) fn is_allowed(&self, now: Instant) -> bool {
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        failures.retain(|failure| now.duration_since(*failure) < Duration::from_mins(1));
        failures.len() < MAX_FAILURES
    }

    pub(crate) fn failed(&self, now: Instant) {
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        failures.push(now);
    }
}

fn seconds(now: SystemTime) -> u64 {
    now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Everybody else is shown the way to sign in.
impl FromRequestParts<App> for Editor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let cookies = parts.headers.get_all(header::COOKIE).iter();
        let mut pairs = cookies
            .filter_map(|cookie| cookie.to_str().ok())
            .flat_map(|cookie| cookie.split(';'))
            .filter_map(|pair| pair.trim().split_once('='));
        let value = pairs.find(|(name, _)| *name == COOKIE);
        let editor = value.and_then(|(_, value)| app.sessions().editor(value, App::now()));
        editor.ok_or_else(|| answer::see_other("/editor/sign-in").into_response())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sessions() -> Sessions {
        Sessions::new(&Secret::new("a key"), true).unwrap()
    }

    fn value(cookie: &str) -> &str {
        cookie.split(['=', ';']).nth(1).unwrap()
    }

    #[test]
    fn a_session_ends_and_opens_for_no_other_key() {
        let now = UNIX_EPOCH + Duration::from_secs(1_000);
        let cookie = sessions().cookie(now);
        let value = value(&cookie);
        assert!(sessions().editor(value, now).is_some());
        assert!(
            sessions()
                .editor(value, now + LIFETIME + Duration::from_secs(1))
                .is_none()
        );
        let changed = if value.starts_with('A') { "B" } else { "A" };
        let changed = format!("{changed}{}", &value[1..]);
        assert!(sessions().editor(&changed, now).is_none());
        let other = Sessions::new(&Secret::new("another key"), true).unwrap();
        assert!(other.editor(value, now).is_none());
    }

    #[test]
    fn passwords_are_the_same_or_not() {
        assert!(sessions().is_same("correct horse", "correct horse"));
        assert!(!sessions().is_same("correct horse", "correct horse "));
    }

    #[test]
    fn the_cookie_is_for_nobody_else() {
        let cookie = sessions().cookie(UNIX_EPOCH);
        for attribute in ["HttpOnly", "SameSite=Strict", "Secure", "Path=/"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        let plain = Sessions::new(&Secret::new("a key"), false)
            .unwrap()
            .cookie(UNIX_EPOCH);
        assert!(!plain.contains("Secure"), "{plain}");
    }

    #[test]
    fn each_session_has_forms_of_its_own() {
        let now = UNIX_EPOCH + Duration::from_secs(5);
        let sessions = sessions();
        let key = |at| {
            sessions
                .editor(value(&sessions.cookie(at)), now)
                .unwrap()
                .form_key
        };
        assert_ne!(key(now), key(now + Duration::from_secs(1)));
    }

    #[test]
    fn attempts_are_limited_by_the_minute() {
        let (attempts, now) = (Attempts::default(), Instant::now());
        for _ in 0..MAX_FAILURES {
            assert!(attempts.is_allowed(now));
            attempts.failed(now);
        }
        assert!(!attempts.is_allowed(now));
        assert!(attempts.is_allowed(now + Duration::from_mins(1)));
    }
}
