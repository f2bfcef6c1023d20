//! Which addresses may be called. A webhook's address is a deployment setting, but the
//! names in it belong to others and may point anywhere tomorrow: at this function's own
//! runtime, at a metadata service, at a database.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Longest address.
const MAX_URL: usize = 2_048;

/// Hosts that may be called although they are not public, and without TLS: `host:port`.
/// Empty everywhere but on a developer's machine.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AllowedHosts(Vec<String>);

/// Why an address may not be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It is no URL, or a very long one.
    #[error("read the webhook address: it is not a URL")]
    Malformed,
    /// It is not https on its usual port.
    #[error("use the webhook address: https on port 443 or 8443 is allowed")]
    Scheme,
    /// It holds a user name.
    #[error("use the webhook address: a user name in it is not allowed")]
    Credentials,
    /// It leads into a private network.
    #[error("use the webhook address: it leads to an address that is not public")]
    NotPublic,
    /// Its name cannot be resolved.
    #[error("resolve the webhook address")]
    Unresolved,
}

/// An address that may be called, once what its name resolves to is public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The URL.
    pub url: Url,
    /// The name or address in it.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Whether it is one of the [`AllowedHosts`], whose addresses are not judged.
    pub is_exempt: bool,
}

impl AllowedHosts {
    /// Reads `host:port,host:port`.
    #[must_use]
    pub fn parse(list: &str) -> Self {
        let hosts = list.split(',').map(|host| host.trim().to_owned());
        Self(hosts.filter(|host| !host.is_empty()).collect())
    }
}

/// Judges a webhook's address before its name is resolved.
///
/// # Errors
/// What may not be called.
pub fn judge_url(text: &str, allowed: &AllowedHosts) -> Result<Target, AddressError> {
    if text.len() > MAX_URL {
        return Err(AddressError::Malformed);
    }
    // Reads hexadecimal, octal and one-number spellings of addresses as what they are.
    let url = Url::parse(text).map_err(|_| AddressError::Malformed)?;
    let host = url.host_str().ok_or(AddressError::Malformed)?;
    let host = host.trim_end_matches('.').to_owned();
    let port = url.port_or_known_default().ok_or(AddressError::Scheme)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(AddressError::Credentials);
    }
    let is_exempt = allowed.0.contains(&format!("{host}:{port}"));
    if !is_exempt {
        if url.scheme() != "https" || !matches!(port, 443 | 8_443) {
            return Err(AddressError::Scheme);
        }
        let literal = match url.host() {
            Some(Host::Ipv4(v4)) => Some(IpAddr::V4(v4)),
            Some(Host::Ipv6(v6)) => Some(IpAddr::V6(v6)),
            _ => None,
        };
        if literal.is_some_and(|address| !is_public(address)) || is_local_name(&host) {
            return Err(AddressError::NotPublic);
        }
    }
    Ok(Target {
        host,
        port,
        is_exempt,
        url,
    })
}

/// Names that never leave the machine or its network.
fn is_local_name(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    host == "localhost"
        || [".localhost", ".local", ".internal", ".arpa"]
            .iter()
            .any(|end| host.ends_with(end))
}

