//! The load balancer's word for who signed in: a JWT in `x-amzn-oidc-data`.
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html>.

use std::collections::BTreeMap;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::Deserialize;
use tokio::sync::Mutex;

/// Longest token that is looked at.
const MAX_TOKEN: usize = 16 * 1024;
/// Longest public key, in bytes.
const MAX_KEY: usize = 4 * 1024;
/// What a P-256 public key starts with in SPKI (<https://www.rfc-editor.org/rfc/rfc5480>);
/// the point follows.
const SPKI: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// Why the load balancer's word does not count.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    /// The header is missing: the request did not come through the signed-in rule.
    #[error("find the load balancer's word for who signed in")]
    Missing,
    /// It is no token.
    #[error("read the load balancer's token")]
    Malformed,
    /// It was signed for another load balancer, or in another way.
    #[error("accept the token: ES256 by this site's own load balancer is allowed")]
    WrongSigner,
    /// Its time is over.
    #[error("accept the token: its time is over")]
    Expired,
    /// Its signature is wrong.
    #[error("accept the token: its signature is wrong")]
    Signature,
    /// The public key cannot be had.
    #[error("get the load balancer's public key")]
    Key(#[source] Option<reqwest::Error>),
}

impl OidcError {
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Missing => "admin.oidc_missing",
            Self::Malformed => "admin.oidc_malformed",
            Self::WrongSigner => "admin.oidc_signer",
            Self::Expired => "admin.oidc_expired",
            Self::Signature => "admin.oidc_signature",
            Self::Key(_) => "admin.oidc_key",
        }
    }
}

#[derive(Deserialize)]
struct Head {
    alg: String,
    kid: String,
    signer: String,
    exp: u64,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
}

/// Who signed in, by the identity provider's name for them.
///
/// # Errors
/// A token that does not count.
pub(crate) async fn who(
    token: &str,
    load_balancer_arn: &str,
    keys: &PublicKeys,
    now: u64,
) -> Result<String, OidcError> {
    if token.len() > MAX_TOKEN {
        return Err(OidcError::Malformed);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(OidcError::Malformed)?;
    let (head, claims) = signed.split_once('.').ok_or(OidcError::Malformed)?;
    let head: Head = read(head)?;
    if head.alg != "ES256" || head.signer != load_balancer_arn {
        return Err(OidcError::WrongSigner);
    }
    if head.exp < now {
        return Err(OidcError::Expired);
    }
    let point = keys.get(&head.kid).await?;
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point)
        .verify(signed.as_bytes(), &decode(signature)?)
        .map_err(|_| OidcError::Signature)?;
    let claims: Claims = read(claims)?;
    Ok(claims.sub)
}

fn read<T: for<'a> Deserialize<'a>>(part: &str) -> Result<T, OidcError> {
    serde_json::from_slice(&decode(part)?).map_err(|_| OidcError::Malformed)
}

/// The load balancer pads its base64, which JWTs do not.
fn decode(part: &str) -> Result<Vec<u8>, OidcError> {
    URL_SAFE_NO_PAD
        .decode(part.trim_end_matches('='))
        .map_err(|_| OidcError::Malformed)
}

/// The load balancers' public keys of a region, fetched once each.
pub(crate) struct PublicKeys {
    http: reqwest::Client,
    region: String,
    known: Mutex<BTreeMap<String, Vec<u8>>>,
}

impl PublicKeys {
    pub(crate) fn new(http: reqwest::Client, region: String) -> Self {
        Self {
            http,
            region,
            known: Mutex::new(BTreeMap::new()),
        }
    }

    async fn get(&self, kid: &str) -> Result<Vec<u8>, OidcError> {
        let fits = kid.len() == 36 && kid.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
        if !fits {
            return Err(OidcError::Malformed);
        }
        let mut known = self.known.lock().await;
        if let Some(point) = known.get(kid) {
            return Ok(point.clone());
        }
        let url = format!(
            "https://public-keys.auth.elb.{}.amazonaws.com/{kid}",
            self.region
        );
        let failed = |error| OidcError::Key(Some(error));
        let answer = self.http.get(url).send().await.map_err(failed)?;
        let answer = answer.error_for_status().map_err(failed)?;
        let pem = answer.bytes().await.map_err(failed)?;
        let pem = pem.get(..pem.len().min(MAX_KEY)).unwrap_or_default();
        let point = point_of(&String::from_utf8_lossy(pem)).ok_or(OidcError::Key(None))?;
        known.insert(kid.to_owned(), point.clone());
        Ok(point)
    }
}

/// The point of a P-256 public key in PEM.
fn point_of(pem: &str) -> Option<Vec<u8>> {
    let encoded: String = pem
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    let der = STANDARD.decode(encoded).ok()?;
    Some(der.strip_prefix(&SPKI)?.to_vec()).filter(|point| point.len() == 65)
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};

    const ARN: &str = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/a/1";
    const KID: &str = "01234567-89ab-cdef-0123-456789abcdef";

    fn pair() -> EcdsaKeyPair {
        let document =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
                .unwrap();
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref()).unwrap()
    }

    fn token(pair: &EcdsaKeyPair, alg: &str, signer: &str, exp: u64) -> String {
        let encode = |text: String| base64::engine::general_purpose::URL_SAFE.encode(text);
        let head = encode(format!(
            r#"{{"alg":"{alg}","kid":"{KID}","signer":"{signer}","exp":{exp}}}"#
        ));
        let signed = format!("{head}.{}", encode(r#"{"sub":"owner-1"}"#.to_owned()));
        let signature = pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!(
            "{signed}.{}",
            base64::engine::general_purpose::URL_SAFE.encode(signature.as_ref())
        )
    }

    async fn judge(token: &str, known: &EcdsaKeyPair) -> Result<String, OidcError> {
        let keys = PublicKeys::new(reqwest::Client::new(), "us-east-1".to_owned());
        let point = known.public_key().as_ref().to_vec();
        keys.known.lock().await.insert(KID.to_owned(), point);
        who(token, ARN, &keys, 1_000).await
    }

    #[tokio::test]
    async fn only_the_own_load_balancer_s_word_counts() {
        let pair = pair();
        assert_eq!(
            judge(&token(&pair, "ES256", ARN, 2_000), &pair)
                .await
                .unwrap(),
            "owner-1"
        );
        let code = |outcome: Result<String, OidcError>| outcome.unwrap_err().code();
        assert_eq!(
            code(judge(&token(&pair, "none", ARN, 2_000), &pair).await),
            "admin.oidc_signer"
        );
        assert_eq!(
            code(judge(&token(&pair, "ES256", "arn:other", 2_000), &pair).await),
            "admin.oidc_signer"
        );
        assert_eq!(
            code(judge(&token(&pair, "ES256", ARN, 999), &pair).await),
            "admin.oidc_expired"
        );
        let other = token(&self::pair(), "ES256", ARN, 2_000);
        assert_eq!(code(judge(&other, &pair).await), "admin.oidc_signature");
        assert_eq!(code(judge("a.b.c", &pair).await), "admin.oidc_malformed");
    }

    #[test]
    fn keys_are_read_from_pem() {
        let pair = pair();
        let mut der = SPKI.to_vec();
        der.extend(pair.public_key().as_ref());
        let pem = format!(
            "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
            STANDARD.encode(der)
        );
        assert_eq!(point_of(&pem).unwrap(), pair.public_key().as_ref());
        assert_eq!(point_of("nonsense"), None);
    }
}
