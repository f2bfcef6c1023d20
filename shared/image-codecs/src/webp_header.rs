//! A WebP's RIFF chunks ([container specification](https://developers.google.com/speed/webp/docs/riff_container)).

use crate::CodecError;

/// What the chunk headers say.
#[derive(Debug, Default)]
pub(crate) struct WebpHeader<'a> {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) has_alpha: bool,
    /// 1 for a still picture.
    pub(crate) frames: u32,
    /// How often an animation is played; 0 is for ever.
    pub(crate) plays: u32,
    is_animation: bool,
    pub(crate) exif: Option<&'a [u8]>,
    /// Size of the ICC profile in bytes.
    pub(crate) icc_bytes: usize,
}

impl<'a> WebpHeader<'a> {
    /// Walks all chunks. No pixel is read.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, CodecError> {
        let mut header = Self {
            plays: 1,
            ..Self::default()
        };
        let mut animated_frames = 0_u32;
        let size = bytes
            .get(4..8)
            .and_then(u32_le)
            .ok_or_else(|| corrupt("it ends in its header"))?;
        let end = 8_u64 + u64::from(size);
        let body = usize::try_from(end)
            .ok()
            .and_then(|end| bytes.get(12..end))
            .ok_or_else(|| corrupt("it is shorter than its header says"))?;
        let mut rest = body;
        while let Some((name, chunk, after)) = split_chunk(rest)? {
            match name {
                b"VP8X" => header.take_extended(chunk)?,
                b"VP8 " if header.width == 0 => header.take_lossy(chunk)?,
                b"VP8L" if header.width == 0 => header.take_lossless(chunk)?,
                b"ANMF" => animated_frames = animated_frames.saturating_add(1),
                b"ANIM" => header.take_animation(chunk)?,
                b"EXIF" => header.exif = Some(chunk),
                b"ICCP" => header.icc_bytes = chunk.len(),
                _ => {}
            }
            rest = after;
        }
        if header.width == 0 {
            return Err(corrupt("it has no picture chunk"));
        }
        header.frames = if header.is_animation {
            animated_frames
        } else {
            1
        };
        if header.frames == 0 {
            return Err(corrupt("it is an animation without a frame"));
        }
        Ok(header)
    }

    fn take_extended(&mut self, chunk: &[u8]) -> Result<(), CodecError> {
        const ALPHA: u8 = 0x10;
        const ANIMATION: u8 = 0x02;
        let &[flags, _, _, _, w0, w1, w2, h0, h1, h2, ..] = chunk else {
            return Err(corrupt("its VP8X chunk is too short"));
        };
        self.has_alpha = flags & ALPHA != 0;
        self.is_animation = flags & ANIMATION != 0;
        self.width = u32::from_le_bytes([w0, w1, w2, 0]) + 1;
        self.height = u32::from_le_bytes([h0, h1, h2, 0]) + 1;
        Ok(())
    }

    fn take_animation(&mut self, chunk: &[u8]) -> Result<(), CodecError> {
        let &[_, _, _, _, low, high, ..] = chunk else {
            return Err(corrupt("its ANIM chunk is too short"));
        };
        self.plays = u32::from(u16::from_le_bytes([low, high]));
        Ok(())
    }

    fn take_lossy(&mut self, chunk: &[u8]) -> Result<(), CodecError> {
        let &[_, _, _, 0x9D, 0x01, 0x2A, w0, w1, h0, h1, ..] = chunk else {
            return Err(corrupt("its VP8 frame has no key frame header"));
        };
        self.width = u32::from(u16::from_le_bytes([w0, w1]) & 0x3FFF);
        self.height = u32::from(u16::from_le_bytes([h0, h1]) & 0x3FFF);
        if self.width == 0 || self.height == 0 {
            return Err(corrupt("its size is 0"));
        }
        Ok(())
    }

    fn take_lossless(&mut self, chunk: &[u8]) -> Result<(), CodecError> {
        let &[0x2F, b0, b1, b2, b3, ..] = chunk else {
            return Err(corrupt("its VP8L signature is wrong"));
        };
        let bits = u32::from_le_bytes([b0, b1, b2, b3]);
        self.width = (bits & 0x3FFF) + 1;
        self.height = ((bits >> 14) & 0x3FFF) + 1;
        self.has_alpha = bits >> 28 & 1 == 1;
        Ok(())
    }
}

type Chunk<'a> = (&'a [u8; 4], &'a [u8], &'a [u8]);

/// The first chunk's name and data, and what follows it.
fn split_chunk(bytes: &[u8]) -> Result<Option<Chunk<'_>>, CodecError> {
    let Some((name, rest)) = bytes.split_first_chunk::<4>() else {
        return Ok(None);
    };
    let length = u32_le(rest).and_then(|length| usize::try_from(length).ok());
    let (chunk, after) = length
        .and_then(|length| rest.get(4..)?.split_at_checked(length))
        .ok_or_else(|| corrupt("a chunk is longer than the file"))?;
    let padding = chunk.len() % 2;
    Ok(Some((
        name,
        chunk,
        after.get(padding..).unwrap_or_default(),
    )))
}

fn u32_le(bytes: &[u8]) -> Option<u32> {
    bytes.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

fn corrupt(reason: &str) -> CodecError {
    CodecError::Corrupt {
        format: "WebP",
        reason: reason.to_owned(),
    }
}
