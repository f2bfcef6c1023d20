use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

/// The network a visitor came from: the first 24 bits of an IPv4 address, the first 48 of an
/// IPv6 address. What floods and guesses passwords does so from several addresses of one;
/// a person is not told by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Network(u64);

const V4: u64 = 1 << 62;
const V6: u64 = 1 << 63;

impl Network {
    /// The network of an address; `None` for what is no address.
    #[must_use]
    pub fn of(address: &[u8]) -> Option<Self> {
        if let Some(bits) = ipv4(address) {
            return Some(Self(V4 | u64::from(bits >> 8)));
        }
        match std::str::from_utf8(address).ok()?.parse().ok()? {
            IpAddr::V4(address) => Some(Self(V4 | u64::from(address.to_bits() >> 8))),
            IpAddr::V6(address) => match address.to_ipv4_mapped() {
                Some(address) => Some(Self(V4 | u64::from(address.to_bits() >> 8))),
                None => Some(Self(
                    V6 | u64::try_from(address.to_bits() >> 80).unwrap_or(0),
                )),
            },
        }
    }
}

/// Most addresses are of this form, and each line has one.
#[inline]
fn ipv4(address: &[u8]) -> Option<u32> {
    let (mut bits, mut octet, mut digits, mut octets) = (0u32, 0u32, 0, 1);
    for &byte in address {
        match byte {
            b'0'..=b'9' if digits < 3 => {
                octet = octet * 10 + u32::from(byte - b'0');
                digits += 1;
            }
            b'.' if digits > 0 && octets < 4 && octet < 256 => {
                bits = bits << 8 | octet;
                (octet, digits) = (0, 0);
                octets += 1;
            }
            _ => return None,
        }
    }
    (octets == 4 && digits > 0 && octet < 256).then_some(bits << 8 | octet)
}

impl fmt::Display for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 & V6 != 0 {
            let bits = u128::from(self.0 & !V6) << 80;
            return write!(formatter, "{}/48", Ipv6Addr::from_bits(bits));
        }
        let bits = u32::try_from(self.0 & !V4).unwrap_or(0) << 8;
        write!(formatter, "{}/24", Ipv4Addr::from_bits(bits))
    }
}

impl Serialize for Network {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let address = text.split('/').next().unwrap_or("");
        Self::of(address.as_bytes())
            .ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no network")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_network_are_one() {
        let text =
            |address: &str| Network::of(address.as_bytes()).map(|network| network.to_string());
        assert_eq!(text("203.0.113.77").as_deref(), Some("203.0.113.0/24"));
        assert_eq!(
            text("::ffff:203.0.113.9").as_deref(),
            Some("203.0.113.0/24")
        );
        assert_eq!(text("2001:db8:1:2::3").as_deref(), Some("2001:db8:1::/48"));
        assert_eq!(text("0.0.0.0").as_deref(), Some("0.0.0.0/24"));
        for nonsense in [
            "",
            "1.2.3",
            "1.2.3.256",
            "1.2.3.4.5",
            "a",
            "1..2.3",
            "1.2.3.0004",
        ] {
            assert_eq!(text(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn a_stored_network_is_the_same() {
        for address in ["203.0.113.77", "2001:db8:1:2::3"] {
            let network = Network::of(address.as_bytes()).unwrap();
            let stored = serde_json::to_string(&network).unwrap();
            assert_eq!(serde_json::from_str::<Network>(&stored).unwrap(), network);
        }
    }
}
