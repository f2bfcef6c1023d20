//! What jobs prove with that a heartbeat is theirs.

use aws_config::SdkConfig;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrets::SecretError;
use settings::Secret;
use sha2::Sha256;
use tokio::sync::OnceCell;

/// Fewest characters of a key.
const MIN_KEY: usize = 32;
/// Keys that are good at the same time, at most: the one in use and the one before.
const MAX_KEYS: usize = 4;
/// A token is 43 characters, and may have a `=` more.
const MAX_TOKEN: usize = 64;

/// Why keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The secret cannot be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// It has no keys, or some are too short.
    #[error(
        "use the keys of heartbeats: 1 to {MAX_KEYS} lines of at least {MIN_KEY} characters are allowed"
    )]
    Shape,
}

/// The keys that tokens are made with, of which any is good. Read when the first heartbeat
/// comes: the page does without.
pub struct PushKeys {
    secret: Option<(SdkConfig, String)>,
    keys: OnceCell<Vec<Secret>>,
}

impl PushKeys {
    /// The keys in a secret, one a line; no keys at all without one.
    #[must_use]
    pub fn of_secret(aws: SdkConfig, arn: Option<String>) -> Self {
        Self {
            secret: arn.map(|arn| (aws, arn)),
            keys: OnceCell::new(),
        }
    }

    /// The keys in a text, one a line.
    ///
    /// # Errors
    /// No keys, too many, or one that is too short.
    pub fn of_text(text: &str) -> Result<Self, KeyError> {
        Ok(Self {
            secret: None,
            keys: OnceCell::new_with(Some(parse(text)?)),
        })
    }

    /// Whether a token is that of a check, by any of the keys; `None` when there are no keys.
    ///
    /// # Errors
    /// The keys cannot be read. The next call tries again.
    pub async fn accept(&self, check: &str, token: &str) -> Result<Option<bool>, KeyError> {
        let keys = match (&self.secret, self.keys.get()) {
            (_, Some(keys)) => keys,
            (Some((aws, arn)), None) => {
                let read = || async { parse(secrets::read(aws, arn).await?.expose()) };
                self.keys.get_or_try_init(read).await?
            }
            (None, None) => return Ok(None),
        };
        Ok(Some(is_of_any(keys, check, token)))
    }
}

fn parse(text: &str) -> Result<Vec<Secret>, KeyError> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let keys: Vec<Secret> = lines.map(Secret::new).collect();
    let is_long = |key: &Secret| key.expose().len() >= MIN_KEY;
    let is_right = (1..=MAX_KEYS).contains(&keys.len()) && keys.iter().all(is_long);
    is_right.then_some(keys).ok_or(KeyError::Shape)
}

/// Compares in constant time.
fn is_of_any(keys: &[Secret], check: &str, token: &str) -> bool {
    if token.len() > MAX_TOKEN {
        return false;
    }
    let Ok(tag) = URL_SAFE_NO_PAD.decode(token.trim_end_matches('=')) else {
        return false;
    };
    let is_of = |key: &Secret| {
        Hmac::<Sha256>::new_from_slice(key.expose().as_bytes())
            .is_ok_and(|mac| mac.chain_update(check).verify_slice(&tag).is_ok())
    };
    // All of them are tried: which one it was made with takes no other time.
    keys.iter().map(is_of).fold(false, |any, is_of| any | is_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "an-example-key-of-32-characters!";
    /// printf %s backup | openssl dgst -sha256 -hmac "$KEY" -binary | openssl base64 -A | tr '+/' '-_' | tr -d =
    const TOKEN: &str = "NFpna3FE5gGJRpjLuWRuNzYn6Tsz9cF62h8QVHagIzA";

    fn keys(text: &str) -> Vec<Secret> {
        parse(text).unwrap()
    }

    #[test]
    fn the_token_that_openssl_makes_is_good_for_its_check() {
        let keys = keys(KEY);
        assert!(is_of_any(&keys, "backup", TOKEN));
        assert!(is_of_any(&keys, "backup", &format!("{TOKEN}=")));
        assert!(!is_of_any(&keys, "backup-2", TOKEN));
        let shorter = TOKEN.get(..40).unwrap();
        for bad in ["", "*", shorter, &TOKEN.to_lowercase(), &"A".repeat(65)] {
            assert!(!is_of_any(&keys, "backup", bad), "{bad}");
        }
    }

    #[test]
    fn a_new_key_does_not_end_the_old_one() {
        let both = keys(&format!(
            "another-key-of-more-than-32-characters\n\n {KEY} \n"
        ));
        assert!(is_of_any(&both, "backup", TOKEN));
        assert!(!is_of_any(
            &keys("another-key-of-more-than-32-characters"),
            "backup",
            TOKEN
        ));
    }

    #[test]
    fn short_keys_and_many_keys_are_refused() {
        let many = format!("{KEY}\n").repeat(5);
        for bad in ["", "short", "\n", &format!("{KEY}\nshort"), &many] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[tokio::test]
    async fn without_keys_there_is_no_answer() {
        let none = PushKeys {
            secret: None,
            keys: OnceCell::new(),
        };
        assert_eq!(none.accept("backup", TOKEN).await.unwrap(), None);
        let keys = PushKeys::of_text(KEY).unwrap();
        assert_eq!(keys.accept("backup", TOKEN).await.unwrap(), Some(true));
        assert_eq!(keys.accept("backup", "x").await.unwrap(), Some(false));
    }
}
