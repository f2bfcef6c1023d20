//! Lanczos resizing of planes and of RGBA, with half-pixel registration.
//!
//! Planar pictures never leave `YCbCr`: each plane is resized straight to the
//! geometry the encoder wants. Crop boxes stay fractional all the way, because a
//! crop rounded to whole samples shifts the picture, which costs more quality
//! than any encoder setting can win back.

use fast_image_resize::images::{TypedCroppedImage, TypedImage, TypedImageRef};
use fast_image_resize::pixels::{U8, U8x4};
use fast_image_resize::{FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer};
use image_codecs::{CodecError, Plane, Rgba, Subsampling, Yuv};

use crate::border::{inside, plane_size, reach};
use crate::plan::CropBox;

/// Chroma geometry of a resized planar picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chroma {
    /// 4:2:0, what lossy encoders want.
    Half,
    /// 4:4:4, for a conversion to RGBA.
    Full,
}

/// One resize of stored samples.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resize {
    /// Part to read, in luma samples or pixels of the stored picture.
    pub(crate) area: CropBox,
    /// Result width in luma samples or pixels.
    pub(crate) width: u32,
    /// Result height in luma samples or pixels.
    pub(crate) height: u32,
    /// Stored axes that a later [`crate::orient::upright`] flips (columns, rows).
    /// An odd side makes half of one chroma sample hang over the edge; on a
    /// flipped axis that has to be the edge where the stored picture begins.
    pub(crate) mirrored: (bool, bool),
    /// The resampling kernel.
    pub(crate) filter: FilterType,
}

/// Resizes the three planes, chroma straight to `chroma`. Grey stays grey.
pub(crate) fn resize_yuv(
    resizer: &mut Resizer,
    yuv: &Yuv,
    resize: Resize,
    chroma: Chroma,
) -> Result<Yuv, CodecError> {
    let mut out = Yuv {
        y: resize_plane(resizer, &yuv.y, resize)?,
        u: Plane::default(),
        v: Plane::default(),
        subsampling: Subsampling::Gray,
        width: resize.width,
        height: resize.height,
        true_width: f64::from(resize.width),
        true_height: f64::from(resize.height),
    };
    if let Some(resize) = chroma_resize(yuv.subsampling, resize, chroma) {
        out.u = resize_plane(resizer, &yuv.u, resize)?;
        out.v = resize_plane(resizer, &yuv.v, resize)?;
        out.subsampling = match chroma {
            Chroma::Half => Subsampling::S420,
            Chroma::Full => Subsampling::S444,
        };
    }
    Ok(out)
}

/// The same resize in chroma samples; `None` for a grey picture.
fn chroma_resize(from: Subsampling, resize: Resize, to: Chroma) -> Option<Resize> {
    let (scale_x, scale_y) = match from {
        Subsampling::S444 => (1.0, 1.0),
        Subsampling::S422 => (0.5, 1.0),
        Subsampling::S420 => (0.5, 0.5),
        Subsampling::S440 => (1.0, 0.5),
        Subsampling::Gray => return None,
    };
    let area = resize.area;
    let (left, width, columns) =
        chroma_axis(area.left, area.width, resize.width, resize.mirrored.0, to);
    let (top, height, rows) =
        chroma_axis(area.top, area.height, resize.height, resize.mirrored.1, to);
    Some(Resize {
        area: CropBox {
            left: left * scale_x,
            top: top * scale_y,
            width: width * scale_x,
            height: height * scale_y,
        },
        width: columns,
        height: rows,
        ..resize
    })
}

/// One axis of the area that the chroma samples cover, still in luma samples,
/// and how many chroma samples there are.
fn chroma_axis(start: f64, extent: f64, luma: u32, mirrored: bool, to: Chroma) -> (f64, f64, u32) {
    match to {
        Chroma::Full => (start, extent, luma),
        Chroma::Half => {
            let samples = luma.div_ceil(2);
            let overhang = extent / f64::from(luma) * f64::from(2 * samples - luma);
            let start = if mirrored { start - overhang } else { start };
            (start, extent + overhang, samples)
        }
    }
}

fn resize_plane(resizer: &mut Resizer, plane: &Plane, resize: Resize) -> Result<Plane, CodecError> {
    let (plane, area) = reach(plane, resize.area);
    let resize = Resize { area, ..resize };
    let source = Samples {
        data: &plane.data,
        stride: plane.stride,
        size: plane_size(&plane),
    };
    Ok(Plane {
        data: resize_samples::<U8>(resizer, source, resize, false)?,
        stride: resize.width as usize,
        width: resize.width as usize,
        height: resize.height as usize,
    })
}

/// Resizes straight-alpha RGBA; colours are weighted by their alpha.
pub(crate) fn resize_rgba(
    resizer: &mut Resizer,
    rgba: &Rgba,
    resize: Resize,
) -> Result<Rgba, CodecError> {
    let size = (rgba.width, rgba.height);
    let area = inside(resize.area, size);
    let resize = Resize { area, ..resize };
    let source = Samples {
        data: &rgba.data,
        stride: rgba.width as usize,
        size,
    };
    Ok(Rgba {
        data: resize_samples::<U8x4>(resizer, source, resize, !rgba.opaque)?,
        width: resize.width,
        height: resize.height,
        opaque: rgba.opaque,
    })
}

