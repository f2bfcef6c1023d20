use std::cell::Cell;

use url::{ParseError, SyntaxViolation, Url};

use crate::BadReason;

/// The hosts whose locations are handed over.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hosts(Vec<(String, Option<u16>)>);

/// A host that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("read the host `{0}`: it is neither `host` nor `host:port`")]
pub struct HostError(pub String);

impl Hosts {
    /// Hosts such as `www.example.com`, on the usual ports of http and https, or
    /// `localhost:8080`, on that port only.
    ///
    /// # Errors
    /// When one of them is anything else.
    pub fn new<'t>(hosts: impl IntoIterator<Item = &'t str>) -> Result<Self, HostError> {
        hosts
            .into_iter()
            .map(host_and_port)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    fn allow(&self, url: &Url) -> bool {
        self.0.iter().any(|(host, port)| {
            let fits = port.map_or(url.port().is_none(), |port| {
                url.port_or_known_default() == Some(port)
            });
            fits && url.host_str() == Some(host)
        })
    }
}

fn host_and_port(text: &str) -> Result<(String, Option<u16>), HostError> {
    let fault = || HostError(text.to_owned());
    // What would be read as another part of a URL.
    if text.contains(['/', '\\', '?', '#', '@']) || text.contains(char::is_whitespace) {
        return Err(fault());
    }
    // A scheme whose usual port nobody writes down keeps all of them.
    let url = Url::parse(&format!("ftp://{text}/")).map_err(|_| fault())?;
    let host = url
        .host_str()
        .filter(|host| !host.is_empty())
        .ok_or_else(fault)?;
    Ok((host.to_owned(), url.port()))
}

/// Judges a location, and gives it as it is written but for a fragment and blanks around it.
/// What browsers mend in more than one way is refused, so that all who read it see the same
/// host and path.
pub(crate) fn judge<'t>(
    text: &'t str,
    hosts: &Hosts,
    max_chars: usize,
) -> Result<&'t str, BadReason> {
    let text = text.trim_matches([' ', '\t', '\r', '\n']);
    if text.is_empty() {
        return Err(BadReason::Missing);
    }
    if text.len() > max_chars && text.chars().count() > max_chars {
        return Err(BadReason::TooLong);
    }
    if text.chars().any(char::is_control) {
        return Err(BadReason::Control);
    }
    let is_ambiguous = Cell::new(text.contains(char::is_whitespace));
    let note = |violation| is_ambiguous.set(is_ambiguous.get() || misleads(violation));
    let url = Url::options()
        .syntax_violation_callback(Some(&note))
        .parse(text);
    let url = url.map_err(|error| match error {
        ParseError::RelativeUrlWithoutBase => BadReason::Relative,
        _ => BadReason::Invalid,
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(BadReason::Scheme);
    }
    if is_ambiguous.get() || !url.username().is_empty() || url.password().is_some() {
        return Err(BadReason::Invalid);
    }
    if !hosts.allow(&url) {
        return Err(BadReason::OtherHost);
    }
    // The first `#` of a URL begins its fragment.
    Ok(text.split_once('#').map_or(text, |(before, _)| before))
}

const fn misleads(violation: SyntaxViolation) -> bool {
    matches!(
        violation,
        SyntaxViolation::Backslash
            | SyntaxViolation::C0SpaceIgnored
            | SyntaxViolation::EmbeddedCredentials
            | SyntaxViolation::ExpectedDoubleSlash
            | SyntaxViolation::TabOrNewlineIgnored
            | SyntaxViolation::UnencodedAtSign
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts() -> Hosts {
        Hosts::new([
            "www.example.com",
            "bücher.example",
            "localhost:8080",
            "tls.example:443",
        ])
        .unwrap()
    }

    fn judged(text: &str) -> Result<&str, BadReason> {
        judge(text, &hosts(), 60)
    }

    #[test]
    fn locations_are_kept_as_given_but_for_their_fragment() {
        for (text, kept) in [
            ("https://www.example.com/", "https://www.example.com/"),
            (
                "\n http://www.example.com/a?b=c#d#e\t",
                "http://www.example.com/a?b=c",
            ),
            (
                "HTTPS://WWW.Example.com:443/a/../B|",
                "HTTPS://WWW.Example.com:443/a/../B|",
            ),
            ("https://bücher.example/ä", "https://bücher.example/ä"),
            (
                "https://xn--bcher-kva.example/",
                "https://xn--bcher-kva.example/",
            ),
            ("http://localhost:8080/", "http://localhost:8080/"),
            ("https://tls.example/", "https://tls.example/"),
        ] {
            assert_eq!(judged(text), Ok(kept), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_used_has_a_reason() {
        let long = format!("https://www.example.com/{}", "ä".repeat(37));
        for (text, reason) in [
            (" ", BadReason::Missing),
            (&long, BadReason::TooLong),
            ("https://www.example.com/\u{7}", BadReason::Control),
            ("https://www.example.com/a\nb", BadReason::Control),
            ("/a", BadReason::Relative),
            ("//www.example.com/a", BadReason::Relative),
            ("ftp://www.example.com/a", BadReason::Scheme),
            ("javascript:alert(1)", BadReason::Scheme),
            ("https://", BadReason::Invalid),
            ("https://www.example.com/a b", BadReason::Invalid),
            ("https:www.example.com/", BadReason::Invalid),
            ("https:///www.example.com/", BadReason::Invalid),
            ("https:\\\\www.example.com\\a", BadReason::Invalid),
            ("https://www.example.com@evil.example/", BadReason::Invalid),
            ("https://a:b@www.example.com/", BadReason::Invalid),
            ("https://evil.example/", BadReason::OtherHost),
            (
                "https://www.example.com.evil.example/",
                BadReason::OtherHost,
            ),
            ("https://www.example.com:8443/", BadReason::OtherHost),
            ("http://localhost/", BadReason::OtherHost),
            ("http://tls.example/", BadReason::OtherHost),
            ("http://169.254.169.254/", BadReason::OtherHost),
        ] {
            assert_eq!(judged(text), Err(reason), "{text}");
        }
        assert!(judged(&long.replacen('ä', "", 1)).is_ok());
    }

    #[test]
    fn hosts_are_hosts() {
        for text in [
            "",
            "https://a.example",
            "a/b",
            "a@b",
            "a b",
            "a:99999",
            ":80",
        ] {
            assert_eq!(
                Hosts::new([text]),
                Err(HostError(text.to_owned())),
                "{text}"
            );
        }
        let none = judge("https://www.example.com/", &Hosts::default(), 2048);
        assert_eq!(none, Err(BadReason::OtherHost));
    }
}
