//! Hosts and ports.

/// Whether a text is a name or an address of a host, IPv6 in brackets.
pub(crate) fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[') {
        let address = address.strip_suffix(']');
        return address.is_some_and(|address| address.parse::<std::net::Ipv6Addr>().is_ok());
    }
    is_domain(host) && !host.starts_with('_')
}

/// Whether a text is a name of DNS.
pub(crate) fn is_domain(name: &str) -> bool {
    let is_label = |label: &str| {
        let is_of_label = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        (1..=63).contains(&label.len())
            && label.bytes().all(is_of_label)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let name = name.strip_suffix('.').unwrap_or(name);
    name.len() <= 253 && name.split('.').all(is_label)
}

/// The host and the port of a text such as `db.example:5432` or `[::1]:443`.
pub(crate) fn split_address(address: &str) -> Option<(&str, u16)> {
    let (host, port) = address.rsplit_once(':')?;
    let is_number = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let port = is_number
        .then(|| port.parse().ok())?
        .filter(|port| *port > 0)?;
    is_host(host).then_some((host, port))
}

/// What is wrong with a host and port.
pub(crate) fn address_fault(name: &str, address: &crate::Setting) -> Option<String> {
    address.fault(name).or_else(|| {
        let literal = address.literal()?;
        split_address(literal).is_none().then(|| {
            format!("`{name}` is no host and port such as `db.example:5432` or `[::1]:443`")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_a_host_and_a_port() {
        assert_eq!(split_address("db.example:5432"), Some(("db.example", 5432)));
        assert_eq!(split_address("[::1]:443"), Some(("[::1]", 443)));
        for address in [
            "",
            ":443",
            "host",
            "host:",
            "host:0",
            "host:65536",
            "a b:1",
            "::1:443",
            "u:p@h:1",
            "-a:1",
            "[x]:1",
        ] {
            assert_eq!(split_address(address), None, "{address}");
        }
    }
}
