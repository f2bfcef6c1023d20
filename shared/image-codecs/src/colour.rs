//! Between `YCbCr` planes and RGBA: full-range BT.601 as
//! [JFIF](https://www.w3.org/Graphics/JPEG/jfif3.pdf) defines it, in 16-bit fixed point.

use crate::{Plane, Rgba, Subsampling, Yuv};

const HALF: i32 = 1 << 15;

/// `coefficient` in 16-bit fixed point.
const fn fixed(coefficient: f64) -> i32 {
    (coefficient * 65536.0 + 0.5) as i32
}

const RED_FROM_V: i32 = fixed(1.402);
const GREEN_FROM_U: i32 = fixed(0.344_136);
const GREEN_FROM_V: i32 = fixed(0.714_136);
const BLUE_FROM_U: i32 = fixed(1.772);

impl Yuv {
    /// The same picture as opaque RGBA. Chroma is interpolated (3:1 between
    /// neighbours, libjpeg's "fancy" upsampling); fractions of
    /// `true_width` and `true_height` stay in the last column and row.
    #[must_use]
    pub fn to_rgba(&self) -> Rgba {
        let (width, height) = (self.width as usize, self.height as usize);
        let mut data = vec![255; width * height * 4];
        let mut upsampler = Upsampler::new(width);
        let (mut u_row, mut v_row) = (vec![128; width], vec![128; width]);
        let rows = data.chunks_exact_mut((width * 4).max(1)).zip(self.y.rows());
        for (row, (target, y_row)) in rows.enumerate() {
            upsampler.fill(&mut u_row, &self.u, row, self.subsampling);
            upsampler.fill(&mut v_row, &self.v, row, self.subsampling);
            let chroma = u_row.iter().zip(&v_row);
            let (pixels, _) = target.as_chunks_mut::<4>();
            for ((pixel, &y), (&u, &v)) in pixels.iter_mut().zip(y_row).zip(chroma) {
                *pixel = rgba(y, u, v);
            }
        }
        Rgba {
            data,
            width: self.width,
            height: self.height,
            opaque: true,
        }
    }

    /// The same picture with chroma at half width and half height; grey gets
    /// neutral chroma. Borrowed planes where nothing is to do.
    pub(crate) fn chroma_420(&self) -> [std::borrow::Cow<'_, Plane>; 2] {
        use std::borrow::Cow;
        let (width, height) =
            Subsampling::S420.chroma_size(self.width as usize, self.height as usize);
        let shrink = |plane: &Plane| match self.subsampling {
            Subsampling::Gray => Plane {
                data: vec![128; width * height],
                stride: width,
                width,
                height,
            },
            _ => {
                let (across, down) = self.subsampling.factors();
                shrink_plane(plane, 2 / across, 2 / down, width, height)
            }
        };
        match self.subsampling {
            Subsampling::S420 => [Cow::Borrowed(&self.u), Cow::Borrowed(&self.v)],
            _ => [Cow::Owned(shrink(&self.u)), Cow::Owned(shrink(&self.v))],
        }
    }
}

impl Rgba {
    /// The same picture as planes. Alpha is left out: flatten a transparent
    /// picture first. Chroma is averaged over the pixels it stands for.
    #[must_use]
    pub fn to_yuv(&self, subsampling: Subsampling) -> Yuv {
        let (width, height) = (self.width as usize, self.height as usize);
        let full = || Plane {
            data: vec![0; width * height],
            stride: width,
            width,
            height,
        };
        let (mut y, mut u, mut v) = (full(), Plane::default(), Plane::default());
        let (pixels, _) = self.data.as_chunks::<4>();
        for (luma, &pixel) in y.data.iter_mut().zip(pixels) {
            *luma = luma_of(pixel);
        }
        if subsampling != Subsampling::Gray {
            let (mut full_u, mut full_v) = (full(), full());
            let targets = full_u.data.iter_mut().zip(full_v.data.iter_mut());
            for ((u, v), &pixel) in targets.zip(pixels) {
                (*u, *v) = chroma_of(pixel);
            }
            let (across, down) = subsampling.factors();
            let (chroma_width, chroma_height) = subsampling.chroma_size(width, height);
            if (across, down) == (1, 1) {
                (u, v) = (full_u, full_v);
            } else {
                u = shrink_plane(&full_u, across, down, chroma_width, chroma_height);
                v = shrink_plane(&full_v, across, down, chroma_width, chroma_height);
            }
        }
        Yuv {
            y,
            u,
            v,
            subsampling,
            width: self.width,
            height: self.height,
            true_width: f64::from(self.width),
            true_height: f64::from(self.height),
        }
    }
}

