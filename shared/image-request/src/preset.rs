use image_codecs::OutputFormat;
use imaging::{Fit, Gravity, Quality, Transform};
use serde::Deserialize;

use crate::values::{self, GravityValue};
use crate::{FormatChoice, RequestError};

/// The presets of this site, compiled into the functions: a change is a new
/// version of the code, so a canary sees it like any other.
const SITE: &str = include_str!("../presets.json");

/// Derivatives that one upload may have.
const MAX_DERIVATIVES: usize = 60;

/// A named look: widths, shape and formats that the site uses.
#[derive(Debug, Clone, PartialEq)]
pub struct Preset {
    /// Name, as in `p=card`.
    pub name: String,
    /// Widths in pixels, ascending.
    pub widths: Vec<u32>,
    /// Width to height, where the shape is fixed.
    pub aspect: Option<(u32, u32)>,
    /// How photos are fitted.
    pub fit: Fit,
    /// Which part is kept.
    pub gravity: Gravity,
    /// How hard the encoders squeeze.
    pub quality: Quality,
    /// Formats made at upload, best first; the last is the one every client shows.
    pub formats: Vec<OutputFormat>,
    /// The HTML `sizes` attribute of this look.
    pub sizes: String,
}

impl Preset {
    /// The height that belongs to a width, where the shape is fixed.
    #[must_use]
    pub fn height_for(&self, width: u32) -> Option<u32> {
        self.aspect.map(|(across, down)| {
            let height =
                (u64::from(width) * u64::from(down) + u64::from(across) / 2) / u64::from(across);
            u32::try_from(height.max(1)).unwrap_or(u32::MAX)
        })
    }

    /// The transform for one width and format.
    #[must_use]
    pub fn transform(&self, width: u32, format: OutputFormat) -> Transform {
        Transform {
            width: Some(width),
            height: self.height_for(width),
            fit: self.fit,
            gravity: self.gravity,
            quality: self.quality,
            ..Transform::to_format(format)
        }
    }

    pub(crate) fn largest_width(&self) -> u32 {
        self.widths.last().copied().unwrap_or(1)
    }
}

/// All presets of a site.
#[derive(Debug, Clone, PartialEq)]
pub struct Presets(Vec<Preset>);

