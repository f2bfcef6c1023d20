//! Readers and writers of single option values. Each value has exactly one spelling.

use std::fmt;

use imaging::{Fit, Gravity, Quality, Watermark};

/// Words for the fixed gravities.
const COMPASS: [(&str, Gravity); 10] = [
    ("center", Gravity::Center),
    ("n", Gravity::North),
    ("ne", Gravity::NorthEast),
    ("e", Gravity::East),
    ("se", Gravity::SouthEast),
    ("s", Gravity::South),
    ("sw", Gravity::SouthWest),
    ("w", Gravity::West),
    ("nw", Gravity::NorthWest),
    ("smart", Gravity::Smart),
];

const FITS: [(&str, Fit); 5] = [
    ("inside", Fit::Inside),
    ("cover", Fit::Cover),
    ("contain", Fit::Contain),
    ("fill", Fit::Fill),
    ("outside", Fit::Outside),
];

/// A whole number without sign or leading zeros.
pub(crate) fn whole(text: &str) -> Option<u64> {
    let canonical =
        text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if canonical { text.parse().ok() } else { None }
}

/// A number with at most two decimals, in its shortest form, kept in hundredths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hundredths(pub u32);

impl Hundredths {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (integer, fraction) = text.split_once('.').unwrap_or((text, ""));
        let trailing = text.contains('.') && (fraction.is_empty() || fraction.ends_with('0'));
        if trailing || fraction.len() > 2 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let integer = u32::try_from(whole(integer)?).ok()?;
        let fraction: u32 = format!("{fraction:0<2}").parse().ok()?;
        Some(Self(integer.checked_mul(100)?.checked_add(fraction)?))
    }

    pub(crate) fn value(self) -> f32 {
        // Hundredths of option values are far below 2^24: exact in f32 but for the division.
        self.0 as f32 / 100.0
    }
}

impl fmt::Display for Hundredths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0 / 100, self.0 % 100) {
            (integer, 0) => write!(f, "{integer}"),
            (integer, fraction) if fraction % 10 == 0 => write!(f, "{integer}.{}", fraction / 10),
            (integer, fraction) => write!(f, "{integer}.{fraction:02}"),
        }
    }
}

pub(crate) fn fit(text: &str) -> Option<Fit> {
    FITS.iter()
        .find(|(word, _)| *word == text)
        .map(|(_, fit)| *fit)
}

pub(crate) fn fit_word(fit: Fit) -> &'static str {
    FITS.iter()
        .find(|(_, candidate)| *candidate == fit)
        .map_or("inside", |(word, _)| word)
}

/// Where to look: a compass word, `smart`, or a focal point `0.3x0.7`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GravityValue {
    Word(&'static str),
    Focal(Hundredths, Hundredths),
}

impl GravityValue {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Some((word, _)) = COMPASS.iter().find(|(word, _)| *word == text) {
            return Some(Self::Word(word));
        }
        let (x, y) = text.split_once('x')?;
        let within = |text| Hundredths::parse(text).filter(|value| value.0 <= 100);
        Some(Self::Focal(within(x)?, within(y)?))
    }

    pub(crate) fn gravity(self) -> Gravity {
        match self {
            Self::Word(text) => COMPASS
                .iter()
                .find(|(word, _)| *word == text)
                .map_or(Gravity::Center, |(_, gravity)| *gravity),
            Self::Focal(x, y) => Gravity::Focal {
                x: x.value(),
                y: y.value(),
            },
        }
    }
}

impl fmt::Display for GravityValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Focal(x, y) => write!(f, "{x}x{y}"),
        }
    }
}

pub(crate) fn quality(text: &str) -> Option<Quality> {
    if text == "auto" {
        return Some(Quality::Auto);
    }
    let value = whole(text).filter(|value| (1..=100).contains(value))?;
    u8::try_from(value).ok().map(Quality::Fixed)
}

/// A colour `rrggbb` or `rrggbbaa`, lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Colour(pub [u8; 4]);

impl Colour {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let lower_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if !matches!(text.len(), 6 | 8)
            || !text.bytes().all(lower_hex)
            || text.ends_with("ff") && text.len() == 8
        {
            return None;
        }
        let value = u32::from_str_radix(&format!("{text:f<8}"), 16).ok()?;
        Some(Self(value.to_be_bytes()))
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue, alpha] = self.0;
        write!(f, "{red:02x}{green:02x}{blue:02x}")?;
        if alpha == 255 {
            Ok(())
        } else {
            write!(f, "{alpha:02x}")
        }
    }
}

/// `{compass}` or `{compass}:{opacity %}:{width %}`, by default half opaque and a fifth of the width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WatermarkValue {
    place: &'static str,
    opacity_percent: u8,
    width_percent: u8,
}

impl WatermarkValue {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        let place = match GravityValue::parse(parts.next()?)? {
            GravityValue::Word(word) if word != "smart" => word,
            _ => return None,
        };
        let percent = |text| {
            let value = whole(text).filter(|value| (1..=100).contains(value))?;
            u8::try_from(value).ok()
        };
        let (opacity_percent, width_percent) = match (parts.next(), parts.next(), parts.next()) {
            (None, _, _) => (50, 20),
            (Some("50"), Some("20"), None) => return None,
            (Some(opacity), Some(width), None) => (percent(opacity)?, percent(width)?),
            _ => return None,
        };
        Some(Self {
            place,
            opacity_percent,
            width_percent,
        })
    }

    pub(crate) fn watermark(self) -> Watermark {
        Watermark {
            gravity: GravityValue::Word(self.place).gravity(),
            opacity: f32::from(self.opacity_percent) / 100.0,
            scale: f32::from(self.width_percent) / 100.0,
        }
    }
}

impl fmt::Display for WatermarkValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.place)?;
        match (self.opacity_percent, self.width_percent) {
            (50, 20) => Ok(()),
            (opacity, width) => write!(f, ":{opacity}:{width}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_spelling() {
        assert_eq!(whole("640"), Some(640));
        for text in ["0640", "+5", "", "6e2", "-1", "1.0"] {
            assert_eq!(whole(text), None, "{text}");
        }
        for text in ["2", "1.5", "0.25", "0.05"] {
            assert_eq!(Hundredths::parse(text).unwrap().to_string(), text);
        }
        for text in ["1.50", "1.", ".5", "01", "1.234", "1.x"] {
            assert_eq!(Hundredths::parse(text), None, "{text}");
        }
    }

    #[test]
    fn colours_have_one_spelling() {
        assert_eq!(Colour::parse("ff8000").unwrap().0, [255, 128, 0, 255]);
        assert_eq!(Colour::parse("ff800080").unwrap().to_string(), "ff800080");
        for text in ["FF8000", "ff80", "ff8000ff", "gggggg"] {
            assert_eq!(Colour::parse(text), None, "{text}");
        }
    }

    #[test]
    fn watermarks_sit_at_a_compass_point() {
        assert_eq!(WatermarkValue::parse("se").unwrap().to_string(), "se");
        assert_eq!(
            WatermarkValue::parse("nw:80:33").unwrap().to_string(),
            "nw:80:33"
        );
        for text in [
            "smart", "0.5x0.5", "se:50:20", "se:0:20", "se:80", "se:1:2:3",
        ] {
            assert_eq!(WatermarkValue::parse(text), None, "{text}");
        }
    }
}
