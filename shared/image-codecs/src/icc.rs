//! Embedded colour profiles ([ICC.1](https://www.color.org/specification/ICC.1-2022-05.pdf))
//! to sRGB. A profile that cannot be used is ignored, as browsers do.

use std::sync::Arc;

use moxcms::{ColorProfile, DataColorSpace, Layout, TransformExecutor, TransformOptions};

type Executor = Arc<dyn TransformExecutor<u8> + Send + Sync>;

/// Pixels converted at a time, so that the scratch copy stays in the L1 cache.
const CHUNK_PIXELS: usize = 1024;

/// Greatest difference of a channel that still counts as no difference: what
/// the rounding of sRGB's own published profiles amounts to.
const TOLERANCE: u8 = 2;

/// A conversion of 4-byte pixels to sRGB RGBA.
pub(crate) struct Conversion(Executor);

impl Conversion {
    /// Converts in place.
    pub(crate) fn apply(&self, pixels: &mut [u8]) {
        let mut source = [0; CHUNK_PIXELS * 4];
        for target in pixels.chunks_mut(CHUNK_PIXELS * 4) {
            let Some(source) = source.get_mut(..target.len()) else {
                return;
            };
            source.copy_from_slice(target);
            if self.0.transform(source, target).is_err() {
                target.copy_from_slice(source);
            }
        }
    }
}

/// From an RGB profile; `None` where it is unusable or leaves sRGB as it is.
pub(crate) fn rgb_to_srgb(profile: &[u8]) -> Option<Conversion> {
    let conversion = conversion(profile, DataColorSpace::Rgb, Layout::Rgba, Layout::Rgba)?;
    let levels = [0_u8, 64, 128, 192, 255];
    let grid: Vec<u8> = levels
        .iter()
        .flat_map(|&red| levels.iter().map(move |&green| (red, green)))
        .flat_map(|(red, green)| levels.iter().map(move |&blue| [red, green, blue, 255]))
        .flatten()
        .collect();
    let mut converted = grid.clone();
    conversion.transform(&grid, &mut converted).ok()?;
    (!nearly_equal(&grid, &converted)).then_some(Conversion(conversion))
}

/// From a CMYK profile, whose inks run from 0 (none) to 255 (full).
pub(crate) fn cmyk_to_srgb(profile: &[u8]) -> Option<Conversion> {
    conversion(profile, DataColorSpace::Cmyk, Layout::Rgba, Layout::Rgba).map(Conversion)
}

/// What each grey level becomes; `None` where the profile is unusable or
/// leaves grey as it is.
pub(crate) fn gray_curve(profile: &[u8]) -> Option<[u8; 256]> {
    let conversion = conversion(profile, DataColorSpace::Gray, Layout::Gray, Layout::Rgb)?;
    let levels: Vec<u8> = (0..=255).collect();
    let mut converted = vec![0; 256 * 3];
    conversion.transform(&levels, &mut converted).ok()?;
    let mut curve = [0; 256];
    let reds = converted.iter().step_by(3);
    curve
        .iter_mut()
        .zip(reds)
        .for_each(|(level, &red)| *level = red);
    (!nearly_equal(&levels, &curve)).then_some(curve)
}

/// Converts straight RGBA (grey ones too) to sRGB by whatever the profile is for.
pub(crate) fn to_srgb(pixels: &mut [u8], profile: &[u8]) {
    if let Some(conversion) = rgb_to_srgb(profile) {
        conversion.apply(pixels);
    } else if let Some(curve) = gray_curve(profile) {
        for [red, green, blue, _] in pixels.as_chunks_mut().0 {
            for channel in [red, green, blue] {
                *channel = curve
                    .get(usize::from(*channel))
                    .copied()
                    .unwrap_or(*channel);
            }
        }
    }
}

fn conversion(profile: &[u8], space: DataColorSpace, from: Layout, to: Layout) -> Option<Executor> {
    let profile = ColorProfile::new_from_slice(profile).ok()?;
    if profile.color_space != space {
        return None;
    }
    profile
        .create_transform_8bit(
            from,
            &ColorProfile::new_srgb(),
            to,
            TransformOptions::default(),
        )
        .ok()
        .map(|executor| executor as Executor)
}

fn nearly_equal(left: &[u8], right: &[u8]) -> bool {
    left.iter()
        .zip(right)
        .all(|(&left, &right)| left.abs_diff(right) <= TOLERANCE)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn leaves_srgb_alone() {
        let profile = ColorProfile::new_srgb().encode().unwrap();
        assert!(rgb_to_srgb(&profile).is_none());
    }

    #[test]
    fn converts_display_p3() {
        let profile = ColorProfile::new_display_p3().encode().unwrap();
        let mut pixels = [200, 100, 100, 77, 128, 128, 128, 255];
        rgb_to_srgb(&profile).unwrap().apply(&mut pixels);
        let [red, green, blue, alpha] = pixels[..4] else {
            unreachable!()
        };
        // A red of the wider gamut is a stronger one in sRGB.
        assert!((208..=216).contains(&red), "{red}");
        assert!(
            (90..=98).contains(&green) && (93..=101).contains(&blue),
            "{green} {blue}"
        );
        assert_eq!(alpha, 77);
        assert!(nearly_equal(&pixels[4..], &[128, 128, 128, 255]));
    }

    #[test]
    fn converts_a_grey_gamma() {
        let profile = ColorProfile::new_gray_with_gamma(1.0).encode().unwrap();
        let curve = gray_curve(&profile).unwrap();
        assert_eq!((curve[0], curve[255]), (0, 255));
        assert!((186..=190).contains(&curve[128]), "{}", curve[128]);
        let mut pixels = [128, 128, 128, 9];
        to_srgb(&mut pixels, &profile);
        assert_eq!(pixels, [curve[128], curve[128], curve[128], 9]);
    }

    #[test]
    fn ignores_a_profile_of_another_space() {
        let profile = ColorProfile::new_display_p3().encode().unwrap();
        assert!(gray_curve(&profile).is_none());
        assert!(cmyk_to_srgb(&profile).is_none());
    }

    proptest! {
        #[test]
        fn survives_broken_profiles(flips in proptest::collection::vec((any::<u16>(), any::<u8>()), 1..8), keep in 0_usize..700) {
            let mut profile = ColorProfile::new_display_p3().encode().unwrap();
            for (position, value) in flips {
                let position = usize::from(position) % profile.len();
                profile[position] = value;
            }
            profile.truncate(keep);
            let mut pixels = [1, 2, 3, 4];
            to_srgb(&mut pixels, &profile);
            prop_assert_eq!(pixels[3], 4);
        }
    }
}
