//! PNG ([specification](https://www.w3.org/TR/png-3/)): header and pixels.

use std::io::Cursor;

use png::{ColorType, Decoder, DecodingError, Transformations};

use crate::{CodecError, Limits, Probe, Rgba, icc};

const SIGNATURE_BYTES: usize = 8;

/// What the chunks say.
#[derive(Debug, Default)]
pub(crate) struct PngHeader<'a> {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) has_alpha: bool,
    pub(crate) exif: Option<&'a [u8]>,
}

impl<'a> PngHeader<'a> {
    /// Walks the chunks up to the end one. Checksums are the decoder's business.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, CodecError> {
        let mut header = Self::default();
        let mut rest = bytes.get(SIGNATURE_BYTES..).ok_or_else(cut_short)?;
        loop {
            let (&length, after) = rest.split_first_chunk::<4>().ok_or_else(cut_short)?;
            let (name, after) = after.split_first_chunk::<4>().ok_or_else(cut_short)?;
            let length = usize::try_from(u32::from_be_bytes(length)).map_err(|_| cut_short())?;
            let (chunk, after) = after.split_at_checked(length).ok_or_else(cut_short)?;
            match name {
                b"IHDR" => header.take_size(chunk)?,
                b"tRNS" => header.has_alpha = true,
                b"eXIf" => header.exif = Some(chunk),
                b"IEND" => break,
                _ => {}
            }
            // Four bytes of checksum close a chunk.
            rest = after.get(4..).ok_or_else(cut_short)?;
        }
        if header.width == 0 || header.height == 0 {
            return Err(corrupt("its size is 0 or missing"));
        }
        Ok(header)
    }

    fn take_size(&mut self, chunk: &[u8]) -> Result<(), CodecError> {
        let &[w3, w2, w1, w0, h3, h2, h1, h0, _depth, colour_type, ..] = chunk else {
            return Err(corrupt("its header chunk is too short"));
        };
        self.width = u32::from_be_bytes([w3, w2, w1, w0]);
        self.height = u32::from_be_bytes([h3, h2, h1, h0]);
        self.has_alpha = matches!(colour_type, 4 | 6);
        Ok(())
    }
}

pub(crate) fn decode(bytes: &[u8], probe: &Probe, limits: &Limits) -> Result<Rgba, CodecError> {
    // The decoder's own buffers: metadata, and two rows of 64-bit pixels.
    let budget = limits.max_metadata_bytes + 16 * probe.width as usize + 64 * 1024;
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), png::Limits { bytes: budget });
    decoder.set_ignore_text_chunk(true);
    decoder.set_transformations(Transformations::ALPHA | Transformations::STRIP_16);
    let mut reader = decoder.read_info().map_err(|error| codec_error(&error))?;
    if reader.info().size() != (probe.width, probe.height) {
        return Err(corrupt("its headers contradict each other"));
    }
    let length = reader
        .output_buffer_size()
        .ok_or_else(|| corrupt("its size overflows"))?;
    let mut data = vec![0; length];
    let frame = reader
        .next_frame(&mut data)
        .map_err(|error| codec_error(&error))?;
    reader.finish().map_err(|error| codec_error(&error))?;
    if frame.color_type == ColorType::GrayscaleAlpha {
        let (pixels, _) = data.as_chunks();
        data = pixels
            .iter()
            .flat_map(|&[grey, alpha]| [grey, grey, grey, alpha])
            .collect();
    }
    let info = reader.info();
    let declared_srgb = info.srgb.is_some();
    if let Some(profile) = info.icc_profile.as_deref().filter(|_| !declared_srgb) {
        icc::to_srgb(&mut data, profile);
    }
    let opaque = !probe.has_alpha || is_opaque(&data);
    Ok(Rgba {
        data,
        width: probe.width,
        height: probe.height,
        opaque,
    })
}

/// True where every alpha of straight RGBA is 255.
pub(crate) fn is_opaque(data: &[u8]) -> bool {
    data.as_chunks::<4>()
        .0
        .iter()
        .all(|&[_, _, _, alpha]| alpha == 255)
}

fn codec_error(error: &DecodingError) -> CodecError {
    corrupt(&error.to_string())
}

fn cut_short() -> CodecError {
    corrupt("it ends before its end chunk")
}

fn corrupt(reason: &str) -> CodecError {
    CodecError::Corrupt {
        format: "PNG",
        reason: reason.to_owned(),
    }
}
