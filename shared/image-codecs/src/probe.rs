//! What a picture is, from its headers, held against the limits.

use crate::gif_header::GifHeader;
use crate::jpeg_header::JpegHeader;
use crate::png_decode::PngHeader;
use crate::sniff::sniff;
use crate::webp_header::WebpHeader;
use crate::{CodecError, InputFormat, Limits, Orientation, Tags, exif};

/// What the headers of a picture say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    /// The format, by content.
    pub format: InputFormat,
    /// Pixels in a row as stored, before orientation.
    pub width: u32,
    /// Rows as stored, before orientation.
    pub height: u32,
    /// How to turn it upright.
    pub orientation: Orientation,
    /// Frames; 1 for a still picture.
    pub frames: u32,
    /// True where pixels can be transparent.
    pub has_alpha: bool,
}

impl Probe {
    /// Width and height as shown, after orientation.
    #[must_use]
    pub const fn upright_size(&self) -> (u32, u32) {
        if self.orientation.swaps_axes() {
            (self.height, self.width)
        } else {
            (self.width, self.height)
        }
    }

    /// True where there is more than one frame.
    #[must_use]
    pub const fn is_animated(&self) -> bool {
        self.frames > 1
    }
}

/// Reads the headers and enforces every limit they allow to check: size in
/// bytes, width, height, pixels, frames, pixels of all frames, metadata size.
/// Allocates nothing of the picture's size.
///
/// # Errors
/// [`CodecError::UnsupportedFormat`] where the bytes are something else,
/// [`CodecError::LimitExceeded`], [`CodecError::Corrupt`] where headers are cut
/// or damaged, [`CodecError::UnsupportedFeature`] for pictures no decoder here reads.
pub fn probe(bytes: &[u8], limits: &Limits) -> Result<Probe, CodecError> {
    check(
        "max_input_bytes",
        bytes.len() as u64,
        limits.max_input_bytes,
    )?;
    let probe = match sniff(bytes)? {
        InputFormat::Jpeg => probe_jpeg(bytes, limits)?,
        InputFormat::Png => probe_png(bytes)?,
        InputFormat::WebP => probe_webp(bytes, limits)?,
        InputFormat::Gif => probe_gif(bytes)?,
        InputFormat::Tiff => probe_tiff(bytes)?,
    };
    check_size(&probe, limits)?;
    Ok(probe)
}

/// The tags that may be kept, as far as they can be read.
#[must_use]
pub fn read_tags(bytes: &[u8], probe: &Probe, limits: &Limits) -> Tags {
    let block = match probe.format {
        InputFormat::Jpeg => JpegHeader::read(bytes).ok().and_then(|header| header.exif),
        InputFormat::Png => PngHeader::read(bytes).ok().and_then(|header| header.exif),
        InputFormat::WebP => WebpHeader::read(bytes).ok().and_then(|header| header.exif),
        InputFormat::Gif => None,
        // The whole file is the block here, so its size says nothing.
        InputFormat::Tiff => return exif::tags(bytes),
    };
    block
        .filter(|block| block.len() <= limits.max_metadata_bytes)
        .map(exif::tags)
        .unwrap_or_default()
}

fn probe_jpeg(bytes: &[u8], limits: &Limits) -> Result<Probe, CodecError> {
    let header = JpegHeader::read(bytes)?;
    check_metadata(header.icc_bytes(), limits)?;
    Ok(Probe {
        format: InputFormat::Jpeg,
        width: header.width,
        height: header.height,
        orientation: header.exif.map(exif::orientation).unwrap_or_default(),
        frames: 1,
        has_alpha: false,
    })
}

fn probe_png(bytes: &[u8]) -> Result<Probe, CodecError> {
    let header = PngHeader::read(bytes)?;
    Ok(Probe {
        format: InputFormat::Png,
        width: header.width,
        height: header.height,
        orientation: header.exif.map(exif::orientation).unwrap_or_default(),
        frames: 1,
        has_alpha: header.has_alpha,
    })
}

fn probe_webp(bytes: &[u8], limits: &Limits) -> Result<Probe, CodecError> {
    let header = WebpHeader::read(bytes)?;
    check_metadata(header.icc_bytes, limits)?;
    Ok(Probe {
        format: InputFormat::WebP,
        width: header.width,
        height: header.height,
        orientation: header.exif.map(exif::orientation).unwrap_or_default(),
        frames: header.frames,
        has_alpha: header.has_alpha,
    })
}

fn probe_gif(bytes: &[u8]) -> Result<Probe, CodecError> {
    let header = GifHeader::read(bytes)?;
    Ok(Probe {
        format: InputFormat::Gif,
        width: header.width,
        height: header.height,
        orientation: Orientation::UPRIGHT,
        frames: header.frames,
        has_alpha: header.has_alpha,
    })
}

fn probe_tiff(bytes: &[u8]) -> Result<Probe, CodecError> {
    let corrupt = |reason: &str| CodecError::Corrupt {
        format: "TIFF",
        reason: reason.to_owned(),
    };
    let directory = exif::Directory::read(bytes)
        .ok_or_else(|| corrupt("its first directory is cut or missing"))?;
    let side = |tag| directory.integer(tag).filter(|&side| side > 0);
    let (Some(width), Some(height)) = (side(exif::IMAGE_WIDTH), side(exif::IMAGE_LENGTH)) else {
        return Err(corrupt("its size is 0 or missing"));
    };
    // Extra sample kinds 1 and 2 are alpha, 0 is anything.
    let has_alpha = matches!(directory.integer(exif::EXTRA_SAMPLES), Some(1 | 2));
    Ok(Probe {
        format: InputFormat::Tiff,
        width,
        height,
        orientation: exif::orientation(bytes),
        frames: 1,
        has_alpha,
    })
}

pub(crate) fn check_size(probe: &Probe, limits: &Limits) -> Result<(), CodecError> {
    let longest = probe.width.max(probe.height);
    check("max_side", u64::from(longest), u64::from(limits.max_side))?;
    let pixels = u64::from(probe.width) * u64::from(probe.height);
    check("max_pixels", pixels, limits.max_pixels)?;
    if probe.is_animated() {
        check(
            "max_frames",
            u64::from(probe.frames),
            u64::from(limits.max_frames),
        )?;
        let all = pixels.saturating_mul(u64::from(probe.frames));
        check("max_animation_pixels", all, limits.max_animation_pixels)?;
    }
    Ok(())
}

fn check_metadata(actual: usize, limits: &Limits) -> Result<(), CodecError> {
    check(
        "max_metadata_bytes",
        actual as u64,
        limits.max_metadata_bytes as u64,
    )
}

fn check(limit: &'static str, actual: u64, allowed: u64) -> Result<(), CodecError> {
    if actual > allowed {
        return Err(CodecError::LimitExceeded {
            limit,
            actual,
            allowed,
        });
    }
    Ok(())
}
