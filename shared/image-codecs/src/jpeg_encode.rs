//! Pixels to JPEG, through libjpeg-turbo, from planes without a colour conversion.

use std::borrow::Cow;

use turbojpeg::{Compressor, Image, PixelFormat, Subsamp, YuvPlanesImage};

use crate::{CodecError, Picture, Plane, Rgba, Subsampling, Tags, Yuv, exif};

const FORMAT: &str = "JPEG";

/// How to write a JPEG.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JpegOptions {
    /// 1 (small) to 100 (good), libjpeg's scale; values outside are clamped.
    pub quality: u8,
    /// Write scans from coarse to fine instead of from top to bottom.
    pub progressive: bool,
}

impl Default for JpegOptions {
    fn default() -> Self {
        Self {
            quality: 80,
            progressive: false,
        }
    }
}

/// Writes a JPEG with Huffman tables made for it. Planes keep their
/// subsampling, RGB is written as 4:2:0.
///
/// # Errors
/// [`CodecError::Encode`] where the picture is transparent (flatten it first),
/// where its planes do not fit its size, or where libjpeg-turbo fails.
pub fn encode_jpeg(
    picture: &Picture,
    options: &JpegOptions,
    tags: &Tags,
) -> Result<Vec<u8>, CodecError> {
    let mut compressor = Compressor::new().map_err(failed)?;
    compressor
        .set_quality(i32::from(options.quality.clamp(1, 100)))
        .map_err(failed)?;
    compressor
        .set_progressive(options.progressive)
        .map_err(failed)?;
    compressor.set_optimize(true).map_err(failed)?;
    let bytes = match picture {
        Picture::Yuv(yuv) => from_planes(&mut compressor, yuv)?,
        Picture::Rgba(rgba) => from_rgba(&mut compressor, rgba)?,
    };
    Ok(match exif::write(tags) {
        Some(block) => with_exif(&bytes, &block),
        None => bytes,
    })
}

fn from_planes(compressor: &mut Compressor, yuv: &Yuv) -> Result<Vec<u8>, CodecError> {
    yuv.check(FORMAT)?;
    let subsamp = match yuv.subsampling {
        Subsampling::S444 => Subsamp::None,
        Subsampling::S422 => Subsamp::Sub2x1,
        Subsampling::S420 => Subsamp::Sub2x2,
        Subsampling::S440 => Subsamp::Sub1x2,
        Subsampling::Gray => return from_gray(compressor, yuv),
    };
    let luma = padded_luma(yuv);
    let image = YuvPlanesImage {
        y_plane: luma.data.as_slice(),
        u_plane: yuv.u.data.as_slice(),
        v_plane: yuv.v.data.as_slice(),
        width: yuv.width as usize,
        height: yuv.height as usize,
        y_stride: luma.stride,
        u_stride: yuv.u.stride,
        v_stride: yuv.v.stride,
        subsamp,
    };
    compressor
        .compress_yuv_planes_to_vec(&image)
        .map_err(failed)
}

fn from_gray(compressor: &mut Compressor, yuv: &Yuv) -> Result<Vec<u8>, CodecError> {
    compressor.set_subsamp(Subsamp::Gray).map_err(failed)?;
    let image = Image {
        pixels: yuv.y.data.as_slice(),
        width: yuv.width as usize,
        pitch: yuv.y.stride,
        height: yuv.height as usize,
        format: PixelFormat::GRAY,
    };
    compressor.compress_to_vec(image).map_err(failed)
}

fn from_rgba(compressor: &mut Compressor, rgba: &Rgba) -> Result<Vec<u8>, CodecError> {
    rgba.check(FORMAT)?;
    if !rgba.opaque {
        return Err(encode_error(
            "a JPEG cannot be transparent: lay the picture over a colour first",
        ));
    }
    compressor.set_subsamp(Subsamp::Sub2x2).map_err(failed)?;
    let image = Image {
        pixels: rgba.data.as_slice(),
        width: rgba.width as usize,
        pitch: rgba.width as usize * 4,
        height: rgba.height as usize,
        format: PixelFormat::RGBA,
    };
    compressor.compress_to_vec(image).map_err(failed)
}

/// libjpeg-turbo reads luma planes as if padded to whole chroma samples: an odd
/// plane gets its last column and row doubled, an even one is borrowed.
fn padded_luma(yuv: &Yuv) -> Cow<'_, Plane> {
    let (width, height) = (yuv.width as usize, yuv.height as usize);
    let (across, down) = yuv.subsampling.factors();
    let (padded_width, padded_height) = (
        width.next_multiple_of(across),
        height.next_multiple_of(down),
    );
    if (padded_width, padded_height) == (width, height) {
        return Cow::Borrowed(&yuv.y);
    }
    let mut data = Vec::with_capacity(padded_width * padded_height);
    for row in yuv.y.rows().take(height) {
        let row = row.get(..width).unwrap_or(row);
        data.extend_from_slice(row);
        let last = row.last().copied().unwrap_or_default();
        data.extend(std::iter::repeat_n(last, padded_width - width));
    }
    data.extend_from_within(data.len() - padded_width * (padded_height - height)..);
    Cow::Owned(Plane {
        data,
        stride: padded_width,
        width: padded_width,
        height: padded_height,
    })
}

/// Puts an EXIF segment behind the JFIF segment libjpeg-turbo starts with.
fn with_exif(jpeg: &[u8], block: &[u8]) -> Vec<u8> {
    const HEAD_BYTES: usize = 20;
    let (head, rest) = jpeg.split_at(HEAD_BYTES.min(jpeg.len()));
    let length = u16::try_from(2 + 6 + block.len()).unwrap_or(u16::MAX);
    let [high, low] = length.to_be_bytes();
    [head, &[0xFF, 0xE1, high, low], b"Exif\0\0", block, rest].concat()
}

fn failed(error: turbojpeg::Error) -> CodecError {
    encode_error(&error.to_string())
}

fn encode_error(reason: &str) -> CodecError {
    CodecError::Encode {
        format: FORMAT,
        reason: reason.to_owned(),
    }
}
