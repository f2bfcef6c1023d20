use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Fewest characters of the site's secret.
const MIN_SECRET: usize = 32;
/// Longest token that is looked at, in characters.
const MAX_TOKEN: usize = 512;
/// Bytes of a signature; 128 bits are beyond guessing.
const TAG: usize = 16;

/// The site's signing key. Each use has a key of its own, derived from the secret, so
/// that a token made for one thing opens no other.
#[derive(Clone)]
pub struct Key(Vec<u8>);

/// What something is signed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A form's token.
    FormToken,
    /// The link to a receipt.
    Receipt,
    /// The link that confirms an address.
    Confirm,
    /// The link that unsubscribes.
    Unsubscribe,
    /// The link to the step for files.
    Files,
    /// The digest of an e-mail address.
    Subject,
    /// What makes two posts the same one.
    Identity,
    /// Proof of work.
    ProofOfWork,
    /// The owner's session.
    Session,
    /// The forms of the owner's pages.
    OwnerForm,
}

/// A secret that is too short.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("use the signing secret: it has {found} characters, at least {MIN_SECRET} are needed")]
pub struct KeyError {
    found: usize,
}

/// Why a token does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is no token at all.
    #[error("read the token: it is incomplete")]
    Malformed,
    /// It was made or changed by somebody else, or for something else.
    #[error("read the token: it was changed")]
    Forged,
    /// Its time is over.
    #[error("read the token: it has expired")]
    Expired,
    /// It belongs to another form.
    #[error("read the token: it belongs to another form")]
    WrongForm,
}

/// What was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The text.
    pub payload: String,
    /// Until when it opens, in seconds since 1970.
    pub expires_at: u64,
}

impl Key {
    /// The key made of the site's secret.
    ///
    /// # Errors
    /// A secret of fewer than 32 characters.
    pub fn new(secret: &str) -> Result<Self, KeyError> {
        let secret = secret.trim();
        if secret.len() < MIN_SECRET {
            return Err(KeyError {
                found: secret.len(),
            });
        }
        Ok(Self(secret.as_bytes().to_vec()))
    }

    /// The key of one use.
    pub(crate) fn derived(&self, purpose: Purpose) -> [u8; 32] {
        mac(&self.0, &[purpose.name().as_bytes()])
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Self::FormToken => "form-token",
            Self::Receipt => "receipt",
            Self::Confirm => "confirm",
            Self::Unsubscribe => "unsubscribe",
            Self::Files => "files",
            Self::Subject => "subject",
            Self::Identity => "identity",
            Self::ProofOfWork => "proof-of-work",
            Self::Session => "session",
            Self::OwnerForm => "owner-form",
        }
    }
}

/// Signs a text, to open until `expires_at` (seconds since 1970). The result is safe in
/// URLs; the text can be read by whoever has it.
#[must_use]
pub fn seal(key: &Key, purpose: Purpose, payload: &str, expires_at: u64) -> String {
    let tag = mac(
        &key.derived(purpose),
        &[&expires_at.to_be_bytes(), payload.as_bytes()],
    );
    let mut bytes = tag.get(..TAG).unwrap_or_default().to_vec();
    bytes.extend(expires_at.to_be_bytes());
    bytes.extend(payload.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Opens what [`seal`] signed.
///
/// # Errors
/// A token that is none, was changed, was made for something else, or whose time is over.
pub fn open(key: &Key, purpose: Purpose, token: &str, now: u64) -> Result<Opened, TokenError> {
    if token.len() > MAX_TOKEN {
        return Err(TokenError::Malformed);
    }
    let bytes = URL_SAFE_NO_PAD
        .decode(token)
        .map_err(|_| TokenError::Malformed)?;
    let (tag, rest) = bytes
        .split_first_chunk::<TAG>()
        .ok_or(TokenError::Malformed)?;
    let (expires, payload) = rest.split_first_chunk::<8>().ok_or(TokenError::Malformed)?;
    let mut check = keyed(&key.derived(purpose));
    feed(&mut check, &[expires, payload]);
    // Takes the same time for every wrong tag.
    check
        .verify_truncated_left(tag)
        .map_err(|_| TokenError::Forged)?;
    let expires_at = u64::from_be_bytes(*expires);
    if expires_at < now {
        return Err(TokenError::Expired);
    }
    let payload = String::from_utf8(payload.to_vec()).map_err(|_| TokenError::Malformed)?;
    Ok(Opened {
        payload,
        expires_at,
    })
}

/// A keyed digest. Each part is preceded by its length, so that no two lists of parts
/// look alike.
#[must_use]
pub fn digest(key: &Key, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
    mac(&key.derived(purpose), parts)
}

/// The keyed digest of an e-mail address, in hexadecimal: finds all of one person
/// without telling who it is. Upper and lower case count as the same.
#[must_use]
pub fn subject(key: &Key, email: &str) -> String {
    let email = email.trim().to_lowercase();
    digest(key, Purpose::Subject, &[email.as_bytes()])
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    Hmac::<Sha256>::new_from_slice(key).expect("a key")
}

fn feed(mac: &mut Hmac<Sha256>, parts: &[&[u8]]) {
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
}

fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = keyed(key);
    feed(&mut mac, parts);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn key() -> Key {
        Key::new("0123456789abcdef0123456789abcdef").unwrap()
    }

    #[test]
    fn opens_what_it_sealed_for_the_same_purpose_in_time() {
        let token = seal(&key(), Purpose::Confirm, "payload é", 100);
        let opened = open(&key(), Purpose::Confirm, &token, 100).unwrap();
        assert_eq!(
            (opened.payload.as_str(), opened.expires_at),
            ("payload é", 100)
        );
        assert_eq!(
            open(&key(), Purpose::Confirm, &token, 101),
            Err(TokenError::Expired)
        );
        assert_eq!(
            open(&key(), Purpose::Receipt, &token, 100),
            Err(TokenError::Forged)
        );
        let other = Key::new("another secret of the right length").unwrap();
        assert_eq!(
            open(&other, Purpose::Confirm, &token, 100),
            Err(TokenError::Forged)
        );
    }

    #[test]
    fn lists_of_parts_do_not_run_together() {
        let one = digest(&key(), Purpose::Identity, &[b"ab", b"c"]);
        assert_ne!(one, digest(&key(), Purpose::Identity, &[b"a", b"bc"]));
    }

    #[test]
    fn addresses_are_found_in_any_case() {
        assert_eq!(
            subject(&key(), " Ada@Example.com"),
            subject(&key(), "ada@example.com")
        );
        assert_eq!(subject(&key(), "a@b.co").len(), 64);
    }

    #[test]
    fn short_secrets_are_refused() {
        let error = Key::new("short").unwrap_err();
        assert!(error.to_string().contains("5 characters, at least 32"));
        assert_eq!(format!("{:?}", key()), "Key(…)");
    }

    proptest::proptest! {
        #[test]
        fn any_text_opens_or_is_refused(token in "\\PC{0,600}") {
            proptest::prop_assert!(open(&key(), Purpose::Confirm, &token, 0).is_err());
        }

        #[test]
        fn a_changed_token_is_refused(payload in "[a-z0-9.]{0,80}", at in 0usize..200, bit in 0u8..6) {
            let mut token = seal(&key(), Purpose::Files, &payload, 10).into_bytes();
            let at = at % token.len();
            let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
            let value = alphabet.iter().position(|b| *b == token[at]).unwrap();
            token[at] = alphabet[value ^ (1 << bit)];
            let token = String::from_utf8(token).unwrap();
            proptest::prop_assert!(open(&key(), Purpose::Files, &token, 0).is_err());
        }
    }
}
