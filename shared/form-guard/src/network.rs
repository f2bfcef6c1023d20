use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The network an address belongs to: /24 of IPv4, /48 of IPv6, as in `192.0.2.0/24`.
/// That is what a household or an office usually has.
#[must_use]
pub fn network_of(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{}/24", Ipv4Addr::new(a, b, c, 0))
        }
        IpAddr::V6(v6) => {
            let [a, b, c, ..] = v6.segments();
            format!("{}/48", Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
    }
}

/// The visitor's address: what CloudFront says (`address:port`, an IPv6 address without
/// brackets,
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html>),
/// else the last entry of `X-Forwarded-For`, which CloudFront itself wrote. Entries
/// before it are the visitor's own words.
#[must_use]
pub fn viewer_address(
    cloudfront_viewer_address: Option<&str>,
    x_forwarded_for: Option<&str>,
) -> Option<IpAddr> {
    if let Some(text) = cloudfront_viewer_address {
        let (address, _port) = text.trim().rsplit_once(':')?;
        return address.trim_matches(['[', ']']).parse().ok();
    }
    x_forwarded_for?.rsplit(',').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> String {
        network_of(text.parse().unwrap())
    }

    #[test]
    fn networks_are_those_of_a_household() {
        assert_eq!(network("192.0.2.77"), "192.0.2.0/24");
        assert_eq!(network("2001:db8:1:2:3::9"), "2001:db8:1::/48");
        assert_eq!(network("::ffff:192.0.2.77"), "192.0.2.0/24");
    }

    #[test]
    fn the_edge_is_believed_and_the_visitor_is_not() {
        let read = |edge, forwarded| viewer_address(edge, forwarded).map(|ip| ip.to_string());
        assert_eq!(
            read(Some("192.0.2.7:4711"), Some("10.0.0.1")).as_deref(),
            Some("192.0.2.7")
        );
        assert_eq!(
            read(Some("2001:db8::7:443"), None).as_deref(),
            Some("2001:db8::7")
        );
        assert_eq!(
            read(None, Some("1.1.1.1, 192.0.2.9")).as_deref(),
            Some("192.0.2.9")
        );
        assert_eq!(read(Some("nonsense"), Some("192.0.2.9")), None);
        assert_eq!(read(None, None), None);
    }
}