fn rgba(y: u8, u: u8, v: u8) -> [u8; 4] {
    let y = (i32::from(y) << 16) + HALF;
    let (u, v) = (i32::from(u) - 128, i32::from(v) - 128);
    let channel = |value: i32| (value >> 16).clamp(0, 255) as u8;
    [
        channel(y + RED_FROM_V * v),
        channel(y - GREEN_FROM_U * u - GREEN_FROM_V * v),
        channel(y + BLUE_FROM_U * u),
        255,
    ]
}

pub(crate) fn luma_of([red, green, blue, _]: [u8; 4]) -> u8 {
    const RED: i32 = fixed(0.299);
    const BLUE: i32 = fixed(0.114);
    const GREEN: i32 = (1 << 16) - RED - BLUE;
    let sum = RED * i32::from(red) + GREEN * i32::from(green) + BLUE * i32::from(blue);
    ((sum + HALF) >> 16) as u8
}

fn chroma_of([red, green, blue, _]: [u8; 4]) -> (u8, u8) {
    const STRONG: i32 = HALF;
    const U_RED: i32 = fixed(0.168_736);
    const V_BLUE: i32 = fixed(0.081_312);
    let (red, green, blue) = (i32::from(red), i32::from(green), i32::from(blue));
    // One less than a half: 255.5 must not become 256.
    let centre = (128 << 16) + HALF - 1;
    let u = STRONG * blue - U_RED * red - (STRONG - U_RED) * green + centre;
    let v = STRONG * red - V_BLUE * blue - (STRONG - V_BLUE) * green + centre;
    ((u >> 16) as u8, (v >> 16) as u8)
}

/// Averages `across` × `down` samples (1 or 2 each) into one; the edge counts double.
fn shrink_plane(plane: &Plane, across: usize, down: usize, width: usize, height: usize) -> Plane {
    let rows: Vec<&[u8]> = plane.rows().collect();
    let mut data = Vec::with_capacity(width * height);
    for pair in rows.chunks(down).take(height) {
        let (Some(top), Some(bottom)) = (pair.first(), pair.last()) else {
            break;
        };
        if across == 1 {
            data.extend(
                top.iter()
                    .zip(*bottom)
                    .map(|(&a, &b)| (u16::from(a) + u16::from(b)).div_ceil(2) as u8),
            );
        } else {
            let ends = |chunk: &[u8]| match *chunk {
                [left, right] => u16::from(left) + u16::from(right),
                [only] => u16::from(only) * 2,
                _ => 0,
            };
            let quads = top.chunks(2).zip(bottom.chunks(2));
            data.extend(quads.map(|(top, bottom)| ((ends(top) + ends(bottom) + 2) / 4) as u8));
        }
    }
    Plane {
        data,
        stride: width,
        width,
        height,
    }
}

/// Widens chroma rows to luma width, with the scratch memory that takes.
struct Upsampler {
    blended: Vec<u8>,
}

impl Upsampler {
    fn new(width: usize) -> Self {
        Self {
            blended: vec![0; width],
        }
    }

