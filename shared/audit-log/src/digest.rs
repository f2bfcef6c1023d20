use std::io;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use log_formats::rfc3339_ms;
use serde::Deserialize;

use crate::DigestError;
use crate::hex::{hex, unhex};

/// What CloudTrail says each hour of the files that it delivered, signed and chained to what
/// it said the hour before.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html>
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Digest {
    /// When the hour began, which is when the one before ended.
    pub digest_start_time: String,
    /// When the hour ended.
    pub digest_end_time: String,
    /// The bucket that the digest was delivered to.
    pub digest_s3_bucket: String,
    /// Its key.
    pub digest_s3_object: String,
    /// Which of CloudTrail's public keys verifies the signature.
    pub digest_public_key_fingerprint: String,
    /// The bucket of the digest before; `None` for the first.
    pub previous_digest_s3_bucket: Option<String>,
    /// Its key.
    pub previous_digest_s3_object: Option<String>,
    /// SHA-256 of its uncompressed content, in hexadecimal digits.
    pub previous_digest_hash_value: Option<String>,
    /// Its signature, in hexadecimal digits.
    pub previous_digest_signature: Option<String>,
    /// The log files of the hour.
    pub log_files: Vec<LogFile>,
}

/// A log file that was delivered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogFile {
    /// Its bucket.
    pub s3_bucket: String,
    /// Its key.
    pub s3_object: String,
    /// SHA-256 of its uncompressed content, in hexadecimal digits.
    pub hash_value: String,
}

impl Digest {
    /// Reads a digest's uncompressed content.
    ///
    /// # Errors
    /// When it is something else.
    pub fn parse(content: &[u8]) -> Result<Self, DigestError> {
        serde_json::from_slice(content).map_err(DigestError::Form)
    }

    /// Begin and end of the hour, in milliseconds since 1970; `None` where they are no times.
    #[must_use]
    pub fn window_ms(&self) -> Option<(i64, i64)> {
        let begin = rfc3339_ms(&self.digest_start_time)?;
        Some((begin, rfc3339_ms(&self.digest_end_time)?))
    }

    /// Proves that the digest, found at `bucket` and `key`, is what CloudTrail wrote.
    /// `content` is uncompressed, `signature` the object's metadata `signature`, `public_key`
    /// the DER (PKCS #1) of the key with the digest's fingerprint, as `ListPublicKeys` gives it.
    /// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html>
    ///
    /// # Errors
    /// When it is somewhere else than it says, when it was not read from `content`, and when
    /// the signature does not fit.
    pub fn verify(
        &self,
        content: &[u8],
        (bucket, key): (&str, &str),
        signature: &str,
        public_key: &[u8],
    ) -> Result<(), DigestError> {
        let place = format!("{}/{}", self.digest_s3_bucket, self.digest_s3_object);
        let found = format!("{bucket}/{key}");
        if place != found {
            let expected = place;
            return Err(DigestError::Place { found, expected });
        }
        // The first of a chain is signed with the word: CloudTrail's program is in Java.
        let previous = self.previous_digest_signature.as_deref().unwrap_or("null");
        let signed = format!(
            "{}\n{place}\n{}\n{previous}",
            self.digest_end_time,
            sha256_hex(content)
        );
        let fault = || DigestError::Signature(found.clone());
        // The signature is of `content`: fields read from other bytes have none.
        if Self::parse(content)? != *self {
            return Err(fault());
        }
        let signature = unhex(signature).ok_or_else(fault)?;
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public_key)
            .verify(signed.as_bytes(), &signature)
            .map_err(|_| fault())
    }

    /// Proves that the digest before has the content and the signature that this one says.
    ///
    /// # Errors
    /// When it has others. Without a digest before there is nothing to prove.
    pub fn verify_previous(&self, content: &[u8], signature: &str) -> Result<(), DigestError> {
        let Some(key) = &self.previous_digest_s3_object else {
            return Ok(());
        };
        let hash = sha256_hex(content);
        let is_same = self.previous_digest_hash_value.as_deref() == Some(hash.as_str())
            && self.previous_digest_signature.as_deref() == Some(signature);
        if is_same {
            Ok(())
        } else {
            Err(DigestError::Previous(key.clone()))
        }
    }
}

impl LogFile {
    /// Where it is, for people.
    #[must_use]
    pub fn place(&self) -> String {
        format!("{}/{}", self.s3_bucket, self.s3_object)
    }

    /// Proves that the file has the content that was delivered. It is read once, in pieces.
    ///
    /// # Errors
    /// When it has another, and when it cannot be read to its end.
    pub fn verify(&self, mut content: impl io::Read) -> Result<(), DigestError> {
        let changed = || DigestError::LogFile(self.place());
        let mut hash = aws_lc_rs::digest::Context::new(&SHA256);
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match content.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => hash.update(&buffer[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // A broken compression is a change, too.
                Err(_) => return Err(changed()),
            }
        }
        if hex(hash.finish().as_ref()) == self.hash_value {
            Ok(())
        } else {
            Err(changed())
        }
    }
}

