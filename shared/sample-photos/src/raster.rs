//! 8-bit pixels and the brush that paints single shapes onto them.

use crate::colour::{Colour, ToneCurve};

/// An 8-bit sRGB picture, 1 to 65,535 pixels a side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rgb {
    width: u16,
    height: u16,
    pixels: Vec<u8>,
}

impl Rgb {
    /// A black picture; a side of 0 becomes 1.
    pub(crate) fn black(width: u16, height: u16) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        Self {
            width,
            height,
            pixels: vec![0; usize::from(width) * usize::from(height) * 3],
        }
    }

    /// Pixels in a row.
    #[must_use]
    pub fn width(&self) -> u16 {
        self.width
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> u16 {
        self.height
    }

    /// Red, green, blue of every pixel, row by row, without padding.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    pub(crate) fn pixels_mut(&mut self) -> &mut [u8] {
        &mut self.pixels
    }

    /// The same picture turned a quarter to the left (counter-clockwise).
    ///
    /// A camera held upright stores a portrait this way and writes EXIF
    /// orientation 6 ("turn right to show") beside it.
    #[must_use]
    pub fn turned_left(&self) -> Self {
        let (width, height) = (usize::from(self.width), usize::from(self.height));
        let mut pixels = Vec::with_capacity(self.pixels.len());
        for column in (0..width).rev() {
            for row in 0..height {
                let at = (row * width + column) * 3;
                pixels.extend_from_slice(self.pixels.get(at..at + 3).unwrap_or(&[0; 3]));
            }
        }
        Self {
            width: self.height,
            height: self.width,
            pixels,
        }
    }

    /// Paints a horizontal run from `left` to `right` (in pixels, edges blended) in row `y`.
    pub(crate) fn paint_run(
        &mut self,
        y: i32,
        (left, right): (f32, f32),
        colour: Colour,
        curve: &ToneCurve,
    ) {
        let (width, height) = (i32::from(self.width), i32::from(self.height));
        if y < 0 || y >= height || right <= 0.0 || left >= width as f32 {
            return;
        }
        let ink = curve.encode(colour);
        let (first, last) = (
            (left.floor() as i32).max(0),
            (right.ceil() as i32).min(width),
        );
        let row = &mut self.pixels[(y * width) as usize * 3..((y + 1) * width) as usize * 3];
        for (x, pixel) in (first..last).zip(row[first as usize * 3..].chunks_exact_mut(3)) {
            let coverage = (right.min(x as f32 + 1.0) - left.max(x as f32)).clamp(0.0, 1.0);
            for (channel, ink) in pixel.iter_mut().zip(ink) {
                let old = f32::from(*channel);
                *channel = (old + (f32::from(ink) - old) * coverage) as u8;
            }
        }
    }

    /// Paints an ellipse around `centre` with half-axes `radii`, all in pixels.
    pub(crate) fn paint_ellipse(
        &mut self,
        centre: (f32, f32),
        radii: (f32, f32),
        colour: Colour,
        curve: &ToneCurve,
    ) {
        let top = (centre.1 - radii.1).floor() as i32;
        let bottom = (centre.1 + radii.1).ceil() as i32;
        for y in top..=bottom {
            let rise = (y as f32 + 0.5 - centre.1) / radii.1;
            if rise.abs() < 1.0 {
                let half = radii.0 * (1.0 - rise * rise).sqrt();
                self.paint_run(y, (centre.0 - half, centre.0 + half), colour, curve);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turning_left_moves_the_top_right_corner_to_the_top_left() {
        let picture = Rgb {
            width: 2,
            height: 1,
            pixels: vec![1, 1, 1, 9, 9, 9],
        };
        let turned = picture.turned_left();
        assert_eq!((turned.width, turned.height), (1, 2));
        assert_eq!(turned.pixels, [9, 9, 9, 1, 1, 1]);
    }

    #[test]
    fn painting_stays_inside_the_picture_and_blends_edges() {
        let curve = ToneCurve::new();
        let mut picture = Rgb::black(8, 4);
        picture.paint_ellipse((0.0, 0.0), (50.0, 50.0), Colour::grey(0.2), &curve);
        picture.paint_run(-1, (0.0, 8.0), Colour::grey(1.0), &curve);
        assert!(
            picture
                .pixels()
                .iter()
                .all(|&level| level > 90 && level < 140)
        );

        let mut picture = Rgb::black(4, 1);
        picture.paint_run(0, (1.5, 3.0), Colour::grey(4.0), &curve);
        let reds: Vec<u8> = picture.pixels().iter().step_by(3).copied().collect();
        assert_eq!(reds, [0, 127, 255, 0]);
    }
}
