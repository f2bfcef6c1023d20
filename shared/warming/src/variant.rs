use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Longest language, as in `Accept-Language`.
const MAX_LANGUAGE: usize = 17;

/// One of the forms that a cache keeps of a page: the headers that its key is made of.
///
/// Written as its parts with dots between them, `br` or `gzip.mobile.de-AT.avif`; what is left
/// out is a desktop, no language, no special picture format. Order of the parts: encoding,
/// device, language, picture format.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Variant {
    /// What the visitor can decompress.
    pub encoding: Encoding,
    /// What the visitor holds in the hand.
    pub device: Device,
    /// `Accept-Language`; `None` sends none.
    pub language: Option<String>,
    /// Pictures that the visitor takes besides JPEG and PNG.
    pub picture: Picture,
}

/// `Accept-Encoding`, as caches normalise it: exactly these three.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/controlling-the-cache-key.html#cache-policy-compressed-objects>
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Encoding {
    /// `br,gzip`: every browser.
    #[default]
    Brotli,
    /// `gzip`.
    Gzip,
    /// None.
    Plain,
}

/// What `CloudFront-Is-*-Viewer` tells apart; the user agent decides.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html#cloudfront-headers-device-type>
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Device {
    /// `CloudFront-Is-Desktop-Viewer`.
    #[default]
    Desktop,
    /// `CloudFront-Is-Mobile-Viewer`.
    Mobile,
    /// `CloudFront-Is-Tablet-Viewer`.
    Tablet,
}

/// Which pictures a visitor takes, as `Accept` says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Picture {
    /// `Accept` is not sent.
    #[default]
    Unsaid,
    /// AVIF and WebP.
    Avif,
    /// WebP.
    Webp,
}

/// A text that names no variant.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("read the variant `{0}`: it is not written like `br`, `gzip.mobile` or `br.de.avif`")]
pub struct VariantError(String);

impl Encoding {
    /// All.
    pub const ALL: [Self; 3] = [Self::Brotli, Self::Gzip, Self::Plain];

    /// The name in variants and shares.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
            Self::Plain => "plain",
        }
    }
}

impl Device {
    /// All.
    pub const ALL: [Self; 3] = [Self::Desktop, Self::Mobile, Self::Tablet];

    /// The name in variants and shares.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Desktop => "desktop",
            Self::Mobile => "mobile",
            Self::Tablet => "tablet",
        }
    }
}

impl Picture {
    /// Those that are told apart where `Accept` is in the key.
    pub const ALL: [Self; 3] = [Self::Avif, Self::Webp, Self::Unsaid];

    /// The name in variants and shares.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unsaid => "unsaid",
            Self::Avif => "avif",
            Self::Webp => "webp",
        }
    }
}

impl Default for Variant {
    fn default() -> Self {
        Self::of(Encoding::Brotli)
    }
}

impl Variant {
    /// A desktop's, with nothing else said.
    #[must_use]
    pub const fn of(encoding: Encoding) -> Self {
        Self {
            encoding,
            device: Device::Desktop,
            language: None,
            picture: Picture::Unsaid,
        }
    }

    /// The request's headers that make it this variant, besides `User-Agent`.
    #[must_use]
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        let encoding = match self.encoding {
            Encoding::Brotli => "br, gzip",
            Encoding::Gzip => "gzip",
            Encoding::Plain => "identity",
        };
        let mut headers = vec![("accept-encoding", encoding.to_owned())];
        if let Some(language) = &self.language {
            headers.push(("accept-language", language.clone()));
        }
        let accept = match self.picture {
            Picture::Unsaid => "*/*",
            Picture::Avif => "image/avif,image/webp,image/*,*/*;q=0.8",
            Picture::Webp => "image/webp,image/*,*/*;q=0.8",
        };
        headers.push(("accept", accept.to_owned()));
        headers
    }

    /// The `User-Agent`: the product, such as `Sidetier-Warmer/1.0 (+https://…)`, and the words
    /// by which the device is known. Logs find the warmer by the product's name.
    #[must_use]
    pub fn user_agent(&self, product: &str) -> String {
        match self.device {
            Device::Desktop => product.to_owned(),
            Device::Mobile => format!(
                "Mozilla/5.0 (Linux; Android 14; Mobile) AppleWebKit/537.36 Mobile Safari/537.36 {product}"
            ),
            Device::Tablet => format!(
                "Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1 {product}"
            ),
        }
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.encoding.as_str())?;
        if self.device != Device::Desktop {
            write!(formatter, ".{}", self.device.as_str())?;
        }
        if let Some(language) = &self.language {
            write!(formatter, ".{language}")?;
        }
        if self.picture != Picture::Unsaid {
            write!(formatter, ".{}", self.picture.as_str())?;
        }
        Ok(())
    }
}