/// Interleaved samples whose rows may be padded (`stride` is in pixels).
#[derive(Clone, Copy)]
struct Samples<'a> {
    data: &'a [u8],
    stride: usize,
    size: (u32, u32),
}

fn resize_samples<P: PixelTrait>(
    resizer: &mut Resizer,
    source: Samples<'_>,
    resize: Resize,
    has_alpha: bool,
) -> Result<Vec<u8>, CodecError> {
    let (width, height) = source.size;
    let mut out = vec![0; resize.width as usize * resize.height as usize * P::size()];
    let padded = TypedImageRef::<P>::from_buffer(source.stride as u32, height, source.data)
        .map_err(|error| fault(&error))?;
    // The crop keeps the kernel off the padding beside each row.
    let from =
        TypedCroppedImage::from_ref(&padded, 0, 0, width, height).map_err(|error| fault(&error))?;
    let mut to = TypedImage::<P>::from_buffer(resize.width, resize.height, &mut out)
        .map_err(|error| fault(&error))?;
    let area = resize.area;
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(resize.filter))
        .crop(area.left, area.top, area.width, area.height)
        .use_alpha(has_alpha);
    resizer
        .resize_typed(&from, &mut to, &options)
        .map_err(|error| fault(&error))?;
    Ok(out)
}

/// Wrong geometry is a fault of this crate: say so instead of blaming the picture.
fn fault(error: &dyn std::fmt::Display) -> CodecError {
    CodecError::Encode {
        format: "resized pixels",
        reason: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(width: usize, height: usize) -> Plane {
        let row: Vec<u8> = (0..width).map(|x| (x * 4) as u8).collect();
        Plane {
            data: row.repeat(height),
            stride: width,
            width,
            height,
        }
    }

    fn whole(width: u32, height: u32, of: CropBox) -> Resize {
        Resize {
            area: of,
            width,
            height,
            mirrored: (false, false),
            filter: FilterType::Lanczos3,
        }
    }

    #[test]
    fn keeps_half_pixel_registration_on_a_fractional_crop() {
        let resize = whole(
            16,
            4,
            CropBox {
                left: 0.5,
                top: 0.0,
                width: 48.0,
                height: 8.0,
            },
        );
        let out = resize_plane(&mut Resizer::new(), &ramp(60, 8), resize).unwrap();
        // Sample i shows the source around 0.5 + 3 (i + 0.5), whose value is 4 × (that - 0.5).
        for (i, sample) in out.data[2..14].iter().enumerate() {
            let expected = 12.0 * (i as f64 + 2.5);
            assert!(
                (f64::from(*sample) - expected).abs() <= 1.0,
                "{i}: {sample} {expected}"
            );
        }
    }

    #[test]
    fn never_reads_row_padding() {
        let mut plane = Plane {
            data: vec![100; 24 * 9],
            stride: 24,
            width: 17,
            height: 9,
        };
        for row in plane.data.chunks_mut(24) {
            row[17..].fill(255);
        }
        let resize = whole(
            9,
            5,
            CropBox {
                left: 0.0,
                top: 0.0,
                width: 17.0,
                height: 9.0,
            },
        );
        let out = resize_plane(&mut Resizer::new(), &plane, resize).unwrap();
        assert!(
            out.data.iter().all(|sample| *sample == 100),
            "{:?}",
            out.data
        );
    }

    #[test]
    fn chroma_of_an_odd_side_hangs_over_the_edge_that_is_not_flipped() {
        let area = CropBox {
            left: 0.0,
            top: 0.0,
            width: 50.0,
            height: 40.0,
        };
        let resize = Resize {
            mirrored: (true, false),
            ..whole(5, 4, area)
        };
        let chroma = chroma_resize(Subsampling::S420, resize, Chroma::Half).unwrap();
        assert_eq!((chroma.width, chroma.height), (3, 2));
        let expected = CropBox {
            left: -5.0,
            top: 0.0,
            width: 30.0,
            height: 20.0,
        };
        assert_eq!(chroma.area, expected);
    }

    #[test]
    fn transparent_colours_do_not_bleed() {
        let data = [[255, 0, 0, 255], [0, 255, 0, 0]]
            .repeat(8)
            .into_flattened();
        let rgba = Rgba {
            data,
            width: 2,
            height: 8,
            opaque: false,
        };
        let resize = whole(
            1,
            8,
            CropBox {
                left: 0.0,
                top: 0.0,
                width: 2.0,
                height: 8.0,
            },
        );
        let out = resize_rgba(&mut Resizer::new(), &rgba, resize).unwrap();
        assert_eq!(&out.data[..3], [255, 0, 0]);
        assert!((126..=129).contains(&out.data[3]), "{}", out.data[3]);
    }
}
