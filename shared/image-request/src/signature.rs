use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{AcceptedFormats, FormatChoice, ImagePath, Options, RequestError, SourceKey};

/// Signs and verifies image URLs with HMAC-SHA256.
///
/// The signed text is `/img/{options}/{key}`: options in canonical order
/// without `s`, `f` as the page wrote it (not as negotiated), the key decoded.
/// Several keys may be valid at once, so that one can be replaced without an outage.
pub struct Signer {
    keys: Vec<Hmac<Sha256>>,
}

/// A signing secret that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SignerError {
    /// No key at all.
    #[error("read the signing secret: it has no key; allowed is one key a line")]
    Empty,
    /// A key that could be guessed.
    #[error("read the signing secret: key {number} has {bytes} bytes, at least 16 are needed")]
    TooShort {
        /// Which key, counted from 1.
        number: usize,
        /// Its length.
        bytes: usize,
    },
}

impl Signer {
    /// Reads a secret: one key a line, the first signs, all verify.
    ///
    /// # Errors
    /// When there is no key, or one shorter than 16 bytes.
    pub fn from_secret(secret: &str) -> Result<Self, SignerError> {
        let mut keys = Vec::new();
        for line in secret
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
        {
            let mac = Hmac::new_from_slice(line.as_bytes())
                .ok()
                .filter(|_| line.len() >= 16);
            let number = keys.len() + 1;
            keys.push(mac.ok_or(SignerError::TooShort {
                number,
                bytes: line.len(),
            })?);
        }
        if keys.is_empty() {
            Err(SignerError::Empty)
        } else {
            Ok(Self { keys })
        }
    }

    /// The signature for options and key, to be added as `s`.
    #[must_use]
    pub fn sign(&self, options: &Options, key: &SourceKey) -> String {
        let text = signed_text(options, key);
        let tag = self
            .keys
            .first()
            .map(|mac| mac.clone().chain_update(text).finalize().into_bytes());
        URL_SAFE_NO_PAD.encode(tag.unwrap_or_default())
    }

    /// Checks the signature of a path, in constant time.
    ///
    /// # Errors
    /// When it is missing or fits no key.
    pub fn verify(&self, path: &ImagePath) -> Result<(), RequestError> {
        let signature = path.options.signature.as_deref().unwrap_or_default();
        let tag = URL_SAFE_NO_PAD
            .decode(signature)
            .map_err(|_| RequestError::SignatureWrong)?;
        let text = signed_text(&path.options, &path.key);
        let fits = |mac: &Hmac<Sha256>| mac.clone().chain_update(&text).verify_slice(&tag).is_ok();
        if self.keys.iter().any(fits) {
            Ok(())
        } else {
            Err(RequestError::SignatureWrong)
        }
    }
}

fn signed_text(options: &Options, key: &SourceKey) -> String {
    let mut signed = options.clone();
    signed.signature = None;
    if let FormatChoice::Negotiated(
        AcceptedFormats::Base | AcceptedFormats::WebP | AcceptedFormats::Avif,
    ) = signed.format
    {
        signed.format = FormatChoice::Auto;
    }
    format!("{}{signed}/{key}", ImagePath::PREFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "0123456789abcdef-current\n0123456789abcdef-previous\n";

    fn signed(options: &str, key: &str, secret: &str) -> ImagePath {
        let key = SourceKey::parse(key).unwrap();
        let mut options = Options::parse(options).unwrap();
        options.signature = Some(Signer::from_secret(secret).unwrap().sign(&options, &key));
        ImagePath { options, key }
    }

    #[test]
    fn accepts_its_own_signature_in_any_negotiated_form() {
        let signer = Signer::from_secret(SECRET).unwrap();
        let path = signed("w=640,exp=1790000000", "a b.jpg", SECRET);
        assert!(signer.verify(&path).is_ok());
        let options = path.options.clone().negotiated(AcceptedFormats::Avif);
        assert!(signer.verify(&ImagePath { options, ..path }).is_ok());
    }

    #[test]
    fn accepts_the_previous_key() {
        let path = signed("w=640", "a.jpg", "0123456789abcdef-previous");
        assert!(Signer::from_secret(SECRET).unwrap().verify(&path).is_ok());
    }

    #[test]
    fn refuses_any_change() {
        let signer = Signer::from_secret(SECRET).unwrap();
        let path = signed("w=640,exp=1790000000", "a.jpg", SECRET);
        let mut wider = path.clone();
        wider.options.width = Some(641);
        let mut longer = path.clone();
        longer.options.expires_at = Some(1_890_000_000);
        let other = ImagePath {
            key: SourceKey::parse("b.jpg").unwrap(),
            ..path.clone()
        };
        let mut unsigned = path;
        unsigned.options.signature = None;
        for path in [wider, longer, other, unsigned] {
            assert_eq!(signer.verify(&path), Err(RequestError::SignatureWrong));
        }
    }

    #[test]
    fn fits_a_known_vector() {
        // python3 -c 'import hmac,base64;print(base64.urlsafe_b64encode(hmac.digest(
        //   b"0123456789abcdef-current", b"/img/w=640,f=auto/a.jpg", "sha256")).decode().rstrip("="))'
        let path = signed("w=640", "a.jpg", SECRET);
        assert_eq!(
            path.options.signature.as_deref(),
            Some("EgfqK7V24bpaQVKKcAcCfp8tc44l0tZqV_tcDcNsc-I")
        );
    }

    #[test]
    fn refuses_weak_secrets() {
        assert!(matches!(Signer::from_secret("\n"), Err(SignerError::Empty)));
        assert!(matches!(
            Signer::from_secret("short"),
            Err(SignerError::TooShort {
                number: 1,
                bytes: 5
            })
        ));
    }
}