impl FromStr for Variant {
    type Err = VariantError;

    fn from_str(text: &str) -> Result<Self, VariantError> {
        let fault = || VariantError(text.chars().take(40).collect());
        let mut parts = text.split('.').peekable();
        let name = parts.next().unwrap_or_default();
        let encoding = Encoding::ALL.into_iter().find(|e| e.as_str() == name);
        let device = Device::ALL
            .into_iter()
            .skip(1)
            .find(|device| parts.next_if(|part| *part == device.as_str()).is_some());
        let is_picture = |part: &str| {
            [Picture::Avif, Picture::Webp]
                .map(Picture::as_str)
                .contains(&part)
        };
        let language = parts.next_if(|part| !is_picture(part));
        let picture = parts.next_if(|part| is_picture(part));
        let is_whole = parts.next().is_none() && language.is_none_or(is_language);
        let picture = Picture::ALL
            .into_iter()
            .find(|p| Some(p.as_str()) == picture);
        match encoding {
            Some(encoding) if is_whole => Ok(Self {
                encoding,
                device: device.unwrap_or_default(),
                language: language.map(str::to_owned),
                picture: picture.unwrap_or_default(),
            }),
            _ => Err(fault()),
        }
    }
}

impl TryFrom<String> for Variant {
    type Error = VariantError;

    fn try_from(text: String) -> Result<Self, VariantError> {
        text.parse()
    }
}

impl From<Variant> for String {
    fn from(variant: Variant) -> Self {
        variant.to_string()
    }
}

/// Whether a text is a language such as `de` or `de-AT`, and no other part of a variant.
pub(crate) fn is_language(text: &str) -> bool {
    let is_of_language = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let is_device = Device::ALL.map(Device::as_str).contains(&text);
    let is_picture = Picture::ALL.map(Picture::as_str).contains(&text);
    (2..=MAX_LANGUAGE).contains(&text.len())
        && text.bytes().all(is_of_language)
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && !is_device
        && !is_picture
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_are_written_as_their_parts() {
        for text in [
            "br",
            "gzip.mobile",
            "plain.tablet.de-AT.avif",
            "br.de",
            "br.webp",
            "br.mobile.webp",
        ] {
            let variant: Variant = text.parse().unwrap();
            assert_eq!(variant.to_string(), text);
            let json = serde_json::to_string(&variant).unwrap();
            assert_eq!(serde_json::from_str::<Variant>(&json).unwrap(), variant);
        }
        for text in [
            "",
            "zstd",
            "br.",
            "br.avif.de",
            "br.mobile.tablet",
            "br.de.fr",
            "br.d",
        ] {
            assert!(text.parse::<Variant>().is_err(), "{text}");
        }
    }

    #[test]
    fn headers_make_the_variant_and_nothing_more() {
        let variant: Variant = "gzip.mobile.de.webp".parse().unwrap();
        let headers = variant.headers();
        assert_eq!(headers[0], ("accept-encoding", "gzip".to_owned()));
        assert_eq!(headers[1], ("accept-language", "de".to_owned()));
        assert!(headers[2].1.starts_with("image/webp"));
        assert_eq!(headers.len(), 3);
        let agent = variant.user_agent("Sidetier-Warmer/1");
        assert!(agent.contains("Mobile") && agent.ends_with("Sidetier-Warmer/1"));
        assert_eq!(Variant::default().user_agent("W/1"), "W/1");
    }
}
