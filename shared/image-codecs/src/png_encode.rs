//! Pixels to PNG: the smallest colour type that holds them, compressed fast.

use std::collections::HashMap;

use png::{BitDepth, ColorType, Compression, Encoder, EncodingError, Filter};

use crate::{CodecError, Picture, Rgba, Tags, exif};

const FORMAT: &str = "PNG";

/// Time against size of a PNG.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PngCompression {
    /// Made for PNG and several times faster than zlib; photos come out smaller too.
    #[default]
    Fast,
    /// As zlib's default level.
    Balanced,
    /// The smallest, slowly.
    Best,
}

/// How to write a PNG.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PngOptions {
    /// Time against size.
    pub compression: PngCompression,
}

/// Writes a PNG of 8 bits per channel: grey where all is grey, a palette where
/// there are at most 256 colours, no alpha where all is opaque.
///
/// # Errors
/// [`CodecError::Encode`] where the data does not fit the size.
pub fn encode_png(
    picture: &Picture,
    options: &PngOptions,
    tags: &Tags,
) -> Result<Vec<u8>, CodecError> {
    match picture {
        Picture::Yuv(yuv) => {
            yuv.check(FORMAT)?;
            encode(&yuv.to_rgba(), options, tags)
        }
        Picture::Rgba(rgba) => {
            rgba.check(FORMAT)?;
            encode(rgba, options, tags)
        }
    }
}

/// Pixels in the form they are written in.
struct Packed {
    color: ColorType,
    data: Vec<u8>,
    /// RGBA entries, for [`ColorType::Indexed`].
    palette: Vec<[u8; 4]>,
}

fn encode(rgba: &Rgba, options: &PngOptions, tags: &Tags) -> Result<Vec<u8>, CodecError> {
    let packed = pack(rgba);
    let mut bytes = Vec::with_capacity(rgba.data.len() / 4);
    let mut encoder = Encoder::new(&mut bytes, rgba.width, rgba.height);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_color(packed.color);
    let drawn = packed.color == ColorType::Indexed || is_drawn(rgba);
    encoder.set_compression(match options.compression {
        PngCompression::Fast if drawn => Compression::Balanced,
        PngCompression::Fast => Compression::Fast,
        PngCompression::Balanced => Compression::Balanced,
        PngCompression::Best => Compression::High,
    });
    if drawn {
        // Filters hide the repetitions that drawings are made of.
        encoder.set_filter(Filter::NoFilter);
    }
    if packed.color == ColorType::Indexed {
        encoder.set_palette(
            packed
                .palette
                .iter()
                .flat_map(|&[r, g, b, _]| [r, g, b])
                .collect::<Vec<u8>>(),
        );
        if packed.palette.iter().any(|entry| entry[3] < 255) {
            encoder.set_trns(
                packed
                    .palette
                    .iter()
                    .map(|entry| entry[3])
                    .collect::<Vec<u8>>(),
            );
        }
    }
    let mut writer = encoder.write_header().map_err(failed)?;
    if let Some(block) = exif::write(tags) {
        writer
            .write_chunk(png::chunk::eXIf, &block)
            .map_err(failed)?;
    }
    writer.write_image_data(&packed.data).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(bytes)
}

fn pack(rgba: &Rgba) -> Packed {
    let (pixels, _) = rgba.data.as_chunks::<4>();
    let grey = pixels
        .iter()
        .all(|&[red, green, blue, _]| red == green && green == blue);
    if grey && rgba.opaque {
        let data = pixels.iter().map(|pixel| pixel[0]).collect();
        return Packed {
            color: ColorType::Grayscale,
            data,
            palette: Vec::new(),
        };
    }
    if let Some((data, palette)) = index(pixels) {
        return Packed {
            color: ColorType::Indexed,
            data,
            palette,
        };
    }
    let (color, data) = match (grey, rgba.opaque) {
        (true, _) => (
            ColorType::GrayscaleAlpha,
            pixels
                .iter()
                .flat_map(|&[grey, _, _, alpha]| [grey, alpha])
                .collect(),
        ),
        (false, true) => (
            ColorType::Rgb,
            pixels
                .iter()
                .flat_map(|&[red, green, blue, _]| [red, green, blue])
                .collect(),
        ),
        (false, false) => (ColorType::Rgba, rgba.data.clone()),
    };
    Packed {
        color,
        data,
        palette: Vec::new(),
    }
}

/// Palette indices and the palette, where there are at most 256 colours.
/// Transparent entries come first, as `tRNS` is cut after the last of them.
pub(crate) fn index(pixels: &[[u8; 4]]) -> Option<(Vec<u8>, Vec<[u8; 4]>)> {
    let mut colours: HashMap<[u8; 4], u8> = HashMap::new();
    let mut previous = None;
    for &pixel in pixels {
        if previous == Some(pixel) {
            continue;
        }
        previous = Some(pixel);
        if colours.len() == 256 && !colours.contains_key(&pixel) {
            return None;
        }
        colours.insert(pixel, 0);
    }
    let mut palette: Vec<[u8; 4]> = colours.keys().copied().collect();
    // The order of a hash map is not the same twice; outputs must be.
    palette.sort_unstable_by_key(|&[red, green, blue, alpha]| (alpha, red, green, blue));
    for (entry, number) in palette.iter().zip(0..=255) {
        colours.insert(*entry, number);
    }
    let indices = pixels
        .iter()
        .map(|pixel| colours.get(pixel).copied().unwrap_or_default())
        .collect();
    Some((indices, palette))
}

/// True for screenshots and drawings: more than half of all pixels repeat their left neighbour.
fn is_drawn(rgba: &Rgba) -> bool {
    let (pixels, _) = rgba.data.as_chunks::<4>();
    let repeats = pixels
        .windows(2)
        .filter(|pair| pair.first() == pair.last())
        .count();
    repeats * 2 > pixels.len()
}

fn failed(error: EncodingError) -> CodecError {
    CodecError::Encode {
        format: FORMAT,
        reason: error.to_string(),
    }
}
