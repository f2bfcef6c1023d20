//! Frames one at a time, each a whole canvas.

use std::io::Cursor;

use image::codecs::{gif::GifDecoder, webp::WebPDecoder};
use image::{AnimationDecoder, Frames, ImageDecoder};

use crate::gif_header::GifHeader;
use crate::png_decode::is_opaque;
use crate::probe::check_size;
use crate::still::{allocation_limits, codec_error, mismatch};
use crate::webp_header::WebpHeader;
use crate::{CodecError, Frame, InputFormat, Limits, Picture, Probe, Rgba, decode, icc};

/// Decodes all frames in order and hands each to `each` as it is shown: disposal
/// and blending are done, profiles converted. Holds two canvases at a time. A
/// still picture is one frame of 0 ms.
///
/// # Errors
/// As [`decode`], and whatever `each` returns, which ends the walk.
pub fn decode_frames(
    bytes: &[u8],
    probe: &Probe,
    limits: &Limits,
    each: &mut dyn FnMut(Frame) -> Result<(), CodecError>,
) -> Result<(), CodecError> {
    check_size(probe, limits)?;
    let failed = |error| codec_error(probe.format, &error);
    if !probe.is_animated() {
        let canvas = match decode(bytes, probe, None, limits)? {
            Picture::Yuv(yuv) => yuv.to_rgba(),
            Picture::Rgba(rgba) => rgba,
        };
        return each(Frame {
            canvas,
            delay_ms: 0,
        });
    }
    match probe.format {
        InputFormat::Gif => {
            let mut decoder = GifDecoder::new(Cursor::new(bytes)).map_err(failed)?;
            decoder
                .set_limits(allocation_limits(probe))
                .map_err(failed)?;
            walk(decoder.into_frames(), probe, None, each)
        }
        InputFormat::WebP => {
            let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(failed)?;
            if !decoder.has_animation() {
                return Err(mismatch(probe.format));
            }
            let profile = decoder.icc_profile().ok().flatten();
            walk(decoder.into_frames(), probe, profile.as_deref(), each)
        }
        InputFormat::Jpeg | InputFormat::Png | InputFormat::Tiff => Err(mismatch(probe.format)),
    }
}

fn walk(
    frames: Frames<'_>,
    probe: &Probe,
    profile: Option<&[u8]>,
    each: &mut dyn FnMut(Frame) -> Result<(), CodecError>,
) -> Result<(), CodecError> {
    let mut count = 0;
    for frame in frames {
        let frame = frame.map_err(|error| codec_error(probe.format, &error))?;
        count += 1;
        let (numerator, denominator) = frame.delay().numer_denom_ms();
        let buffer = frame.into_buffer();
        if count > probe.frames || buffer.dimensions() != (probe.width, probe.height) {
            return Err(mismatch(probe.format));
        }
        let mut data = buffer.into_raw();
        if let Some(profile) = profile {
            icc::to_srgb(&mut data, profile);
        }
        let opaque = is_opaque(&data);
        let canvas = Rgba {
            data,
            width: probe.width,
            height: probe.height,
            opaque,
        };
        each(Frame {
            canvas,
            delay_ms: numerator / denominator.max(1),
        })?;
    }
    if count < probe.frames {
        return Err(mismatch(probe.format));
    }
    Ok(())
}

/// How often an animation is played; 0 is for ever. 1 for everything else.
#[must_use]
pub fn loop_count(bytes: &[u8], probe: &Probe) -> u32 {
    match probe.format {
        InputFormat::Gif => GifHeader::read(bytes).map_or(1, |header| header.plays),
        InputFormat::WebP => WebpHeader::read(bytes).map_or(1, |header| header.plays),
        InputFormat::Jpeg | InputFormat::Png | InputFormat::Tiff => 1,
    }
}
