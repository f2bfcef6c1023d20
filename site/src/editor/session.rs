//! Who is signed in.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use hmac::{Hmac, KeyInit, Mac};
use http::header;
use http::request::Parts;
use settings::Secret;
use sha2::Sha256;

use crate::{App, answer};

/// Name of the cookie. nginx keeps nothing for who has it.
const COOKIE: &str = "editor_session";
/// How long a session lasts.
const LIFETIME: Duration = Duration::from_hours(12);
/// Failed attempts to sign in that one process allows within a minute.
const MAX_FAILURES: usize = 10;

/// Makes sessions and knows them again.
pub(crate) struct Sessions {
    key: Secret,
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
    pub(crate) const fn new(key: Secret, is_secure: bool) -> Self {
        Self { key, is_secure }
    }

    /// The cookie of a new session.
    pub(crate) fn cookie(&self, now: SystemTime) -> String {
        let ends = seconds(now) + LIFETIME.as_secs();
        let value = format!("{ends}.{}", self.digest("session", &ends.to_string()));
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
        let (ends, digest) = value.split_once('.')?;
        let is_over = ends.parse::<u64>().ok()? <= seconds(now);
        (!is_over && self.is_digest("session", ends, digest)).then(|| Editor {
            form_key: self.digest("form", value),
        })
    }

    fn digest(&self, purpose: &str, text: &str) -> String {
        let digest = self.mac(purpose, text).finalize().into_bytes();
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Compares in constant time.
    fn is_digest(&self, purpose: &str, text: &str, digest: &str) -> bool {
        let ours = self.digest(purpose, text);
        is_same(&self.key, &ours, digest)
    }

    fn mac(&self, purpose: &str, text: &str) -> Hmac<Sha256> {
        keyed(&self.key, &format!("{purpose}\n{text}"))
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

/// Whether two texts are the same, in a time that does not tell where they differ.
pub(crate) fn is_same(key: &Secret, one: &str, other: &str) -> bool {
    let expected = keyed(key, one).finalize().into_bytes();
    keyed(key, other).verify_slice(&expected).is_ok()
}

fn keyed(key: &Secret, text: &str) -> Hmac<Sha256> {
    // A key of any length is one: `new_from_slice` of HMAC never fails.
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose().as_bytes())
        .unwrap_or_else(|_| Hmac::new(&hmac::digest::Key::<Hmac<Sha256>>::default()));
    mac.update(text.as_bytes());
    mac
}

fn seconds(now: SystemTime) -> u64 {
    now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
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
        Sessions::new(Secret::new("a key"), true)
    }

    fn value(cookie: &str) -> &str {
        cookie.split(['=', ';']).nth(1).unwrap()
    }

    #[test]
    fn a_session_ends_and_cannot_be_lengthened() {
        let now = UNIX_EPOCH + Duration::from_secs(1_000);
        let cookie = sessions().cookie(now);
        let value = value(&cookie);
        assert!(sessions().editor(value, now).is_some());
        assert!(sessions().editor(value, now + LIFETIME).is_none());
        let longer = value.replacen("44200", "94200", 1);
        assert_ne!(longer, value);
        assert!(sessions().editor(&longer, now).is_none());
        let other = Sessions::new(Secret::new("another key"), true);
        assert!(other.editor(value, now).is_none());
    }

    #[test]
    fn the_cookie_is_for_nobody_else() {
        let cookie = sessions().cookie(UNIX_EPOCH);
        for attribute in ["HttpOnly", "SameSite=Strict", "Secure", "Path=/"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        let plain = Sessions::new(Secret::new("a key"), false).cookie(UNIX_EPOCH);
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
