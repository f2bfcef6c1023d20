use url::Url;

/// Which site's page sent a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OriginVerdict {
    /// The site's own.
    SameOrigin,
    /// One that the form names.
    Allowed,
    /// The request does not say: an old browser or a program.
    Unknown,
    /// Somebody else's.
    Refused,
}

/// Judges where a post comes from: `Sec-Fetch-Site` where the browser sends it, `Origin`
/// and `Referer` where it does not, as the
/// [OWASP cheat sheet](https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html)
/// has it.
#[must_use]
pub fn judge_origin(
    sec_fetch_site: Option<&str>,
    origin: Option<&str>,
    referer: Option<&str>,
    site_url: &str,
    allowed: &[String],
) -> OriginVerdict {
    // `null` is what a sandboxed page and a redirect across origins send.
    let origin = origin.filter(|origin| *origin != "null");
    let named = |origin: &str| allowed.iter().any(|known| known == origin);
    if let Some(origin) = origin
        && named(origin)
    {
        return OriginVerdict::Allowed;
    }
    match sec_fetch_site {
        // `none`: typed or from a bookmark. A browser sets it, not a page.
        Some("same-origin" | "none") => return OriginVerdict::SameOrigin,
        Some("cross-site" | "same-site") => return OriginVerdict::Refused,
        _ => {}
    }
    let source = origin.map(str::to_owned).or_else(|| origin_of(referer?));
    match source {
        None => OriginVerdict::Unknown,
        Some(source) if origin_of(site_url).as_ref() == Some(&source) => OriginVerdict::SameOrigin,
        Some(source) if named(&source) => OriginVerdict::Allowed,
        Some(_) => OriginVerdict::Refused,
    }
}

fn origin_of(url: &str) -> Option<String> {
    Some(Url::parse(url).ok()?.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(site: Option<&str>, origin: Option<&str>, referer: Option<&str>) -> OriginVerdict {
        let allowed = ["https://partner.example".to_owned()];
        judge_origin(site, origin, referer, "https://shop.example", &allowed)
    }

    #[test]
    fn the_browser_knows_best() {
        let own = Some("https://shop.example");
        let other = Some("https://evil.example");
        assert_eq!(
            judge(Some("same-origin"), own, None),
            OriginVerdict::SameOrigin
        );
        assert_eq!(judge(Some("cross-site"), own, None), OriginVerdict::Refused);
        assert_eq!(
            judge(Some("cross-site"), Some("https://partner.example"), None),
            OriginVerdict::Allowed
        );
        assert_eq!(judge(None, own, None), OriginVerdict::SameOrigin);
        assert_eq!(judge(None, other, None), OriginVerdict::Refused);
        assert_eq!(
            judge(None, None, Some("https://shop.example/a?b")),
            OriginVerdict::SameOrigin
        );
        assert_eq!(
            judge(None, None, Some("https://shop.example.evil.example/")),
            OriginVerdict::Refused
        );
        assert_eq!(judge(None, Some("null"), None), OriginVerdict::Unknown);
        assert_eq!(judge(None, None, None), OriginVerdict::Unknown);
    }
}
