use std::fmt;

use image_codecs::OutputFormat;

/// What a client can show, as its `Accept` header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AcceptedFormats {
    /// JPEG, PNG and GIF, which every client shows.
    Base,
    /// WebP too.
    WebP,
    /// AVIF too (and WebP: there is no client with AVIF alone).
    Avif,
}

impl AcceptedFormats {
    /// Reads an `Accept` header (<https://www.rfc-editor.org/rfc/rfc9110#name-accept>).
    /// Only named types count: `image/*` is also sent by clients without WebP.
    #[must_use]
    pub fn from_accept(header: &str) -> Self {
        let accepts = |mime: &str| {
            header.split(',').any(|range| {
                let mut parts = range.split(';').map(str::trim);
                let named = parts
                    .next()
                    .is_some_and(|name| name.eq_ignore_ascii_case(mime));
                named && !parts.any(is_zero_weight)
            })
        };
        if accepts("image/avif") {
            Self::Avif
        } else if accepts("image/webp") {
            Self::WebP
        } else {
            Self::Base
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Avif => "auto-avif",
            Self::WebP => "auto-webp",
            Self::Base => "auto-base",
        }
    }
}

fn is_zero_weight(parameter: &str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else {
        return false;
    };
    name.trim().eq_ignore_ascii_case("q") && value.trim().parse::<f32>().is_ok_and(|q| q <= 0.0)
}

/// The `f` option.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FormatChoice {
    /// `auto`: the best the client accepts.
    #[default]
    Auto,
    /// `auto-avif`, `auto-webp`, `auto-base`: `auto` after the `Accept` header was read.
    Negotiated(AcceptedFormats),
    /// A format by name.
    Fixed(OutputFormat),
}

impl FormatChoice {
    pub(crate) const ALLOWED: &str =
        "auto, avif, webp, jpeg, png, gif (auto-avif, auto-webp, auto-base after negotiation)";

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "auto" => Self::Auto,
            "auto-avif" => Self::Negotiated(AcceptedFormats::Avif),
            "auto-webp" => Self::Negotiated(AcceptedFormats::WebP),
            "auto-base" => Self::Negotiated(AcceptedFormats::Base),
            "avif" => Self::Fixed(OutputFormat::Avif),
            "webp" => Self::Fixed(OutputFormat::WebP),
            "jpeg" => Self::Fixed(OutputFormat::Jpeg),
            "png" => Self::Fixed(OutputFormat::Png),
            "gif" => Self::Fixed(OutputFormat::Gif),
            _ => return None,
        })
    }
}

impl fmt::Display for FormatChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Negotiated(accepted) => accepted.word(),
            Self::Fixed(OutputFormat::Avif) => "avif",
            Self::Fixed(OutputFormat::WebP) => "webp",
            Self::Fixed(OutputFormat::Jpeg) => "jpeg",
            Self::Fixed(OutputFormat::Png) => "png",
            Self::Fixed(OutputFormat::Gif) => "gif",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_browsers_send() {
        let chrome = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8";
        assert_eq!(AcceptedFormats::from_accept(chrome), AcceptedFormats::Avif);
        let older = "image/webp , */*";
        assert_eq!(AcceptedFormats::from_accept(older), AcceptedFormats::WebP);
        assert_eq!(AcceptedFormats::from_accept("*/*"), AcceptedFormats::Base);
        assert_eq!(AcceptedFormats::from_accept(""), AcceptedFormats::Base);
    }

    #[test]
    fn honours_a_refusal() {
        let refused = "image/avif;q=0, image/WebP;q=0.5";
        assert_eq!(AcceptedFormats::from_accept(refused), AcceptedFormats::WebP);
    }
}
