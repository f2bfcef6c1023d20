//! What CloudFront says of its caches in `Server-Timing`, where it is asked for with `Pragma:
//! server-timing`, whatever share of other answers says so.
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html#server-timing-header>

use http::HeaderMap;

use crate::Layer;

/// Longest name of a point of presence.
const MAX_POP: usize = 16;

/// What a cache did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CacheWord {
    /// It had the answer.
    Hit,
    /// It had one that was too old, and heard that it still holds.
    Refresh,
    /// It had none.
    Miss,
}

/// What CloudFront says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Timing {
    pub(crate) word: Option<CacheWord>,
    /// The layer that had it.
    pub(crate) hit_layer: Option<Layer>,
    /// Milliseconds until the origin's first byte.
    pub(crate) upstream_ms: Option<u64>,
    pub(crate) pop: Option<String>,
}

impl Timing {
    /// Reads all of the headers; what others say in them is passed over.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut timing = Self::default();
        for value in headers.get_all("server-timing") {
            let text = String::from_utf8_lossy(value.as_bytes());
            for metric in split(&text, ',') {
                timing.take(metric);
            }
        }
        timing
    }

    fn take(&mut self, metric: &str) {
        let mut parts = split(metric, ';').into_iter();
        let name = parts.next().unwrap_or_default().trim();
        let parameters: Vec<_> = parts.filter_map(|part| part.split_once('=')).collect();
        let parameter = |wanted: &str| {
            let found = parameters
                .iter()
                .find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted));
            found.map(|(_, value)| value.trim().trim_matches('"'))
        };
        match name {
            "cdn-cache-hit" => self.word = Some(CacheWord::Hit),
            "cdn-cache-refresh" => self.word = Some(CacheWord::Refresh),
            "cdn-cache-miss" => self.word = Some(CacheWord::Miss),
            "cdn-hit-layer" => self.hit_layer = parameter("desc").and_then(layer),
            "cdn-upstream-fbl" => {
                let ms = parameter("dur").and_then(|text| text.parse::<f64>().ok());
                let ms = ms.filter(|ms| (0.0..=86_400_000.0).contains(ms));
                self.upstream_ms = ms.map(|ms| ms.round() as u64);
            }
            "cdn-pop" => self.pop = parameter("desc").and_then(pop),
            _ => {}
        }
    }
}

fn layer(name: &str) -> Option<Layer> {
    match name {
        "EDGE" => Some(Layer::Edge),
        "REC" => Some(Layer::Regional),
        "Origin Shield" => Some(Layer::Shield),
        _ => None,
    }
}

/// `FRA56-P3`: it goes into reports, so nothing else is taken.
fn pop(name: &str) -> Option<String> {
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let is_name = (1..=MAX_POP).contains(&name.len()) && name.bytes().all(is_of_name);
    is_name.then(|| name.to_owned())
}

/// Splits a text, but not within quotation marks.
fn split(text: &str, separator: char) -> Vec<&str> {
    let mut is_quoted = false;
    text.split(|char: char| {
        is_quoted ^= char == '"';
        char == separator && !is_quoted
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn timing(values: &[&'static str]) -> Timing {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("server-timing", HeaderValue::from_static(value));
        }
        Timing::of(&headers)
    }

    #[test]
    fn the_examples_of_the_documentation_are_read() {
        let miss = timing(&[
            "cdn-upstream-layer;desc=\"EDGE\",cdn-upstream-dns;dur=0,cdn-upstream-connect;dur=114,\
             cdn-upstream-fbl;dur=177,cdn-cache-miss,cdn-pop;desc=\"PHX50-C2\",\
             cdn-rid;desc=\"yNPsyYn7skvTzwWkq3Wcc8Nj_foxUjQUe9H1ifslzWhb0w7aLbFvGg==\",\
             cdn-downstream-fbl;dur=436",
        ]);
        assert_eq!(miss.word, Some(CacheWord::Miss));
        assert_eq!(miss.upstream_ms, Some(177));
        assert_eq!(miss.pop.as_deref(), Some("PHX50-C2"));
        let hit = timing(&[
            "cdn-cache-hit,cdn-pop;desc=\"SEA19-C1\",cdn-rid;desc=\"nQBz4aJU2kP9iC3\",cdn-hit-layer;desc=\"REC\",cdn-downstream-fbl;dur=137",
        ]);
        assert_eq!(hit.word, Some(CacheWord::Hit));
        assert_eq!(hit.hit_layer, Some(Layer::Regional));
    }

    #[test]
    fn what_others_say_and_what_is_no_number_is_passed_over() {
        let timing = timing(&[
            "proxy;desc=hit;dur=1.0, total;desc=\"cdn-cache-hit, really\"",
            "cdn-cache-refresh, cdn-upstream-fbl;dur=soon, cdn-hit-layer; desc = \"Origin Shield\"",
            "cdn-pop;desc=\"<b>\"",
        ]);
        assert_eq!(timing.word, Some(CacheWord::Refresh));
        assert_eq!((timing.upstream_ms, timing.pop), (None, None));
        assert_eq!(timing.hit_layer, Some(Layer::Shield));
    }
}
