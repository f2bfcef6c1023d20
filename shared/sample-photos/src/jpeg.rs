//! Writing JPEG files.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use crate::{Exif, Rgb};

/// A baseline 4:2:0 JPEG of `picture` at `quality` (1–100), with EXIF
/// `orientation` (1–8) written beside the pixels, which stay as they are.
#[must_use]
pub fn encode_jpeg(picture: &Rgb, quality: u8, orientation: u8) -> Vec<u8> {
    encode_jpeg_with_exif(
        picture,
        quality,
        &Exif {
            orientation: Some(orientation),
            ..Exif::default()
        },
    )
}

/// Like [`encode_jpeg`], with a whole EXIF block; an empty one is left out.
#[must_use]
#[expect(
    clippy::expect_used,
    reason = "neither step can fail for an Rgb and a small EXIF block"
)]
pub fn encode_jpeg_with_exif(picture: &Rgb, quality: u8, exif: &Exif<'_>) -> Vec<u8> {
    let mut file = Vec::with_capacity(picture.pixels().len() / 6);
    let mut encoder = Encoder::new(&mut file, quality.clamp(1, 100));
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    // One interleaved scan, as cameras write; this encoder's optimised tables come in three.
    encoder.set_optimized_huffman_tables(false);
    if let Some(block) = exif.to_app1() {
        encoder
            .add_app_segment(1, block)
            .expect("texts are cut to fit one JPEG segment");
    }
    encoder
        .encode(
            picture.pixels(),
            picture.width(),
            picture.height(),
            ColorType::Rgb,
        )
        .expect("an Rgb has as many pixels as its size says, and a Vec takes every write");
    file
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Scene, render};

    #[test]
    fn higher_quality_takes_more_bytes() {
        let picture = render(Scene::Meadow, 160, 120, 5);
        assert!(encode_jpeg(&picture, 90, 1).len() > 2 * encode_jpeg(&picture, 40, 1).len());
    }

    #[test]
    fn orientation_is_written_and_an_empty_exif_block_is_not() {
        let picture = render(Scene::Meadow, 16, 16, 5);
        let contains_exif = |file: &[u8]| file.windows(6).any(|bytes| bytes == b"Exif\0\0");
        assert!(contains_exif(&encode_jpeg(&picture, 80, 6)));
        assert!(!contains_exif(&encode_jpeg_with_exif(
            &picture,
            80,
            &Exif::default()
        )));
    }
}
