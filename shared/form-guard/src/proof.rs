//! Proof of work: [ALTCHA](https://altcha.org/docs/v2/) version 2, PBKDF2 with SHA-256.
//!
//! The challenge is `{"parameters":{algorithm, nonce, salt, cost, keyLength, keyPrefix,
//! expiresAt, data},"signature"}`. A browser solves it with WebCrypto: for `counter` =
//! 0, 1, 2, … it derives `keyLength` bytes by PBKDF2 from the password *nonce bytes
//! followed by the counter as 32 bits, big-endian*, the salt bytes and `cost` iterations,
//! until the key in hexadecimal starts with `keyPrefix`. It posts base64 of
//! `{"challenge":…,"solution":{"counter","derivedKey"}}`. With the prefix `00` that takes
//! 256 derivations on average: a second or so in a browser at a cost of 5,000, and an
//! attacker's own hardware has no advantage over WebCrypto.

use std::collections::BTreeMap;

use altcha::{
    CreateChallengeOptions, Payload, VerifySolutionOptions, create_challenge, verify_solution,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::{Key, Purpose};

/// Bytes of a derived key.
const KEY_LENGTH: usize = 32;
/// What the key has to start with, in hexadecimal.
const PREFIX: &str = "00";
/// Highest cost that is verified: one derivation of it takes some 75 ms.
const MAX_COST: u32 = 100_000;
/// Longest proof that is looked at, in characters.
const MAX_PROOF: usize = 4_096;
/// Name of the form in the challenge.
const FORM: &str = "form";

/// A challenge that was solved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Names the challenge: a proof counts once.
    pub id: String,
}

/// Why a proof is worth nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// It is no proof at all.
    #[error("read the proof of work: it is incomplete")]
    Malformed,
    /// The challenge is not ours, or for another form.
    #[error("check the proof of work: its challenge is not this form's")]
    Forged,
    /// Its time is over.
    #[error("check the proof of work: it has expired")]
    Expired,
    /// The work was not done.
    #[error("check the proof of work: it is wrong")]
    Wrong,
}

/// A challenge for `form`, to be solved until `expires_at` (seconds since 1970). `cost`
/// is the number of iterations of one derivation. `null` where the machine gives no
/// randomness; nobody is asked to work then.
#[must_use]
pub fn challenge(key: &Key, form: &str, cost: u32, expires_at: u64) -> Value {
    let options = CreateChallengeOptions {
        cost: cost.min(MAX_COST),
        data: Some(BTreeMap::from([(FORM.to_owned(), form.into())])),
        expires_at: i64::try_from(expires_at).ok(),
        hmac_signature_secret: Some(secret(key)),
        key_length: KEY_LENGTH,
        key_prefix: PREFIX.to_owned(),
        ..CreateChallengeOptions::default()
    };
    create_challenge(options)
        .ok()
        .and_then(|challenge| serde_json::to_value(challenge).ok())
        .unwrap_or_default()
}

/// Checks a proof of work for `form`; one derivation.
///
/// # Errors
/// A proof that is none, is of another challenge, too late, or wrong.
pub fn verify_proof(key: &Key, form: &str, proof: &str) -> Result<Proof, ProofError> {
    if proof.len() > MAX_PROOF {
        return Err(ProofError::Malformed);
    }
    let bytes = STANDARD.decode(proof).map_err(|_| ProofError::Malformed)?;
    let payload: Payload = serde_json::from_slice(&bytes).map_err(|_| ProofError::Malformed)?;
    let parameters = &payload.challenge.parameters;
    let data = parameters.data.as_ref();
    let of_form = data.and_then(|data| data.get(FORM)?.as_str()) == Some(form);
    // What the visitor could have changed is not computed with before the signature is
    // checked, except for the cost, which has to be bounded first.
    if !of_form || parameters.cost > MAX_COST || parameters.key_prefix != PREFIX {
        return Err(ProofError::Forged);
    }
    let options = VerifySolutionOptions::new(&payload.challenge, &payload.solution, secret(key));
    let result = verify_solution(options).map_err(|_| ProofError::Malformed)?;
    match (result.verified, result.expired, result.invalid_signature) {
        (true, ..) => Ok(Proof {
            id: parameters.nonce.clone(),
        }),
        (_, true, _) => Err(ProofError::Expired),
        (_, _, Some(true)) => Err(ProofError::Forged),
        _ => Err(ProofError::Wrong),
    }
}

fn secret(key: &Key) -> String {
    key.derived(Purpose::ProofOfWork)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::tests::key;
    use altcha::{Challenge, SolveChallengeOptions, solve_challenge};

    const FAR: u64 = 4_000_000_000;

    fn solved(challenge: &Value) -> Value {
        let challenge: Challenge = serde_json::from_value(challenge.clone()).unwrap();
        let solution = solve_challenge(SolveChallengeOptions::new(&challenge))
            .unwrap()
            .unwrap();
        serde_json::to_value(Payload {
            challenge,
            solution,
        })
        .unwrap()
    }

    fn posted(payload: &Value) -> String {
        STANDARD.encode(payload.to_string())
    }

    #[test]
    fn work_done_counts_for_its_form() {
        let payload = solved(&challenge(&key(), "contact", 10, FAR));
        let proof = verify_proof(&key(), "contact", &posted(&payload)).unwrap();
        assert_eq!(
            proof.id,
            payload["challenge"]["parameters"]["nonce"]
                .as_str()
                .unwrap()
        );
        let verdict = verify_proof(&key(), "quote", &posted(&payload));
        assert_eq!(verdict, Err(ProofError::Forged));
        let other = Key::new("another secret of the right length").unwrap();
        let verdict = verify_proof(&other, "contact", &posted(&payload));
        assert_eq!(verdict, Err(ProofError::Forged));
    }

    #[test]
    fn work_not_done_does_not_count() {
        let mut payload = solved(&challenge(&key(), "contact", 10, FAR));
        payload["solution"]["derivedKey"] = "00".repeat(32).into();
        assert_eq!(
            verify_proof(&key(), "contact", &posted(&payload)),
            Err(ProofError::Wrong)
        );
        let mut cheaper = solved(&challenge(&key(), "contact", 10, FAR));
        cheaper["challenge"]["parameters"]["cost"] = 1.into();
        assert_eq!(
            verify_proof(&key(), "contact", &posted(&cheaper)),
            Err(ProofError::Forged)
        );
        let late = solved(&challenge(&key(), "contact", 10, 1_000));
        assert_eq!(
            verify_proof(&key(), "contact", &posted(&late)),
            Err(ProofError::Expired)
        );
        assert_eq!(
            verify_proof(&key(), "contact", "e30="),
            Err(ProofError::Malformed)
        );
    }
}
