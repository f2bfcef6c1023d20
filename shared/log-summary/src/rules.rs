use serde::Deserialize;

/// The most route groups there may be, learned ones included: they are dimensions of metrics.
pub(crate) const MAX_ROUTES: usize = 100;

/// How requests are grouped, and which of them mean something.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SummaryRules {
    /// Sites by their hosts. Requests for other hosts belong to the first.
    #[serde(rename = "site")]
    pub sites: Vec<Site>,
    /// Groups of paths, of which the first that matches counts.
    #[serde(rename = "route", default)]
    pub routes: Vec<Route>,
    /// Query parameters that make another page; all others are left out of a page's name.
    #[serde(default)]
    pub page_parameters: Vec<String>,
    /// Query parameters that make another page where their value is one plain word: up to 20
    /// letters a-z, and nothing else, so that what people search for can be ranked and what
    /// they say of themselves is not kept. Words are written in small letters.
    #[serde(default)]
    pub page_words: Vec<String>,
    /// Paths of forms that people log in with.
    #[serde(default)]
    pub logins: Vec<String>,
    /// Parts of paths, in lower case, that only scanners ask for.
    #[serde(default)]
    pub scans: Vec<String>,
    /// A word that only our cache warmer's user agent has.
    pub warmer: String,
}

/// A site with a report of its own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// Its name in keys: lower-case letters, digits and hyphens.
    pub name: String,
    /// Its hosts; none for the site that has all the rest.
    #[serde(default)]
    pub hosts: Vec<String>,
}

/// A group of paths.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Its name in metrics and reports.
    pub name: String,
    /// Paths; a `*` at the end stands for anything.
    pub paths: Vec<String>,
}

/// Why rules cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleError {
    /// All faults.
    pub faults: Vec<String>,
}

impl std::fmt::Display for RuleError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "the log rules cannot be used: {}",
            self.faults.join("; ")
        )
    }
}

impl std::error::Error for RuleError {}

impl SummaryRules {
    /// Finds faults that a type cannot express.
    ///
    /// # Errors
    /// All faults at once.
    pub fn check(&self) -> Result<(), RuleError> {
        let mut faults = Vec::new();
        if self.sites.is_empty() {
            faults.push("there is no [[site]]: at least one is needed".to_owned());
        }
        for site in &self.sites {
            if !is_name(&site.name) {
                let name = &site.name;
                faults.push(format!("site `{name}`: a name has a-z, 0-9 and `-`"));
            }
        }
        if self.routes.len() > MAX_ROUTES / 2 {
            faults.push(format!("at most {} routes are allowed", MAX_ROUTES / 2));
        }
        for route in &self.routes {
            for path in &route.paths {
                let body = path.strip_suffix('*').unwrap_or(path);
                if !path.starts_with('/') || body.contains('*') {
                    let name = &route.name;
                    faults.push(format!(
                        "route `{name}`: path `{path}` must begin with `/`, with `*` only at its end"
                    ));
                }
            }
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(RuleError { faults })
        }
    }

    /// The index of the site that a host belongs to. A port does not matter.
    pub(crate) fn site_of(&self, host: &[u8]) -> usize {
        let host = host.split(|byte| *byte == b':').next().unwrap_or(host);
        let is_of = |site: &Site| {
            let mut hosts = site.hosts.iter();
            hosts.any(|own| own.as_bytes().eq_ignore_ascii_case(host))
        };
        self.sites.iter().position(is_of).unwrap_or(0)
    }

    /// The configured group of a path, or one learned from it: its first two segments, of
    /// which those that look like a key are a placeholder.
    pub(crate) fn route_of(&self, path: &[u8]) -> String {
        let matches = |pattern: &String| match pattern.strip_suffix('*') {
            Some(prefix) => path.starts_with(prefix.as_bytes()),
            None => path == pattern.as_bytes(),
        };
        let configured = self
            .routes
            .iter()
            .find(|route| route.paths.iter().any(matches));
        configured.map_or_else(|| learned(path), |route| route.name.clone())
    }
}

fn is_name(name: &str) -> bool {
    let is_of_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !name.is_empty() && name.len() <= 40 && name.bytes().all(is_of_name)
}

fn learned(path: &[u8]) -> String {
    let mut route = String::new();
    let segments = path
        .split(|byte| *byte == b'/')
        .filter(|segment| !segment.is_empty());
    for segment in segments.take(2) {
        route.push('/');
        if is_key(segment) {
            route.push('*');
        } else {
            route.push_str(&String::from_utf8_lossy(segment));
        }
    }
    if route.is_empty() {
        route.push('/');
    }
    route
}

/// Numbers, UUIDs, hashes, and whatever is not a word.
fn is_key(segment: &[u8]) -> bool {
    let digits = segment.iter().filter(|byte| byte.is_ascii_digit()).count();
    let is_word = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_' | b'.');
    let words = segment.iter().filter(|byte| is_word(byte)).count();
    segment.len() > 24 || digits * 3 > segment.len() || words + digits < segment.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> SummaryRules {
        let route = |name: &str, paths: &[&str]| Route {
            name: name.to_owned(),
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        };
        let site = |name: &str, hosts: &[&str]| Site {
            name: name.to_owned(),
            hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
        };
        SummaryRules {
            sites: vec![site("shop", &[]), site("blog", &["blog.halden.example"])],
            routes: vec![route("products", &["/shop/*"]), route("home", &["/"])],
            warmer: "Sidetier-Warmer".to_owned(),
            ..SummaryRules::default()
        }
    }

    #[test]
    fn paths_have_the_first_group_that_matches_or_one_of_their_own() {
        let cases = [
            ("/", "home"),
            ("/shop/cups", "products"),
            ("/journal/2026", "/journal/*"),
            (
                "/orders/018f3f9a-7b1c-7000-8000-000000000000/x",
                "/orders/*",
            ),
            ("/img/photo.jpg", "/img/photo.jpg"),
            ("/a%2fb", "/*"),
            ("//", "/"),
        ];
        for (path, route) in cases {
            assert_eq!(rules().route_of(path.as_bytes()), route, "{path}");
        }
    }

    #[test]
    fn hosts_have_a_site_and_strangers_have_the_first() {
        assert_eq!(rules().site_of(b"BLOG.halden.example:443"), 1);
        assert_eq!(rules().site_of(b"evil.example"), 0);
    }

    #[test]
    fn all_faults_are_named_at_once() {
        let mut faulty = rules();
        faulty.sites[0].name = "The Shop".to_owned();
        faulty.routes[0].paths = vec!["shop/*".to_owned(), "/a*b".to_owned()];
        let error = faulty.check().unwrap_err();
        assert_eq!(error.faults.len(), 3, "{error}");
        assert_eq!(rules().check(), Ok(()));
    }
}
