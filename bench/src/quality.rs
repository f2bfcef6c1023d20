//! How close an output is to an ideal resize of its source: SSIMULACRA2
//! (<https://github.com/cloudinary/ssimulacra2>, 100 = identical, 90 = visually
//! lossless, 70 = high quality) against a Lanczos resize in floating point.

use anyhow::{Result, ensure};
use fast_image_resize::images::Image;
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use fast_ssim2::{PixelDescriptor, PixelSlice, compute_ssimulacra2};

/// 8-bit RGB frames of one size below one another, without padding.
#[derive(Debug, Clone)]
pub(crate) struct Frames {
    pub(crate) width: u32,
    /// Height of one frame.
    pub(crate) height: u32,
    pub(crate) pixels: Vec<u8>,
}

impl Frames {
    fn frame_bytes(&self) -> usize {
        self.width as usize * self.height as usize * 3
    }

    fn each(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.pixels.chunks_exact(self.frame_bytes())
    }
}

/// Resizes every frame in 32-bit floating point, in the source's own (gamma) encoding,
/// as both sides of the bench do.
pub(crate) fn reference(source: &Frames, width: u32, height: u32) -> Result<Frames> {
    let mut resizer = Resizer::new();
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
    let mut pixels = Vec::new();
    for frame in source.each() {
        let float = frame
            .iter()
            .flat_map(|&level| f32::from(level).to_ne_bytes())
            .collect();
        let large = Image::from_vec_u8(source.width, source.height, float, PixelType::F32x3)?;
        let mut small = Image::new(width, height, PixelType::F32x3);
        resizer.resize(&large, &mut small, &options)?;
        pixels.extend(small.buffer().as_chunks().0.iter().map(|bytes| {
            // `as` saturates: overshoot of the filter is clipped as in any 8-bit picture.
            f32::from_ne_bytes(*bytes).round() as u8
        }));
    }
    Ok(Frames {
        width,
        height,
        pixels,
    })
}

/// Mean score over the frames.
pub(crate) fn score(reference: &Frames, output: &Frames) -> Result<f64> {
    let sizes = [reference, output].map(|frames| (frames.width, frames.height));
    ensure!(
        sizes[0] == sizes[1],
        "failed to compare pictures of sizes {sizes:?}"
    );
    let count = reference.each().len();
    ensure!(
        count == output.each().len(),
        "failed to compare different numbers of frames"
    );
    let slice = |pixels| {
        let (width, height) = sizes[0];
        PixelSlice::new(
            pixels,
            width,
            height,
            width as usize * 3,
            PixelDescriptor::RGB8_SRGB,
        )
        .map_err(|error| anyhow::anyhow!("failed to wrap the pixels: {error}"))
    };
    let mut sum = 0.0;
    for (ideal, real) in reference.each().zip(output.each()) {
        sum += compute_ssimulacra2(&slice(ideal)?, &slice(real)?)?;
    }
    Ok(sum / count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(scene: sample_photos::Scene, width: u16, height: u16) -> Frames {
        let picture = sample_photos::render(scene, width, height, 3);
        Frames {
            width: width.into(),
            height: height.into(),
            pixels: picture.pixels().to_vec(),
        }
    }

    #[test]
    fn an_ideal_resize_scores_100_and_a_shifted_one_much_less() {
        let source = frames(sample_photos::Scene::Meadow, 256, 192);
        let ideal = reference(&source, 128, 96).unwrap();
        assert!(score(&ideal, &ideal).unwrap() > 99.9);
        let mut shifted = ideal.clone();
        shifted.pixels.rotate_right(3);
        assert!(score(&ideal, &shifted).unwrap() < 60.0);
    }

    #[test]
    fn every_frame_counts() {
        let one = frames(sample_photos::Scene::Harbour, 96, 64);
        let other = frames(sample_photos::Scene::Mountains, 96, 64);
        let join = |a: &Frames, b: &Frames| Frames {
            pixels: [a.pixels.as_slice(), &b.pixels].concat(),
            ..a.clone()
        };
        assert!(score(&join(&one, &one), &join(&one, &other)).unwrap() < 60.0);
        assert!(score(&join(&one, &one), &one).is_err());
    }
}
