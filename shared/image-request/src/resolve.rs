use image_codecs::{InputFormat, OutputFormat};
use imaging::{Quality, Transform};

use crate::values::{Colour, GravityValue, Hundredths, WatermarkValue};
use crate::{AcceptedFormats, FormatChoice, Options, Presets, RequestError};

/// What the output format depends on in a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceTraits {
    /// The source's format.
    pub format: InputFormat,
    /// Whether it has transparency.
    pub has_alpha: bool,
    /// Whether it has more than one frame.
    pub animated: bool,
}

impl Options {
    /// The transform these options mean for a source.
    ///
    /// # Errors
    /// An unknown preset, or a width the preset does not have.
    pub fn resolve(
        &self,
        presets: &Presets,
        source: SourceTraits,
    ) -> Result<Transform, RequestError> {
        let animate = self.animate.unwrap_or(true);
        let format = self.output_format(source, animate);
        let mut transform = match &self.preset {
            Some(name) => self.preset_transform(name, presets, format)?,
            None => Transform {
                quality: Quality::Auto,
                ..Transform::to_format(format)
            },
        };
        if self.preset.is_none() {
            transform.width = self.width;
        }
        transform.height = self.height.or(transform.height);
        if let Some(ratio) = self.pixel_ratio {
            transform.width = transform.width.map(|side| scaled(side, ratio));
            transform.height = transform.height.map(|side| scaled(side, ratio));
        }
        transform.fit = self.fit.unwrap_or(transform.fit);
        transform.gravity = self
            .gravity
            .map_or(transform.gravity, GravityValue::gravity);
        transform.quality = self.quality.unwrap_or(transform.quality);
        transform.background = self.background.map(|Colour(colour)| colour);
        transform.blur = self.blur.map_or(0.0, Hundredths::value);
        transform.sharpen = self.sharpen.map_or(0.0, Hundredths::value);
        transform.watermark = self.watermark.map(WatermarkValue::watermark);
        transform.enlarge = self.enlarge.unwrap_or(false);
        transform.metadata = self.metadata.unwrap_or_default();
        transform.animate = animate;
        Ok(transform)
    }

    fn preset_transform(
        &self,
        name: &str,
        presets: &Presets,
        format: OutputFormat,
    ) -> Result<Transform, RequestError> {
        let preset = presets.get(name)?;
        let width = self.width.unwrap_or_else(|| preset.largest_width());
        if !preset.widths.contains(&width) {
            let widths: Vec<String> = preset.widths.iter().map(u32::to_string).collect();
            return Err(RequestError::PresetWidth {
                name: name.to_owned(),
                width,
                allowed: widths.join(", "),
            });
        }
        Ok(preset.transform(width, format))
    }

    /// An animation goes to WebP where the client takes it: AVIF is written as a still.
    fn output_format(&self, source: SourceTraits, animate: bool) -> OutputFormat {
        let accepted = match self.format {
            FormatChoice::Fixed(format) => return format,
            FormatChoice::Negotiated(accepted) => accepted,
            FormatChoice::Auto => AcceptedFormats::Base,
        };
        let moving = source.animated && animate;
        match accepted {
            AcceptedFormats::Avif if !moving => OutputFormat::Avif,
            AcceptedFormats::Avif | AcceptedFormats::WebP => OutputFormat::WebP,
            AcceptedFormats::Base => base_format(source, moving),
        }
    }
}

/// The format every client shows that loses least of the source.
fn base_format(source: SourceTraits, moving: bool) -> OutputFormat {
    match source.format {
        _ if moving => OutputFormat::Gif,
        InputFormat::Png | InputFormat::Gif => OutputFormat::Png,
        _ if source.has_alpha => OutputFormat::Png,
        _ => OutputFormat::Jpeg,
    }
}

fn scaled(side: u32, ratio: Hundredths) -> u32 {
    let pixels = (u64::from(side) * u64::from(ratio.0) + 50) / 100;
    u32::try_from(pixels.max(1)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use imaging::{Fit, Gravity};

    const PHOTO: SourceTraits = SourceTraits {
        format: InputFormat::Jpeg,
        has_alpha: false,
        animated: false,
    };
    const ANIMATION: SourceTraits = SourceTraits {
        format: InputFormat::Gif,
        has_alpha: true,
        animated: true,
    };

    fn resolve(segment: &str, source: SourceTraits) -> Result<Transform, RequestError> {
        Options::parse(segment)
            .unwrap()
            .resolve(&Presets::site().unwrap(), source)
    }

    fn format(segment: &str, source: SourceTraits) -> OutputFormat {
        resolve(segment, source).unwrap().format
    }

    #[test]
    fn multiplies_sizes_by_the_pixel_ratio() {
        let transform = resolve("w=333,h=100,dpr=1.5", PHOTO).unwrap();
        assert_eq!((transform.width, transform.height), (Some(500), Some(150)));
    }

    #[test]
    fn a_preset_gives_shape_and_gravity() {
        let transform = resolve("p=card,w=320,dpr=2", PHOTO).unwrap();
        assert_eq!((transform.width, transform.height), (Some(640), Some(480)));
        assert_eq!(
            (transform.fit, transform.gravity),
            (Fit::Cover, Gravity::Smart)
        );
        assert_eq!(resolve("p=card", PHOTO).unwrap().width, Some(960));
        let error = resolve("p=card,w=333", PHOTO).unwrap_err().to_string();
        assert_eq!(
            error,
            "use the preset `card` at width 333: allowed widths are 320, 640, 960"
        );
    }

    #[test]
    fn chooses_the_best_accepted_format() {
        assert_eq!(format("f=auto-avif", PHOTO), OutputFormat::Avif);
        assert_eq!(format("f=auto-webp", PHOTO), OutputFormat::WebP);
        assert_eq!(format("f=auto-base", PHOTO), OutputFormat::Jpeg);
        assert_eq!(
            format(
                "f=auto-base",
                SourceTraits {
                    has_alpha: true,
                    ..PHOTO
                }
            ),
            OutputFormat::Png
        );
    }

    #[test]
    fn keeps_animations_moving_where_it_can() {
        assert_eq!(format("f=auto-avif", ANIMATION), OutputFormat::WebP);
        assert_eq!(format("f=auto-base", ANIMATION), OutputFormat::Gif);
        assert_eq!(format("f=auto-base,anim=0", ANIMATION), OutputFormat::Png);
        assert_eq!(format("f=auto-avif,anim=0", ANIMATION), OutputFormat::Avif);
        assert_eq!(format("f=avif", ANIMATION), OutputFormat::Avif);
    }
}