fn sha256_hex(content: &[u8]) -> String {
    hex(digest(&SHA256, content).as_ref())
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::rsa::{KeyPair, KeySize};
    use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
    use serde_json::json;

    use super::*;

    const LOG: &[u8] = br#"{"Records":[]}"#;

    fn content() -> Vec<u8> {
        json!({
            "digestStartTime": "2026-11-27T10:00:00Z",
            "digestEndTime": "2026-11-27T11:00:00Z",
            "digestS3Bucket": "trail",
            "digestS3Object": "AWSLogs/1/CloudTrail-Digest/d2.json.gz",
            "digestPublicKeyFingerprint": "f",
            "digestSignatureAlgorithm": "SHA256withRSA",
            "previousDigestS3Bucket": "trail",
            "previousDigestS3Object": "AWSLogs/1/CloudTrail-Digest/d1.json.gz",
            "previousDigestHashValue": sha256_hex(b"before"),
            "previousDigestSignature": "abcd",
            "logFiles": [{"s3Bucket": "trail", "s3Object": "l.json.gz", "hashValue": sha256_hex(LOG), "hashAlgorithm": "SHA-256"}],
        })
        .to_string()
        .into_bytes()
    }

    /// A signature of the digest as the documentation says it is made, and its public key.
    fn signed(content: &[u8], previous: &str) -> (String, Vec<u8>) {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let text = format!(
            "2026-11-27T11:00:00Z\ntrail/AWSLogs/1/CloudTrail-Digest/d2.json.gz\n{}\n{previous}",
            sha256_hex(content)
        );
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(
            &RSA_PKCS1_SHA256,
            &SystemRandom::new(),
            text.as_bytes(),
            &mut signature,
        )
        .unwrap();
        (hex(&signature), pair.public_key().as_ref().to_vec())
    }

    const PLACE: (&str, &str) = ("trail", "AWSLogs/1/CloudTrail-Digest/d2.json.gz");

    #[test]
    fn a_digest_is_believed_only_where_and_as_it_was_written() {
        let content = content();
        let (signature, key) = signed(&content, "abcd");
        let digest = Digest::parse(&content).unwrap();
        digest.verify(&content, PLACE, &signature, &key).unwrap();
        let moved = digest
            .verify(&content, ("trail", "elsewhere"), &signature, &key)
            .unwrap_err();
        assert!(
            moved
                .to_string()
                .contains("says that it belongs at trail/AWSLogs"),
            "{moved}"
        );
        let changed = String::from_utf8(content.clone())
            .unwrap()
            .replace("l.json.gz", "m.json.gz");
        let digest = Digest::parse(changed.as_bytes()).unwrap();
        for (content, signature) in [
            (changed.as_bytes(), signature.as_str()),
            (&content[..], "zz"),
            (&content[..], "00"),
        ] {
            let error = digest.verify(content, PLACE, signature, &key).unwrap_err();
            assert!(
                error.to_string().contains("its signature does not fit"),
                "{error}"
            );
        }
    }

    #[test]
    fn a_digest_read_from_other_bytes_than_the_signed_ones_is_not_believed() {
        let content = content();
        let (signature, key) = signed(&content, "abcd");
        let mut forged = Digest::parse(&content).unwrap();
        forged.log_files.clear();
        let error = forged
            .verify(&content, PLACE, &signature, &key)
            .unwrap_err();
        assert!(matches!(error, DigestError::Signature(_)), "{error}");
    }

    #[test]
    fn the_first_of_a_chain_is_signed_with_null() {
        let text = String::from_utf8(content()).unwrap();
        let content = text.replace(r#""abcd""#, "null").into_bytes();
        let (signature, key) = signed(&content, "null");
        let digest = Digest::parse(&content).unwrap();
        digest.verify(&content, PLACE, &signature, &key).unwrap();
    }

    #[test]
    fn the_chain_names_what_was_changed() {
        let digest = Digest::parse(&content()).unwrap();
        digest.verify_previous(b"before", "abcd").unwrap();
        for (content, signature) in [(&b"after"[..], "abcd"), (b"before", "ab")] {
            let error = digest.verify_previous(content, signature).unwrap_err();
            assert!(
                error.to_string().contains("d1.json.gz was changed"),
                "{error}"
            );
        }
        digest.log_files[0].verify(LOG).unwrap();
        let error = digest.log_files[0].verify(&LOG[1..]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the log file trail/l.json.gz was changed"
        );
        assert!(Digest::parse(b"{}").is_err());
        let hour = (1_795_773_600_000, 1_795_777_200_000);
        assert_eq!(digest.window_ms(), Some(hour));
    }
}
