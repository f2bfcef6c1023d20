use std::collections::BTreeSet;

use health_checks::{HttpAnswer, HttpCheck, Setting};
use http::header::{ACCEPT, CONNECTION, HOST, LOCATION, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue};
use url::{Origin, Url};

use crate::probe::http_exchange::{Exchange, exchange};
use crate::probe::phases::Phases;
use crate::probe::{ProbeError, Trust, Variables};

/// What the request says of who asks.
const AGENT: &str = "Sidetier-Health";

/// Asks for a page: by HTTP/1.1, on a connection of its own. An answer that leads elsewhere is
/// followed as often as the check says.
pub(crate) async fn ask(
    check: &HttpCheck,
    variables: &Variables,
    trust: &Trust,
    phases: &Phases,
) -> Result<HttpAnswer, ProbeError> {
    let mut url = address(&variables.resolve(&check.url)?)?;
    let own = Headers::of(check, variables)?;
    let first = url.origin();
    let mut redirects = check.redirects;
    loop {
        let headers = own.at(&url, &first);
        let seen = exchange(&url, check.method, headers, trust, phases).await?;
        let next = (redirects > 0).then(|| next(&url, &seen)).flatten();
        let Some(next) = next else {
            return Ok(seen.answer(phases.finish(), own.secrets));
        };
        redirects -= 1;
        url = next;
    }
}

/// Reads an address that can be asked.
fn address(text: &str) -> Result<Url, ProbeError> {
    let refused = ProbeError::Address("`https://` or `http://` with a host is needed");
    let Ok(url) = Url::parse(text) else {
        return Err(refused);
    };
    if !is_web(&url) {
        return Err(refused);
    }
    if !url.username().is_empty() || url.password().is_some() {
        let text = "it has credentials: a header with `env:NAME` is allowed";
        return Err(ProbeError::Address(text));
    }
    Ok(url)
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(|host| !host.is_empty())
}

/// Where an answer leads, if it does.
fn next(url: &Url, seen: &Exchange) -> Option<Url> {
    if !matches!(seen.status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = seen.headers.get(LOCATION)?.to_str().ok()?;
    let next = url.join(location).ok()?;
    is_web(&next).then_some(next)
}

/// What the check's requests say.
struct Headers {
    all: HeaderMap,
    /// Those whose values came from variables, which only their own origin may see.
    private: BTreeSet<String>,
    secrets: Vec<String>,
}

impl Headers {
    fn of(check: &HttpCheck, variables: &Variables) -> Result<Self, ProbeError> {
        let mut all = HeaderMap::new();
        all.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        all.insert(ACCEPT, HeaderValue::from_static("*/*"));
        let mut private = BTreeSet::new();
        for (name, setting) in &check.headers {
            let unusable = || ProbeError::Address("a header has a name or a value that is none");
            let value = variables.resolve(setting)?;
            let name = HeaderName::try_from(name).map_err(|_| unusable())?;
            let value = HeaderValue::try_from(value.trim()).map_err(|_| unusable())?;
            if setting.variable().is_some() {
                private.insert(name.as_str().to_owned());
            }
            all.insert(name, value);
        }
        all.insert(CONNECTION, HeaderValue::from_static("close"));
        let settings = check
            .headers
            .values()
            .filter(|setting| setting.variable().is_some());
        Ok(Self {
            all,
            private,
            secrets: variables.secrets_of(settings.collect::<Vec<&Setting>>()),
        })
    }

    /// What is said to an address.
    fn at(&self, url: &Url, first: &Origin) -> HeaderMap {
        let mut headers = self.all.clone();
        if url.origin() != *first {
            for name in &self.private {
                headers.remove(name);
            }
            headers.remove(HOST);
        }
        if !headers.contains_key(HOST)
            && let Some(host) = host(url)
        {
            headers.insert(HOST, host);
        }
        headers
    }
}

/// The host as a request names it: with its port, unless that is the scheme's own.
fn host(url: &Url) -> Option<HeaderValue> {
    let host = url.host_str()?;
    let text = match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    HeaderValue::try_from(text).ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use health_checks::HttpMethod;

    use super::*;

    fn headers() -> Headers {
        let check = HttpCheck {
            url: Setting::new("https://a.example/"),
            method: HttpMethod::Get,
            headers: BTreeMap::from([
                ("authorization".to_owned(), Setting::new("env:TOKEN")),
                ("x-plain".to_owned(), Setting::new("seen")),
            ]),
            redirects: 1,
            expect: health_checks::HttpExpectation::default(),
        };
        let values = BTreeMap::from([("TOKEN".to_owned(), "Bearer abc".to_owned())]);
        Headers::of(&check, &Variables::new(values)).unwrap()
    }

    #[test]
    fn another_origin_sees_no_secret() {
        let own = headers();
        let first = Url::parse("https://a.example/").unwrap();
        let same = own.at(&Url::parse("https://a.example/x").unwrap(), &first.origin());
        assert_eq!(same["authorization"], "Bearer abc");
        assert_eq!(same["host"], "a.example");
        for other in [
            "http://a.example/",
            "https://b.example/",
            "https://a.example:8443/",
        ] {
            let url = Url::parse(other).unwrap();
            let headers = own.at(&url, &first.origin());
            assert!(!headers.contains_key("authorization"), "{other}");
            assert_eq!(headers["x-plain"], "seen");
        }
        assert_eq!(own.secrets, ["Bearer abc", "abc"]);
    }

    #[test]
    fn addresses_have_a_host_and_no_credentials() {
        for text in [
            "a.example",
            "ftp://a.example/",
            "https://u:p@a.example/",
            "data:x",
        ] {
            let error = address(text).unwrap_err();
            assert!(
                error.is_own() && !error.to_string().contains("u:p"),
                "{text}"
            );
        }
        assert_eq!(
            host(&address("http://[::1]:8080/").unwrap()).unwrap(),
            "[::1]:8080"
        );
        assert_eq!(
            host(&address("https://a.example:443/").unwrap()).unwrap(),
            "a.example"
        );
    }
}
