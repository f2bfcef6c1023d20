/// What a path or a query gives away of who asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct PathTraits {
    /// Where people log in.
    pub(crate) is_login: bool,
    /// Climbs out of its folder, or names a system's file.
    pub(crate) is_traversal: bool,
    /// What only those ask for who look for weaknesses.
    pub(crate) is_scan: bool,
}

/// Files that are read through traversals.
const SYSTEM_FILES: &[&str] = &[
    "etc/passwd",
    "etc/shadow",
    "win.ini",
    "proc/self/environ",
    "boot.ini",
];

impl PathTraits {
    /// Looks at a path as it was asked for, whatever it is encoded as.
    #[must_use]
    pub(crate) fn of(path: &[u8], logins: &[String], scans: &[String]) -> Self {
        let plain = plain(path);
        Self {
            is_login: logins.contains(&plain),
            is_traversal: is_traversal(&plain),
            is_scan: scans.iter().any(|scan| plain.contains(scan.as_str())),
        }
    }
}

/// Whether a query tries to climb out of a folder. Most queries have neither of the bytes
/// that it takes.
#[inline]
pub(crate) fn is_query_traversal(query: &[u8]) -> bool {
    memchr::memchr2(b'.', b'%', query).is_some() && is_traversal(&plain(query))
}

fn is_traversal(plain: &str) -> bool {
    let climbs = ["../", "..\\", "/..;"]
        .iter()
        .any(|climb| plain.contains(climb));
    climbs || plain.ends_with("/..") || SYSTEM_FILES.iter().any(|file| plain.contains(file))
}

/// In lower case, decoded twice: attackers encode twice, too.
fn plain(raw: &[u8]) -> String {
    const MAX_BYTES: usize = 8192;
    let head = &raw[..raw.len().min(MAX_BYTES)];
    if memchr::memchr(b'%', head).is_none() {
        return String::from_utf8_lossy(head).to_ascii_lowercase();
    }
    let text = log_formats::Text {
        raw: head,
        escaping: log_formats::Escaping::Percent,
    };
    text.decode().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attacks_are_seen_through_their_encoding() {
        let traits = |path: &str| {
            PathTraits::of(
                path.as_bytes(),
                &["/editor/login".to_owned()],
                &["/wp-login.php".to_owned()],
            )
        };
        for path in [
            "/a/../../etc/x",
            "/%2e%2e%2fx",
            "/%252e%252e%255cx",
            "/x/..",
            "/ETC/passwd",
        ] {
            assert!(traits(path).is_traversal, "{path}");
        }
        for path in ["/shop/a..b", "/v1...2", "/shop/cups", "/..well-known"] {
            assert_eq!(traits(path), PathTraits::default(), "{path}");
        }
        assert!(traits("/blog/WP-login.php").is_scan);
        assert!(traits("/editor/login").is_login && !traits("/editor/login/help").is_login);
        assert!(is_query_traversal(b"file=..%2f..%2fetc") && !is_query_traversal(b"v=1.2&q=100%"));
    }
}
