//! Content-aware crop: where on the free axis a window shows the most.
//!
//! Every pixel of a small thumbnail gets a weight from what draws the eye:
//! local detail (the Laplacian of luma), chroma that differs from the picture's
//! average, and skin tones (the `CbCr` box of Chai and Ngan,
//! <https://doi.org/10.1109/76.767122>). A crop that keeps the aspect ratio of its
//! box is free on one axis only, so the weights are summed along the other and
//! the window with the best sum wins, pixels in its middle counting more than
//! those at its edges. Integer weights and one pass: the same pixels always give
//! the same crop.

use fast_image_resize::Resizer;
use image_codecs::{CodecError, Rgba};

use crate::compose::over;
use crate::effects::luma;
use crate::plan::{CropBox, Plan};
use crate::source::Source;

/// Longest side of the thumbnail, in pixels.
const THUMBNAIL_SIDE: u32 = 128;

/// Share of a window's score that the distance of its middle from the
/// picture's middle can cost; it decides where there is nothing to see.
const CENTRE_BIAS: f64 = 0.1;

/// What transparency shows, for the weights: as little contrast as can be.
const UNSEEN: [u8; 4] = [128, 128, 128, 255];

/// The plan with its crop moved to where the source shows the most.
pub(crate) fn placed(
    source: &Source,
    resizer: &mut Resizer,
    plan: &Plan,
) -> Result<Plan, CodecError> {
    let thumbnail = source.thumbnail(resizer, THUMBNAIL_SIDE)?;
    Ok(Plan {
        crop: best_crop(&thumbnail, source.shows(), plan.crop),
        ..*plan
    })
}

fn best_crop(thumbnail: &Rgba, whole: CropBox, crop: CropBox) -> CropBox {
    let weights = weights(thumbnail);
    let (width, height) = (thumbnail.width as usize, thumbnail.height as usize);
    let columns = || {
        (0..width)
            .map(|x| weights.iter().skip(x).step_by(width).sum())
            .collect()
    };
    let rows = || {
        weights
            .chunks(width)
            .take(height)
            .map(|row| row.iter().sum())
            .collect()
    };
    CropBox {
        left: whole.left + best_start(whole.width, crop.width, columns),
        top: whole.top + best_start(whole.height, crop.height, rows),
        ..crop
    }
}

/// Start of the best window of `window` on an axis of `length`, both in source pixels.
fn best_start(length: f64, window: f64, profile: impl Fn() -> Vec<u64>) -> f64 {
    let spare = length - window;
    if spare <= 0.5 {
        return spare.max(0.0) / 2.0;
    }
    let profile = profile();
    let scale = length / profile.len() as f64;
    let size = window / scale;
    let last = spare / scale;
    let steps = last.ceil() as usize;
    let mut best = (f64::NEG_INFINITY, 0.0);
    for step in 0..=steps {
        let start = last * step as f64 / steps as f64;
        let from_centre = (start / last - 0.5).abs() * 2.0;
        let score = (1.0 + score(&profile, start, size)) * (1.0 - CENTRE_BIAS * from_centre);
        if score > best.0 {
            best = (score, start * scale);
        }
    }
    best.1.clamp(0.0, spare)
}

/// Weights in the window; those at its very edges count a quarter.
fn score(profile: &[u64], start: f64, size: f64) -> f64 {
    let middle = start + size / 2.0;
    profile
        .iter()
        .enumerate()
        .map(|(index, weight)| {
            let offset = (index as f64 + 0.5 - middle) / (size / 2.0);
            let share = if offset.abs() <= 1.0 {
                1.0 - 0.75 * offset * offset
            } else {
                0.0
            };
            *weight as f64 * share
        })
        .sum()
}

