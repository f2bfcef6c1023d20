use std::borrow::Cow;

use log_formats::{Request, Text};
use serde::{Deserialize, Serialize};

use crate::browser::Browser;
use crate::{AgentClass, Merge};

/// Longer headers are not looked at, in bytes as they stand in the log.
const MAX_HEADER: usize = 512;

/// In which forms visitors asked for what they read: what caches keep apart. Each request is
/// counted once in each of them of which it says anything.
///
/// A header that the log has decides. Where it has none, the browser's name does: that says
/// what it can take. Programs that are no browsers are not counted by their names, and those
/// that look after the site (monitors, scanners, tools) not at all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Negotiation {
    /// In the order of [`Encoding::NAMES`].
    pub encodings: [u64; 3],
    /// In the order of [`Device::NAMES`].
    pub devices: [u64; 3],
    /// In the order of [`Picture::NAMES`].
    pub pictures: [u64; 3],
}

/// How an answer is compressed, as caches normalise `Accept-Encoding`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Brotli, or else gzip.
    Brotli,
    /// gzip.
    Gzip,
    /// Not at all.
    Plain,
}

/// What is in a visitor's hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Device {
    /// A computer.
    Desktop,
    /// A telephone.
    Mobile,
    /// A tablet.
    Tablet,
}

/// The best picture that a browser shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picture {
    /// AVIF.
    Avif,
    /// WebP.
    Webp,
    /// Neither.
    Neither,
}

impl Encoding {
    /// Their names in hot lists.
    pub const NAMES: [&'static str; 3] = ["br", "gzip", "plain"];

    /// `br,gzip`, `gzip;q=1.0, br;q=0`.
    fn of_header(header: &str) -> Self {
        if names(header, "br") {
            Self::Brotli
        } else if names(header, "gzip") {
            Self::Gzip
        } else {
            Self::Plain
        }
    }
}

impl Device {
    /// Their names in hot lists.
    pub const NAMES: [&'static str; 3] = ["desktop", "mobile", "tablet"];
}

impl Picture {
    /// Their names in hot lists.
    pub const NAMES: [&'static str; 3] = ["avif", "webp", "unsaid"];

    /// Of a request for a picture only: what is sent with one for a page says less.
    fn of_header(header: &str) -> Option<Self> {
        if !header.starts_with("image/") {
            return None;
        }
        Some(if names(header, "image/avif") {
            Self::Avif
        } else if names(header, "image/webp") {
            Self::Webp
        } else {
            Self::Neither
        })
    }
}

impl Negotiation {
    /// Counts a request that read something.
    #[inline]
    pub(crate) fn count(
        &mut self,
        request: &Request<'_>,
        class: AgentClass,
        browser: Option<Browser>,
    ) {
        // CloudFront names itself where it does not pass the visitor's name on.
        if !matches!(class, AgentClass::Browser | AgentClass::Unknown) {
            return;
        }
        let encoding = header(&request.accept_encoding).map(|text| Encoding::of_header(&text));
        if let Some(encoding) = encoding.or(browser.map(|browser| browser.encoding)) {
            self.encodings[encoding as usize] += 1;
        }
        if let Some(browser) = browser {
            self.devices[browser.device as usize] += 1;
        }
        let picture = header(&request.accept).and_then(|text| Picture::of_header(&text));
        if let Some(picture) = picture.or(browser.map(|browser| browser.picture)) {
            self.pictures[picture as usize] += 1;
        }
    }
}

impl Merge for Negotiation {
    fn merge(&mut self, other: &Self) {
        let add = |mine: &mut [u64; 3], theirs: &[u64; 3]| {
            for (mine, theirs) in mine.iter_mut().zip(theirs) {
                *mine += theirs;
            }
        };
        add(&mut self.encodings, &other.encodings);
        add(&mut self.devices, &other.devices);
        add(&mut self.pictures, &other.pictures);
    }
}

fn header<'a>(text: &Text<'a>) -> Option<Cow<'a, str>> {
    (1..=MAX_HEADER)
        .contains(&text.raw.len())
        .then(|| text.decode())
}

/// Whether a list names something, and not only to refuse it.
/// <https://www.rfc-editor.org/rfc/rfc9110#name-quality-values>
fn names(list: &str, wanted: &str) -> bool {
    list.split(',').any(|member| {
        let mut parts = member.split(';').map(str::trim);
        let is_wanted = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(wanted));
        let is_refused = |part: &str| {
            let weight = part.strip_prefix("q=").or(part.strip_prefix("Q="));
            weight
                .and_then(|weight| weight.parse::<f32>().ok())
                .is_some_and(|weight| weight <= 0.0)
        };
        is_wanted && !parts.any(is_refused)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0) Chrome/141.0.0.0 Safari/537.36";

    fn counted(class: AgentClass, agent: &str, encoding: &str, accept: &str) -> Negotiation {
        let request = Request {
            accept_encoding: Text::plain(encoding.as_bytes()),
            accept: Text::plain(accept.as_bytes()),
            ..Request::default()
        };
        let browser = (class == AgentClass::Browser).then(|| Browser::of(agent));
        let mut counts = Negotiation::default();
        counts.count(&request, class, browser);
        counts
    }

    #[test]
    fn a_header_decides_before_a_name() {
        let by_name = counted(AgentClass::Browser, CHROME, "", "");
        assert_eq!(
            (by_name.encodings, by_name.devices, by_name.pictures),
            ([1, 0, 0], [1, 0, 0], [1, 0, 0])
        );
        let accept = "image/webp,image/png,*/*;q=0.8";
        let by_header = counted(AgentClass::Browser, CHROME, "gzip, br;q=0", accept);
        assert_eq!(
            (by_header.encodings, by_header.pictures),
            ([0, 1, 0], [0, 1, 0])
        );
        // What a browser says of a page is not what it says of the pictures in it.
        let page = counted(
            AgentClass::Browser,
            CHROME,
            "identity",
            "text/html,*/*;q=0.8",
        );
        assert_eq!((page.encodings, page.pictures), ([0, 0, 1], [1, 0, 0]));
    }

    #[test]
    fn only_visitors_count_and_only_for_what_is_known_of_them() {
        for class in [AgentClass::Monitor, AgentClass::Tool, AgentClass::Scanner] {
            let counts = counted(class, "curl/8", "br,gzip", "image/avif");
            assert_eq!(counts, Negotiation::default(), "{class:?}");
        }
        let named = counted(AgentClass::Unknown, "Amazon CloudFront", "br,gzip", "");
        assert_eq!(
            (named.encodings, named.devices, named.pictures),
            ([1, 0, 0], [0; 3], [0; 3])
        );
        let long = "br,".repeat(MAX_HEADER);
        let counts = counted(AgentClass::Unknown, "", &long, "");
        assert_eq!(counts, Negotiation::default());
    }
}
