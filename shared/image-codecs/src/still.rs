//! One picture from bytes, whatever the format.

use std::io::Cursor;

use image::codecs::{gif::GifDecoder, tiff::TiffDecoder, webp::WebPDecoder};
use image::{DynamicImage, ImageDecoder, ImageError};

use crate::png_decode::is_opaque;
use crate::{CodecError, InputFormat, Limits, Picture, Probe, Rgba, icc, jpeg_decode, png_decode};

/// Decodes a still picture, or the first frame of an animation. Profiles are
/// converted to sRGB, orientation is left to the caller.
///
/// `at_least` is a width and height in stored axes (before orientation): a JPEG
/// is shrunk on load to the smallest of 1/8, 1/4, 1/2 and 1 that is no smaller
/// than both. `None` and every other format give the full size.
///
/// # Errors
/// [`CodecError::Corrupt`] where the data is truncated or damaged or does not
/// match `probe`, [`CodecError::UnsupportedFeature`], and
/// [`CodecError::LimitExceeded`] where only the pixels show it (progressive scans).
pub fn decode(
    bytes: &[u8],
    probe: &Probe,
    at_least: Option<(u32, u32)>,
    limits: &Limits,
) -> Result<Picture, CodecError> {
    let cursor = Cursor::new(bytes);
    match probe.format {
        InputFormat::Jpeg => jpeg_decode::decode(bytes, probe, at_least, limits),
        InputFormat::Png => png_decode::decode(bytes, probe, limits).map(Picture::Rgba),
        InputFormat::Gif => read(GifDecoder::new(cursor), probe),
        InputFormat::WebP => read(WebPDecoder::new(cursor), probe),
        InputFormat::Tiff => read(TiffDecoder::new(cursor), probe),
    }
}

fn read<D: ImageDecoder>(
    decoder: Result<D, ImageError>,
    probe: &Probe,
) -> Result<Picture, CodecError> {
    let failed = |error: ImageError| codec_error(probe.format, &error);
    let mut decoder = decoder.map_err(failed)?;
    if decoder.dimensions() != (probe.width, probe.height) {
        return Err(mismatch(probe.format));
    }
    decoder
        .set_limits(allocation_limits(probe))
        .map_err(failed)?;
    // A profile that cannot be read is ignored like one that cannot be used.
    let profile = decoder.icc_profile().ok().flatten();
    let image = DynamicImage::from_decoder(decoder).map_err(failed)?;
    let has_alpha = image.color().has_alpha();
    let mut data = image.into_rgba8().into_raw();
    if let Some(profile) = profile {
        icc::to_srgb(&mut data, &profile);
    }
    let opaque = !has_alpha || is_opaque(&data);
    Ok(Picture::Rgba(Rgba {
        data,
        width: probe.width,
        height: probe.height,
        opaque,
    }))
}

/// What a decoder may allocate: the widest pixels (four 32-bit channels) twice over.
pub(crate) fn allocation_limits(probe: &Probe) -> image::Limits {
    let pixels = u64::from(probe.width) * u64::from(probe.height);
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(probe.width);
    limits.max_image_height = Some(probe.height);
    limits.max_alloc = Some(pixels * 32 + 1024 * 1024);
    limits
}

pub(crate) fn codec_error(format: InputFormat, error: &ImageError) -> CodecError {
    let format = format.title();
    match error {
        ImageError::Unsupported(error) => CodecError::UnsupportedFeature {
            format,
            feature: error.to_string(),
        },
        other => CodecError::Corrupt {
            format,
            reason: other.to_string(),
        },
    }
}

pub(crate) fn mismatch(format: InputFormat) -> CodecError {
    let reason = "its headers contradict each other".to_owned();
    CodecError::Corrupt {
        format: format.title(),
        reason,
    }
}
