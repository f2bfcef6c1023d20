//! A picture laid over the output: a logo, a copyright notice.

use fast_image_resize::{FilterType, Resizer};
use image_codecs::{CodecError, Rgba};

use crate::compose::over;
use crate::plan::{CropBox, fractions};
use crate::resize::{self, Resize};
use crate::transform::Watermark;

/// A watermark at the size and place one output wants it.
#[derive(Debug)]
pub(crate) struct Overlay {
    picture: Rgba,
    left: usize,
    top: usize,
    /// 0 to 256 (all of the watermark's own alpha).
    opacity: u32,
}

impl Overlay {
    /// Scales the watermark to its fraction of the canvas's width (never higher
    /// than the canvas) and places it by its gravity, flush with the edges.
    pub(crate) fn new(
        resizer: &mut Resizer,
        picture: &Rgba,
        watermark: &Watermark,
        canvas: (u32, u32),
    ) -> Result<Self, CodecError> {
        let width = f64::from(canvas.0) * f64::from(watermark.scale).clamp(0.0, 1.0);
        let (from_width, from_height) = (f64::from(picture.width), f64::from(picture.height));
        let scale = (width / from_width).min(f64::from(canvas.1) / from_height);
        let pixels = |length: f64, most: u32| ((length * scale).round() as u32).clamp(1, most);
        let (width, height) = (pixels(from_width, canvas.0), pixels(from_height, canvas.1));
        let resize = Resize {
            area: CropBox::whole(picture.width, picture.height),
            width,
            height,
            mirrored: (false, false),
            filter: FilterType::Lanczos3,
        };
        let (x, y) = fractions(watermark.gravity);
        Ok(Self {
            picture: resize::resize_rgba(resizer, picture, resize)?,
            left: (f64::from(canvas.0 - width) * x).round() as usize,
            top: (f64::from(canvas.1 - height) * y).round() as usize,
            // Casts saturate; an opacity that is not a number hides the watermark.
            opacity: (watermark.opacity.clamp(0.0, 1.0) * 256.0).round() as u32,
        })
    }

    /// Lays the watermark over a canvas of the size it was made for.
    pub(crate) fn apply(&self, canvas: &mut Rgba) {
        let stride = canvas.width as usize * 4;
        let rows = canvas.data.chunks_exact_mut(stride).skip(self.top);
        let marks = self
            .picture
            .data
            .chunks_exact(self.picture.width as usize * 4);
        for (row, mark) in rows.zip(marks) {
            let pixels = row[self.left * 4..].as_chunks_mut::<4>().0.iter_mut();
            for (pixel, mark) in pixels.zip(mark.as_chunks::<4>().0) {
                let alpha = (u32::from(mark[3]) * self.opacity) >> 8;
                *pixel = over(*mark, alpha as u8, *pixel);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transform::Gravity;

    fn plain(colour: [u8; 4], width: u32, height: u32) -> Rgba {
        let data = vec![colour; (width * height) as usize].into_flattened();
        Rgba {
            data,
            width,
            height,
            opaque: colour[3] == 255,
        }
    }

    fn marked(watermark: Watermark, mark: &Rgba) -> Rgba {
        let mut canvas = plain([0, 0, 0, 255], 40, 20);
        let overlay = Overlay::new(&mut Resizer::new(), mark, &watermark, (40, 20)).unwrap();
        overlay.apply(&mut canvas);
        canvas
    }

    fn pixel(picture: &Rgba, x: u32, y: u32) -> [u8; 4] {
        picture.data.as_chunks::<4>().0[(y * picture.width + x) as usize]
    }

    #[test]
    fn sits_in_its_corner_at_its_scale() {
        let watermark = Watermark {
            gravity: Gravity::SouthEast,
            opacity: 1.0,
            scale: 0.25,
        };
        let out = marked(watermark, &plain([255, 0, 0, 255], 100, 50));
        assert_eq!(pixel(&out, 39, 19), [255, 0, 0, 255]);
        assert_eq!(pixel(&out, 30, 15), [255, 0, 0, 255]);
        assert_eq!(pixel(&out, 29, 19), [0, 0, 0, 255]);
        assert_eq!(pixel(&out, 39, 14), [0, 0, 0, 255]);
    }

    #[test]
    fn opacity_mixes() {
        let watermark = Watermark {
            gravity: Gravity::Center,
            opacity: 0.5,
            scale: 1.0,
        };
        let out = marked(watermark, &plain([200, 100, 0, 255], 4, 2));
        let [r, g, b, a] = pixel(&out, 20, 10);
        assert!(r.abs_diff(100) <= 1 && g.abs_diff(50) <= 1 && b == 0 && a == 255);
    }

    #[test]
    fn a_tall_watermark_stays_on_the_canvas() {
        let watermark = Watermark {
            gravity: Gravity::NorthWest,
            opacity: 1.0,
            scale: 1.0,
        };
        let out = marked(watermark, &plain([255; 4], 10, 100));
        assert_eq!(pixel(&out, 1, 19), [255; 4]);
        assert_eq!(pixel(&out, 2, 19), [0, 0, 0, 255]);
    }
}
