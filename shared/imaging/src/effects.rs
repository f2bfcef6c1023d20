//! Gaussian blur and unsharp masking, on planes or RGBA.
//!
//! Blur treats every channel alike (chroma of 4:2:0 at half the radius, colours
//! weighted by alpha). Sharpening changes luma only, so that edges gain no colour fringes.

use fast_image_resize::images::Image;
use fast_image_resize::{MulDiv, PixelType};
use image_codecs::{CodecError, Picture, Plane, Rgba, Subsampling, Yuv};

use crate::gaussian::{fault, gaussian};

/// Radius (sigma) of the blur that an unsharp mask is the difference to, in pixels.
const SHARPEN_SIGMA: f32 = 1.0;

/// Blurs by `blur` (sigma in pixels), then sharpens by `sharpen` (0 is none of it, as is NaN).
pub(crate) fn apply(picture: Picture, blur: f32, sharpen: f32) -> Result<Picture, CodecError> {
    let picture = if blur > 0.0 {
        blurred(picture, blur)?
    } else {
        picture
    };
    if sharpen > 0.0 {
        sharpened(picture, sharpen)
    } else {
        Ok(picture)
    }
}

fn blurred(picture: Picture, sigma: f32) -> Result<Picture, CodecError> {
    Ok(match picture {
        Picture::Yuv(yuv) => {
            let chroma_sigma = if yuv.subsampling == Subsampling::S420 {
                sigma / 2.0
            } else {
                sigma
            };
            Picture::Yuv(Yuv {
                y: blurred_plane(&yuv.y, sigma)?,
                u: blurred_plane(&yuv.u, chroma_sigma)?,
                v: blurred_plane(&yuv.v, chroma_sigma)?,
                ..yuv
            })
        }
        Picture::Rgba(rgba) => Picture::Rgba(blurred_rgba(rgba, sigma)?),
    })
}

/// Resized planes have no row padding, which [`gaussian`] relies on.
fn blurred_plane(plane: &Plane, sigma: f32) -> Result<Plane, CodecError> {
    let data = gaussian(&plane.data, plane.width, PixelType::U8, sigma)?;
    Ok(Plane { data, ..*plane })
}

fn blurred_rgba(mut rgba: Rgba, sigma: f32) -> Result<Rgba, CodecError> {
    let (width, height, opaque) = (rgba.width, rgba.height, rgba.opaque);
    let weigh = MulDiv::new();
    if !opaque {
        let mut pixels = image(&mut rgba.data, width, height)?;
        weigh
            .multiply_alpha_inplace(&mut pixels)
            .map_err(|error| fault(&error))?;
    }
    let mut data = gaussian(&rgba.data, width as usize, PixelType::U8x4, sigma)?;
    if !opaque {
        let mut pixels = image(&mut data, width, height)?;
        weigh
            .divide_alpha_inplace(&mut pixels)
            .map_err(|error| fault(&error))?;
    }
    Ok(Rgba { data, ..rgba })
}

fn image(data: &mut [u8], width: u32, height: u32) -> Result<Image<'_>, CodecError> {
    Image::from_slice_u8(width, height, data, PixelType::U8x4).map_err(|error| fault(&error))
}

fn sharpened(picture: Picture, amount: f32) -> Result<Picture, CodecError> {
    Ok(match picture {
        Picture::Yuv(mut yuv) => {
            let soft = gaussian(&yuv.y.data, yuv.y.width, PixelType::U8, SHARPEN_SIGMA)?;
            for (sample, soft) in yuv.y.data.iter_mut().zip(soft) {
                *sample = add(*sample, mask(*sample, soft, amount));
            }
            Picture::Yuv(yuv)
        }
        Picture::Rgba(mut rgba) => {
            let luma: Vec<u8> = rgba.data.as_chunks::<4>().0.iter().map(luma).collect();
            let soft = gaussian(&luma, rgba.width as usize, PixelType::U8, SHARPEN_SIGMA)?;
            let pixels = rgba.data.as_chunks_mut::<4>().0;
            for (pixel, (luma, soft)) in pixels.iter_mut().zip(luma.into_iter().zip(soft)) {
                let mask = mask(luma, soft, amount);
                for channel in &mut pixel[..3] {
                    *channel = add(*channel, mask);
                }
            }
            Picture::Rgba(rgba)
        }
    })
}

fn mask(sharp: u8, soft: u8, amount: f32) -> f32 {
    amount * (f32::from(sharp) - f32::from(soft))
}