/// A presets file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PresetError {
    /// Not the JSON expected.
    #[error("read the presets")]
    Json(#[source] serde_json::Error),
    /// A preset with a value that is not allowed.
    #[error("read the preset `{preset}`: {problem}")]
    Value {
        /// The preset's name.
        preset: String,
        /// What is wrong and what is allowed.
        problem: &'static str,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    presets: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    widths: Vec<u32>,
    aspect: Option<String>,
    fit: String,
    #[serde(default = "center")]
    gravity: String,
    quality: String,
    formats: Vec<String>,
    sizes: String,
}

fn center() -> String {
    "center".to_owned()
}

impl Presets {
    /// The presets of this site (`shared/image-request/presets.json`).
    ///
    /// # Errors
    /// When the file has a fault; a test keeps it from being built that way.
    pub fn site() -> Result<Self, PresetError> {
        Self::parse(SITE)
    }

    /// Reads a presets file.
    ///
    /// # Errors
    /// Names the first preset with a fault and what is allowed.
    pub fn parse(json: &str) -> Result<Self, PresetError> {
        let file: File = serde_json::from_str(json).map_err(PresetError::Json)?;
        let mut presets: Vec<Preset> = Vec::new();
        for entry in file.presets {
            let name = entry.name.clone();
            let fault = |problem| PresetError::Value {
                preset: name.clone(),
                problem,
            };
            if presets.iter().any(|preset| preset.name == name) {
                return Err(fault("its name is taken"));
            }
            presets.push(entry.check().map_err(fault)?);
        }
        let derivatives: usize = presets
            .iter()
            .map(|preset| preset.widths.len() * preset.formats.len())
            .sum();
        if derivatives > MAX_DERIVATIVES {
            let preset = presets
                .last()
                .map_or_else(String::new, |preset| preset.name.clone());
            return Err(PresetError::Value {
                preset,
                problem: "all presets together make more than 60 derivatives",
            });
        }
        Ok(Self(presets))
    }

    /// The presets, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Preset> {
        self.0.iter()
    }

    /// The preset of that name.
    ///
    /// # Errors
    /// Names the presets there are.
    pub fn get(&self, name: &str) -> Result<&Preset, RequestError> {
        self.0
            .iter()
            .find(|preset| preset.name == name)
            .ok_or_else(|| RequestError::UnknownPreset {
                name: name.to_owned(),
                known: self.names(),
            })
    }

    pub(crate) fn names(&self) -> String {
        self.0
            .iter()
            .map(|preset| preset.name.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    }
}

impl Entry {
    fn check(self) -> Result<Preset, &'static str> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if self.name.is_empty() || self.name.len() > 32 || !self.name.bytes().all(plain) {
            return Err("a name is 1 to 32 of a-z, 0-9 and -");
        }
        let ascending = self.widths.is_sorted_by(|a, b| a < b);
        if self.widths.is_empty()
            || !ascending
            || self.widths.iter().any(|w| !(1..=8192).contains(w))
        {
            return Err("widths are ascending, 1 to 8192");
        }
        let aspect = self.aspect.as_deref().map(aspect).transpose()?;
        let fit = values::fit(&self.fit).ok_or("fit is inside, cover, contain, fill or outside")?;
        let gravity = GravityValue::parse(&self.gravity)
            .ok_or("gravity is a compass point, center, smart or a focal point such as 0.3x0.7")?;
        let quality =
            values::quality(&self.quality).ok_or("quality is \"auto\" or \"1\" to \"100\"")?;
        let formats = self
            .formats
            .iter()
            .map(|word| match FormatChoice::parse(word) {
                Some(FormatChoice::Fixed(format)) => Ok(format),
                _ => Err("formats are avif, webp, jpeg, png and gif"),
            })
            .collect::<Result<Vec<_>, _>>()?;
        if !matches!(
            formats.last(),
            Some(OutputFormat::Jpeg | OutputFormat::Png | OutputFormat::Gif)
        ) {
            return Err("the last format is jpeg, png or gif, which every client shows");
        }
        Ok(Preset {
            name: self.name,
            widths: self.widths,
            aspect,
            fit,
            gravity: gravity.gravity(),
            quality,
            formats,
            sizes: self.sizes,
        })
    }
}

fn aspect(text: &str) -> Result<(u32, u32), &'static str> {
    let allowed = "aspect is two whole numbers such as 4:3, each 1 to 100";
    let (across, down) = text.split_once(':').ok_or(allowed)?;
    let part = |text| {
        values::whole(text)
            .filter(|n| (1..=100).contains(n))
            .and_then(|n| u32::try_from(n).ok())
    };
    part(across).zip(part(down)).ok_or(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_site_has_usable_presets() {
        let presets = Presets::site().unwrap();
        let card = presets.get("card").unwrap();
        assert_eq!(card.height_for(640), Some(480));
        assert_eq!(card.transform(640, OutputFormat::Avif).fit, Fit::Cover);
        let error = presets.get("poster").unwrap_err().to_string();
        assert!(error.contains("thumbnail, card, full"), "{error}");
    }

    fn with(from: &str, to: &str) -> String {
        let good = r#"{"presets":[{"name":"a","widths":[10,20],"aspect":"4:3","fit":"cover","quality":"80","formats":["webp","jpeg"],"sizes":"10px"}]}"#;
        assert!(Presets::parse(good).is_ok());
        Presets::parse(&good.replace(from, to))
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn names_the_fault() {
        assert_eq!(
            with("[10,20]", "[20,10]"),
            "read the preset `a`: widths are ascending, 1 to 8192"
        );
        assert_eq!(
            with("4:3", "4/3"),
            "read the preset `a`: aspect is two whole numbers such as 4:3, each 1 to 100"
        );
        assert!(with("\"jpeg\"", "\"avif\"").contains("the last format is"));
        assert!(with("\"80\"", "\"0\"").contains("quality is"));
        assert!(with("cover", "crop").contains("fit is"));
        assert_eq!(with("\"sizes\"", "\"size\""), "read the presets");
    }
}
