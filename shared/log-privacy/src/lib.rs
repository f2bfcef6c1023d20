//! What of a visitor stays in the logs that are kept: applied before anything is written.
//!
//! Addresses become networks or keyed hashes, the values of query parameters and the queries
//! of referers go, and messages lose addresses, e-mail addresses and the texts of SQL.

mod message;

use std::io::Write;

use hmac::{Hmac, KeyInit, Mac};
use log_summary::Network;
use serde::Deserialize;
use sha2::Sha256;

pub use message::redact_message;

/// What a value is replaced with.
pub(crate) const REDACTED: u8 = b'*';

/// Bytes of a hash that stay: enough to tell a million visitors of a day apart.
const HASH_BYTES: usize = 8;

/// What becomes of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AddressRule {
    /// Its network: 24 bits of IPv4, 48 of IPv6.
    #[default]
    Network,
    /// A hash with a key that is not in the logs: visitors can be told apart, not found out.
    Hash,
    /// It stays. Not for what people of the European Union visit without a reason.
    Keep,
}

/// The rules, as configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrivacyRules {
    /// What becomes of addresses.
    #[serde(default)]
    pub address: AddressRule,
    /// Query parameters whose values stay; the values of all others become `*`.
    #[serde(default)]
    pub keep_parameters: Vec<String>,
}

/// Applies the rules.
#[derive(Debug, Clone)]
pub struct Privacy {
    rules: PrivacyRules,
    key: Vec<u8>,
}

impl Privacy {
    /// With a key for hashes; it matters only where addresses are hashed.
    #[must_use]
    pub fn new(rules: PrivacyRules, key: &[u8]) -> Self {
        Self {
            rules,
            key: key.to_vec(),
        }
    }

    /// Whether a key is needed.
    #[must_use]
    pub fn needs_key(&self) -> bool {
        self.rules.address == AddressRule::Hash
    }

    /// Writes what stays of an address. Of what is no address nothing stays, unless
    /// addresses stay.
    pub fn address(&self, address: &[u8], out: &mut Vec<u8>) {
        match self.rules.address {
            AddressRule::Keep => out.extend_from_slice(address),
            AddressRule::Network => {
                if let Some(network) = Network::of(address) {
                    // Writing to memory does not fail.
                    let _ = write!(out, "{network}");
                }
            }
            AddressRule::Hash if address.is_empty() => {}
            AddressRule::Hash => {
                let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else {
                    return;
                };
                mac.update(address);
                for byte in &mac.finalize().into_bytes()[..HASH_BYTES] {
                    let _ = write!(out, "{byte:02x}");
                }
            }
        }
    }

    /// Writes a query with the values that stay; the names of parameters stay.
    pub fn query(&self, query: &[u8], out: &mut Vec<u8>) {
        for (index, pair) in query.split(|byte| *byte == b'&').enumerate() {
            if index > 0 {
                out.push(b'&');
            }
            match memchr::memchr(b'=', pair) {
                Some(at) if !self.keeps(&pair[..at]) => {
                    out.extend_from_slice(&pair[..=at]);
                    out.push(REDACTED);
                }
                // A word without a value may be anything: a token, a name.
                None if !pair.is_empty() && !self.keeps(pair) => out.push(REDACTED),
                _ => out.extend_from_slice(pair),
            }
        }
    }

    fn keeps(&self, name: &[u8]) -> bool {
        let mut names = self.rules.keep_parameters.iter();
        names.any(|kept| kept.as_bytes() == name)
    }
}

/// A referer without its query and fragment, and without who logged in.
#[must_use]
pub fn referer(referer: &str) -> &str {
    let end = referer.find(['?', '#']).unwrap_or(referer.len());
    let referer = &referer[..end];
    if referer.contains('@') { "" } else { referer }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn privacy(address: AddressRule) -> Privacy {
        let keep_parameters = vec!["page".to_owned()];
        Privacy::new(
            PrivacyRules {
                address,
                keep_parameters,
            },
            b"key",
        )
    }

    fn address(rule: AddressRule, address: &str) -> String {
        let mut out = Vec::new();
        privacy(rule).address(address.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    }

    fn query(query: &str) -> String {
        let mut out = Vec::new();
        privacy(AddressRule::Network).query(query.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn addresses_become_what_the_rule_says() {
        assert_eq!(
            address(AddressRule::Network, "203.0.113.9"),
            "203.0.113.0/24"
        );
        assert_eq!(address(AddressRule::Network, "anna"), "");
        assert_eq!(address(AddressRule::Keep, "203.0.113.9"), "203.0.113.9");
        let hash = address(AddressRule::Hash, "203.0.113.9");
        assert_eq!(hash.len(), 16);
        assert_ne!(hash, address(AddressRule::Hash, "203.0.113.8"));
        let other = Privacy::new(
            PrivacyRules {
                address: AddressRule::Hash,
                ..PrivacyRules::default()
            },
            b"other",
        );
        let mut out = Vec::new();
        other.address(b"203.0.113.9", &mut out);
        assert_ne!(out, hash.as_bytes());
    }

    #[test]
    fn only_the_parameters_that_are_named_keep_their_values() {
        assert_eq!(query("page=2&email=a@b.c&token"), "page=2&email=*&*");
        assert_eq!(query("page"), "page");
        assert_eq!(query("a=b=c&&=x"), "a=*&&=*");
        assert_eq!(query(""), "");
    }

    #[test]
    fn referers_lose_queries_and_people() {
        assert_eq!(
            referer("https://search.example/find?q=me#x"),
            "https://search.example/find"
        );
        assert_eq!(referer("https://anna:pw@shop.example/"), "");
    }

    proptest! {
        #[test]
        fn no_value_comes_through(value in "[a-z0-9]{8,20}", name in "[a-z]{1,6}") {
            prop_assume!(name != "page");
            let redacted = query(&format!("{name}={value}&x={value}&{value}"));
            prop_assert!(!redacted.contains(&value), "{}", redacted);
        }
    }
}