/// The cast saturates at 0 and 255.
fn add(sample: u8, mask: f32) -> u8 {
    (f32::from(sample) + mask).round() as u8
}

/// BT.601 luma of an RGBA pixel.
pub(crate) fn luma([r, g, b, _]: &[u8; 4]) -> u8 {
    ((u32::from(*r) * 19_595 + u32::from(*g) * 38_470 + u32::from(*b) * 7_471 + 32_768) >> 16) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey(data: Vec<u8>, width: usize) -> Picture {
        let height = data.len() / width;
        Picture::Yuv(Yuv {
            y: Plane {
                data,
                stride: width,
                width,
                height,
            },
            u: Plane::default(),
            v: Plane::default(),
            subsampling: Subsampling::Gray,
            width: width as u32,
            height: height as u32,
            true_width: width as f64,
            true_height: height as f64,
        })
    }

    fn luma_of(picture: Picture) -> Vec<u8> {
        match picture {
            Picture::Yuv(yuv) => yuv.y.data,
            Picture::Rgba(rgba) => rgba.data.as_chunks::<4>().0.iter().map(luma).collect(),
        }
    }

    /// Standard deviation of what a blur makes of a vertical edge, in pixels.
    fn spread_of_edge(sigma: f32) -> f64 {
        let width = 400;
        let row: Vec<u8> = (0..width)
            .map(|x| if x < width / 2 { 0 } else { 255 })
            .collect();
        let out = luma_of(apply(grey(row.repeat(40), width), sigma, 0.0).unwrap());
        let row = &out[width * 20..][..width];
        let steps = row
            .windows(2)
            .map(|pair| f64::from(pair[1]) - f64::from(pair[0]));
        let middle = (width / 2) as f64;
        let weighted = steps
            .enumerate()
            .map(|(x, step)| (x as f64 + 1.0 - middle).powi(2) * step);
        (weighted.sum::<f64>() / 255.0).sqrt()
    }

    #[test]
    fn blur_has_the_asked_radius() {
        for sigma in [0.8, 2.0, 4.0, 6.5, 20.0] {
            let spread = spread_of_edge(sigma);
            assert!(
                (spread / f64::from(sigma) - 1.0).abs() < 0.1,
                "{sigma}: {spread}"
            );
        }
    }

    #[test]
    fn blur_keeps_flat_areas_exactly() {
        for sigma in [0.3, 3.0, 50.0] {
            let out = luma_of(apply(grey(vec![77; 35 * 21], 35), sigma, 0.0).unwrap());
            assert!(out.iter().all(|sample| *sample == 77), "{sigma}");
        }
    }

    #[test]
    fn blur_does_not_bleed_transparent_colours() {
        let data = [[200, 10, 10, 255], [0, 255, 0, 0]]
            .repeat(64)
            .into_flattened();
        let rgba = Rgba {
            data,
            width: 16,
            height: 8,
            opaque: false,
        };
        let Picture::Rgba(out) = apply(Picture::Rgba(rgba), 2.0, 0.0).unwrap() else {
            panic!("a blurred RGBA picture stays RGBA")
        };
        for pixel in out.data.as_chunks::<4>().0 {
            assert!(
                pixel[0].abs_diff(200) <= 2 && pixel[1].abs_diff(10) <= 2,
                "{pixel:?}"
            );
        }
    }

    #[test]
    fn sharpening_steepens_edges_and_keeps_hue() {
        let pixel = |x: usize| {
            if x < 8 {
                [120, 90, 60, 255]
            } else {
                [160, 130, 100, 255]
            }
        };
        let data = (0..16 * 4)
            .map(|i| pixel(i % 16))
            .collect::<Vec<_>>()
            .into_flattened();
        let rgba = Rgba {
            data,
            width: 16,
            height: 4,
            opaque: true,
        };
        let Picture::Rgba(out) = apply(Picture::Rgba(rgba), 0.0, 1.0).unwrap() else {
            panic!("a sharpened RGBA picture stays RGBA")
        };
        let pixels = out.data.as_chunks::<4>().0;
        assert!(
            pixels[7][0] < 115 && pixels[8][0] > 165,
            "{:?}",
            &pixels[6..10]
        );
        assert_eq!(pixels[0], [120, 90, 60, 255]);
        assert!(
            pixels
                .iter()
                .all(|p| p[0] - p[1] == 30 && p[1] - p[2] == 30)
        );
    }
}