/// How much each pixel draws the eye.
fn weights(thumbnail: &Rgba) -> Vec<u64> {
    let pixels = thumbnail.data.as_chunks::<4>().0;
    let width = thumbnail.width as usize;
    // The colours under full transparency are not seen: they must not give
    // their neighbours contrast either.
    let colours: Vec<[i32; 3]> = pixels
        .iter()
        .map(|pixel| ycbcr(&over(*pixel, pixel[3], UNSEEN)))
        .collect();
    let count = (pixels.len() as i32).max(1);
    let mean = |channel: usize| colours.iter().map(|c| c[channel]).sum::<i32>() / count;
    let (mean_cb, mean_cr) = (mean(1), mean(2));
    let luma_at = |index: Option<usize>, own: i32| {
        index
            .and_then(|index| colours.get(index))
            .map_or(own, |colour| colour[0])
    };
    colours
        .iter()
        .zip(pixels)
        .enumerate()
        .map(|(index, (&[y, cb, cr], pixel))| {
            let column = index % width;
            let neighbours = [
                (column > 0).then(|| index - 1),
                (column + 1 < width).then(|| index + 1),
                index.checked_sub(width),
                Some(index + width),
            ];
            let around: i32 = neighbours.into_iter().map(|at| luma_at(at, y)).sum();
            let detail = (4 * y - around).unsigned_abs();
            let colour = (cb - mean_cb).unsigned_abs() + (cr - mean_cr).unsigned_abs();
            let is_skin = y > 48 && (77..=127).contains(&cb) && (138..=173).contains(&cr);
            let weight = 2 * detail + colour + if is_skin { 48 } else { 0 };
            u64::from(weight) * u64::from(pixel[3])
        })
        .collect()
}

/// Full-range BT.601, chroma around 128.
fn ycbcr(pixel: &[u8; 4]) -> [i32; 3] {
    let y = i32::from(luma(pixel));
    let cb = 128 + (i32::from(pixel[2]) - y) * 144 / 255;
    let cr = 128 + (i32::from(pixel[0]) - y) * 182 / 255;
    [y, cb, cr]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A grey field with a patterned red square whose left top corner is at `at`.
    fn field(width: u32, height: u32, at: (u32, u32)) -> Rgba {
        let pixel = |x: u32, y: u32| {
            let is_inside = (at.0..at.0 + 12).contains(&x) && (at.1..at.1 + 12).contains(&y);
            match (is_inside, (x + y).is_multiple_of(2)) {
                (false, _) => [128, 128, 128, 255],
                (true, false) => [200, 40, 40, 255],
                (true, true) => [240, 90, 80, 255],
            }
        };
        let data = (0..height).flat_map(|y| (0..width).map(move |x| pixel(x, y)));
        Rgba {
            data: data.collect::<Vec<_>>().into_flattened(),
            width,
            height,
            opaque: true,
        }
    }

    fn crop(thumbnail: &Rgba, size: (f64, f64)) -> CropBox {
        let whole = CropBox::whole(thumbnail.width * 10, thumbnail.height * 10);
        let centred = CropBox {
            left: 0.0,
            top: 0.0,
            width: size.0,
            height: size.1,
        };
        best_crop(thumbnail, whole, centred)
    }

    #[test]
    fn keeps_the_subject_in_the_middle_of_the_window() {
        for x in [20, 50, 90] {
            let found = crop(&field(128, 60, (x, 20)), (600.0, 600.0));
            let expected = (f64::from(x * 10 + 60) - 300.0).clamp(0.0, 680.0);
            assert!(
                (found.left - expected).abs() < 30.0,
                "{found:?}, expected {expected}"
            );
            assert_eq!(found.top, 0.0);
        }
    }

    #[test]
    fn works_on_the_vertical_axis() {
        let found = crop(&field(60, 128, (20, 100)), (600.0, 400.0));
        assert!((found.top - 860.0).abs() < 30.0, "{found:?}");
    }

    #[test]
    fn is_centred_where_there_is_nothing_to_see() {
        let found = crop(&field(128, 60, (500, 500)), (600.0, 600.0));
        assert!((found.left - 340.0).abs() <= 10.0, "{found:?}");
    }

    #[test]
    fn transparent_pixels_do_not_count() {
        let mut thumbnail = field(128, 60, (100, 20));
        for pixel in thumbnail.data.as_chunks_mut::<4>().0 {
            if pixel[0] != 128 {
                pixel[3] = 0;
            }
        }
        let found = crop(&thumbnail, (600.0, 600.0));
        assert!(found.left < 450.0, "{found:?}");
    }
}
