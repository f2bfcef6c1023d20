use crate::negotiation::{Device, Encoding, Picture};

/// A version: its first two numbers.
type Version = (u32, u32);
/// None has it.
const NEVER: Version = (u32::MAX, 0);

/// Browsers of one kind: what stands before their version, and from which one on they take
/// what. Those that name others after themselves come before these.
struct Kind {
    word: &'static str,
    brotli: Version,
    webp: Version,
    avif: Version,
}

/// <https://github.com/mdn/browser-compat-data>: `http/headers/Accept-Encoding`, and the image
/// formats.
const KINDS: [Kind; 7] = [
    Kind::new("Edge/", (15, 0), (18, 0), NEVER),
    Kind::new("Edg/", (79, 0), (79, 0), (121, 0)),
    Kind::new("EdgA/", (79, 0), (79, 0), (121, 0)),
    Kind::new("Firefox/", (44, 0), (65, 0), (93, 0)),
    Kind::new("Chrome/", (50, 0), (32, 0), (85, 0)),
    Kind::new("Version/", (11, 0), (14, 0), (16, 4)),
    // Every browser of an iPhone is as its system's, whatever it calls itself.
    Kind::new("OS ", (11, 0), (14, 0), (16, 4)),
];

/// What a person's browser takes. Its name is all that most logs know of it: CloudFront's
/// standard logs have neither `Accept` nor `Accept-Encoding`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Browser {
    pub(crate) encoding: Encoding,
    pub(crate) device: Device,
    pub(crate) picture: Picture,
}

impl Kind {
    const fn new(word: &'static str, brotli: Version, webp: Version, avif: Version) -> Self {
        Self {
            word,
            brotli,
            webp,
            avif,
        }
    }
}

impl Browser {
    /// By its user agent. What is older or rarer than the browsers known here takes gzip, and no
    /// new picture.
    pub(crate) fn of(agent: &str) -> Self {
        let mut kinds = KINDS.iter();
        let found = kinds.find_map(|kind| Some((kind, version(agent, kind.word)?)));
        let takes = |from: fn(&Kind) -> Version| {
            found
                .as_ref()
                .is_some_and(|(kind, version)| *version >= from(kind))
        };
        let encoding = if takes(|kind| kind.brotli) {
            Encoding::Brotli
        } else {
            Encoding::Gzip
        };
        let picture = if takes(|kind| kind.avif) {
            Picture::Avif
        } else if takes(|kind| kind.webp) {
            Picture::Webp
        } else {
            Picture::Neither
        };
        Self {
            encoding,
            device: device(agent),
            picture,
        }
    }
}

/// What stands after a word: `16.4`, or `16_4` as systems write it.
fn version(agent: &str, word: &str) -> Option<Version> {
    let (_, rest) = agent.split_once(word)?;
    let number = |text: &str| {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let value = text.get(..digits)?.parse().ok()?;
        Some((value, digits))
    };
    let (major, digits) = number(rest)?;
    let after = rest.get(digits..)?.strip_prefix(['.', '_']);
    let minor = after.and_then(number).map_or(0, |(minor, _)| minor);
    Some((major, minor))
}

fn device(agent: &str) -> Device {
    let has = |word| agent.contains(word);
    let is_mobile = has("Mobile") || has("iPhone");
    if has("iPad") || has("Tablet") || (has("Android") && !is_mobile) {
        Device::Tablet
    } else if is_mobile {
        Device::Mobile
    } else {
        Device::Desktop
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_take_what_their_versions_do() {
        use {Device as D, Encoding as E, Picture as P};
        let cases = [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
                (E::Brotli, D::Desktop, P::Avif),
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0",
                (E::Brotli, D::Desktop, P::Webp),
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:92.0) Gecko/20100101 Firefox/92.0",
                (E::Brotli, D::Desktop, P::Webp),
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
                (E::Brotli, D::Mobile, P::Avif),
            ),
            (
                "Mozilla/5.0 (Linux; Android 13; SM-X200) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/84.0.0.0 Safari/537.36",
                (E::Brotli, D::Tablet, P::Webp),
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.3 Safari/605.1.15",
                (E::Brotli, D::Desktop, P::Webp),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/123.0 Mobile/15E148 Safari/604.1",
                (E::Brotli, D::Mobile, P::Avif),
            ),
            (
                "Mozilla/5.0 (iPad; CPU OS 16_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.4 Mobile/15E148 Safari/604.1",
                (E::Brotli, D::Tablet, P::Avif),
            ),
            (
                "Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko",
                (E::Gzip, D::Desktop, P::Neither),
            ),
            ("Chrome/", (E::Gzip, D::Desktop, P::Neither)),
            ("Firefox/99999999999", (E::Gzip, D::Desktop, P::Neither)),
        ];
        for (agent, (encoding, device, picture)) in cases {
            let expected = Browser {
                encoding,
                device,
                picture,
            };
            assert_eq!(Browser::of(agent), expected, "{agent}");
        }
    }
}
