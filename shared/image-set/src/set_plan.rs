use image_codecs::OutputFormat;
use image_request::{Preset, Presets};
use imaging::{Fit, Transform};

/// One derivative to make.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedDerivative {
    /// The preset it belongs to.
    pub preset: String,
    /// What to do.
    pub transform: Transform,
}

/// The derivatives of a photo of `width` × `height` (upright): every preset, each
/// of its widths, each of its formats.
///
/// Photos are not enlarged: widths beyond the photo are replaced by the largest
/// the photo has. Where a photo has transparency, PNG stands in for JPEG; an
/// animation is made as animated WebP and GIF.
#[must_use]
pub fn plan_set(
    presets: &Presets,
    (width, height): (u32, u32),
    has_alpha: bool,
    animated: bool,
) -> Vec<PlannedDerivative> {
    let mut planned = Vec::new();
    for preset in presets.iter() {
        for width in widths(preset, width, height) {
            for format in formats(preset, has_alpha, animated) {
                let transform = preset.transform(width, format);
                planned.push(PlannedDerivative {
                    preset: preset.name.clone(),
                    transform,
                });
            }
        }
    }
    planned
}

fn widths(preset: &Preset, width: u32, height: u32) -> Vec<u32> {
    let largest = match (preset.aspect, preset.fit) {
        (Some((across, down)), Fit::Cover | Fit::Fill) => {
            let by_height = u64::from(height) * u64::from(across) / u64::from(down);
            width
                .min(u32::try_from(by_height).unwrap_or(u32::MAX))
                .max(1)
        }
        _ => width,
    };
    let mut widths: Vec<u32> = preset
        .widths
        .iter()
        .map(|width| (*width).min(largest))
        .collect();
    widths.dedup();
    widths
}

fn formats(preset: &Preset, has_alpha: bool, animated: bool) -> Vec<OutputFormat> {
    let mut formats: Vec<OutputFormat> = Vec::new();
    for format in &preset.formats {
        let format = match format {
            OutputFormat::Avif if animated => continue,
            OutputFormat::Jpeg | OutputFormat::Png if animated => OutputFormat::Gif,
            OutputFormat::Jpeg if has_alpha => OutputFormat::Png,
            format => *format,
        };
        if !formats.contains(&format) {
            formats.push(format);
        }
    }
    formats
}

#[cfg(test)]
mod tests {
    use super::*;

    fn presets() -> Presets {
        Presets::parse(
            r#"{"presets":[
              {"name":"card","widths":[320,640],"aspect":"4:3","fit":"cover","quality":"auto",
               "formats":["avif","webp","jpeg"],"sizes":"50vw"},
              {"name":"full","widths":[640,1280],"fit":"inside","quality":"auto",
               "formats":["webp","jpeg"],"sizes":"100vw"}]}"#,
        )
        .unwrap()
    }

    fn summary(planned: &[PlannedDerivative]) -> Vec<String> {
        planned
            .iter()
            .map(|d| {
                format!(
                    "{} {} {:?}",
                    d.preset,
                    d.transform.width.unwrap(),
                    d.transform.format
                )
            })
            .collect()
    }

    #[test]
    fn makes_every_preset_width_and_format() {
        let planned = plan_set(&presets(), (4000, 3000), false, false);
        assert_eq!(planned.len(), 2 * 3 + 2 * 2);
        assert_eq!(planned[0].transform.height, Some(240));
    }

    #[test]
    fn never_enlarges() {
        let planned = plan_set(&presets(), (1000, 300), false, false);
        let expected = [
            "card 320 Avif",
            "card 320 WebP",
            "card 320 Jpeg",
            "card 400 Avif",
            "card 400 WebP",
            "card 400 Jpeg",
            "full 640 WebP",
            "full 640 Jpeg",
            "full 1000 WebP",
            "full 1000 Jpeg",
        ];
        assert_eq!(summary(&planned), expected);
        assert_eq!(plan_set(&presets(), (1, 1), false, false).len(), 3 + 2);
    }

    #[test]
    fn keeps_transparency_and_movement() {
        let transparent = plan_set(&presets(), (640, 480), true, false);
        assert!(
            transparent
                .iter()
                .all(|d| d.transform.format != OutputFormat::Jpeg)
        );
        assert!(
            transparent
                .iter()
                .any(|d| d.transform.format == OutputFormat::Png)
        );
        let moving = plan_set(&presets(), (640, 480), true, true);
        assert!(
            moving
                .iter()
                .all(|d| matches!(d.transform.format, OutputFormat::WebP | OutputFormat::Gif))
        );
    }
}