    /// Fills `target` with the chroma of luma row `row`.
    fn fill(&mut self, target: &mut [u8], plane: &Plane, row: usize, subsampling: Subsampling) {
        let (across, down) = subsampling.factors();
        let Some(last) = plane.height.checked_sub(1) else {
            return;
        };
        let near = (row / down).min(last);
        let far = match down {
            1 => near,
            _ if row.is_multiple_of(2) => near.saturating_sub(1),
            _ => (near + 1).min(last),
        };
        let row_at = |index: usize| {
            let start = index * plane.stride;
            plane
                .data
                .get(start..start + plane.width)
                .unwrap_or_default()
        };
        let (near_row, far_row) = (row_at(near), row_at(far));
        let Some(blended) = self.blended.get_mut(..near_row.len().min(target.len())) else {
            return;
        };
        for ((out, &near), &far) in blended.iter_mut().zip(near_row).zip(far_row) {
            *out = mix(near, far);
        }
        if across == 1 {
            target
                .iter_mut()
                .zip(blended.iter())
                .for_each(|(out, &sample)| *out = sample);
        } else {
            widen(target, blended);
        }
    }
}

/// Three parts near, one part far.
fn mix(near: u8, far: u8) -> u8 {
    ((u16::from(near) * 3 + u16::from(far) + 2) / 4) as u8
}

fn widen(target: &mut [u8], samples: &[u8]) {
    let before = samples.first().into_iter().chain(samples);
    let after = samples.iter().skip(1).chain(samples.last());
    let neighbours = before.zip(after).zip(samples);
    for (pair, ((&before, &after), &sample)) in target.chunks_mut(2).zip(neighbours) {
        match pair {
            [left, right] => {
                *left = mix(sample, before);
                *right = mix(sample, after);
            }
            [left] => *left = mix(sample, before),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: [Subsampling; 5] = [
        Subsampling::S444,
        Subsampling::S422,
        Subsampling::S420,
        Subsampling::S440,
        Subsampling::Gray,
    ];

    fn flat(width: u32, height: u32, pixel: [u8; 4]) -> Rgba {
        let data = pixel.repeat(width as usize * height as usize);
        Rgba {
            data,
            width,
            height,
            opaque: true,
        }
    }

    #[test]
    fn knows_the_primaries() {
        assert_eq!(luma_of([255, 255, 255, 255]), 255);
        assert_eq!(
            (luma_of([255, 0, 0, 255]), chroma_of([255, 0, 0, 255])),
            (76, (85, 255))
        );
        assert_eq!(
            (luma_of([0, 0, 255, 255]), chroma_of([0, 0, 255, 255])),
            (29, (255, 107))
        );
        assert_eq!(chroma_of([7, 7, 7, 255]), (128, 128));
        assert_eq!(rgba(76, 85, 255), [254, 0, 0, 255]);
    }

    #[test]
    fn interpolates_chroma_between_samples() {
        let mut out = [0; 4];
        widen(&mut out, &[0, 100]);
        assert_eq!(out, [0, 25, 75, 100]);
    }

    proptest! {
        #[test]
        fn keeps_a_flat_colour_at_any_size(
            width in 1_u32..9,
            height in 1_u32..9,
            pixel in any::<[u8; 3]>(),
            kind in 0_usize..4,
        ) {
            let [red, green, blue] = pixel;
            let picture = flat(width, height, [red, green, blue, 255]);
            let yuv = picture.to_yuv(ALL[kind]);
            prop_assert!(yuv.check("test").is_ok());
            let back = yuv.to_rgba();
            prop_assert_eq!(back.data.len(), picture.data.len());
            for (&was, &is) in picture.data.iter().zip(&back.data) {
                prop_assert!(was.abs_diff(is) <= 2, "{} became {}", was, is);
            }
            let (chroma_width, chroma_height) = Subsampling::S420.chroma_size(width as usize, height as usize);
            for plane in yuv.chroma_420() {
                prop_assert_eq!(plane.rows().count(), chroma_height);
                prop_assert!(plane.rows().all(|row| row.len() == chroma_width));
            }
        }

        #[test]
        fn grey_has_no_colour(width in 1_u32..9, height in 1_u32..9, level in any::<u8>()) {
            let picture = flat(width, height, [level, level, level, 255]);
            let yuv = picture.to_yuv(Subsampling::Gray);
            prop_assert!(yuv.u.data.is_empty() && yuv.v.data.is_empty());
            prop_assert_eq!(yuv.to_rgba().data, picture.data);
        }
    }
}