/// Whether an address is on the public internet. Everything that the
/// [special-purpose registries](https://www.iana.org/assignments/iana-ipv4-special-registry)
/// set apart is not, the link-local addresses of metadata services (169.254.169.254,
/// 169.254.170.2) and Lambda's runtime (127.0.0.1:9001) among it.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(a == 0 // "this network", RFC 791
        || a == 10 // private, RFC 1918
        || a == 127 // loopback, RFC 1122
        || a >= 224 // multicast and reserved, RFC 5771, RFC 1112
        || (a == 100 && (64..128).contains(&b)) // carrier-grade NAT, RFC 6598
        || (a == 169 && b == 254) // link-local, RFC 3927
        || (a == 172 && (16..32).contains(&b)) // private, RFC 1918
        || (a == 192 && b == 168) // private, RFC 1918
        || (a == 192 && b == 0 && c == 0) // IETF protocol assignments, RFC 6890
        || (a == 192 && b == 0 && c == 2) // documentation, RFC 5737
        || (a == 192 && b == 88 && c == 99) // 6to4 relays, RFC 7526
        || (a == 198 && (b == 18 || b == 19)) // benchmarking, RFC 2544
        || (a == 198 && b == 51 && c == 100) // documentation, RFC 5737
        || (a == 203 && b == 0 && c == 113)) // documentation, RFC 5737
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    // Global unicast is 2000::/3 and nothing else: that leaves out loopback, mapped and
    // compatible addresses, NAT64 (64:ff9b::/96, 64:ff9b:1::/48), unique local
    // (fd00:ec2::254 among it), link-local, site-local and multicast ones.
    (0x2000..0x4000).contains(&a)
        && !(a == 0x2001 && b < 0x200) // IETF protocol assignments, Teredo among them, RFC 2928
        && !(a == 0x2001 && b == 0xdb8) // documentation, RFC 3849
        && a != 0x2002 // 6to4, RFC 3056: leads to the IPv4 address in it
        && a != 0x3fff // documentation, RFC 9637
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(url: &str) -> Result<Target, AddressError> {
        judge_url(url, &AllowedHosts::default())
    }

    #[test]
    fn public_addresses_may_be_called() {
        let target = judge("https://hooks.example.com/a?b=c").unwrap();
        assert_eq!(
            (target.host.as_str(), target.port, target.is_exempt),
            ("hooks.example.com", 443, false)
        );
        for address in [
            "93.184.216.34",
            "1.1.1.1",
            "2606:4700:4700::1111",
            "2a00:1450:4001:81b::200e",
        ] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn private_addresses_may_not() {
        for address in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "127.1.2.3",
            "169.254.169.254",
            "169.254.170.2",
            "169.254.169.253",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.170",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn spellings_do_not_help() {
        for url in [
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://[::1]/",
            "https://[::ffff:169.254.169.254]/",
            "https://localhost/",
            "https://localhost./",
            "https://api.localhost/",
            "https://printer.local/",
            "https://ip-10-0-0-1.ec2.internal/",
            "https://①②⑦.⓪.⓪.①/",
            "https://169.254.169.254/latest/meta-data/",
        ] {
            assert_eq!(judge(url), Err(AddressError::NotPublic), "{url}");
        }
        for url in [
            "http://example.com/",
            "https://example.com:9001/",
            "ftp://example.com/",
            "https://example.com:22/",
        ] {
            assert_eq!(judge(url), Err(AddressError::Scheme), "{url}");
        }
        assert_eq!(
            judge("https://a:b@example.com/"),
            Err(AddressError::Credentials)
        );
        assert_eq!(judge("not a url"), Err(AddressError::Malformed));
        assert_eq!(judge("data:text/plain,x"), Err(AddressError::Malformed));
    }

    #[test]
    fn a_developer_s_own_receiver_is_exempt_by_host_and_port() {
        let allowed = AllowedHosts::parse("127.0.0.1:8081, ");
        assert!(
            judge_url("http://127.0.0.1:8081/hook", &allowed)
                .unwrap()
                .is_exempt
        );
        assert_eq!(
            judge_url("http://127.0.0.1:9001/", &allowed),
            Err(AddressError::Scheme)
        );
    }

    proptest::proptest! {
        #[test]
        fn no_ipv4_address_hides_in_an_ipv6_one(bytes: [u8; 4]) {
            let v4 = Ipv4Addr::from(bytes);
            let [a, b, c, d] = bytes.map(u16::from);
            let (high, low) = (a << 8 | b, c << 8 | d);
            for v6 in [
                v4.to_ipv6_mapped(),
                Ipv6Addr::new(0, 0, 0, 0, 0, 0, high, low),
                Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
                Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1),
            ] {
                proptest::prop_assert!(!is_public(IpAddr::V6(v6)));
            }
        }

        #[test]
        fn any_text_is_judged(text in "\\PC{0,100}") {
            let _verdict = judge(&text);
        }
    }
}
