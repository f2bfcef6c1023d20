//! A JPEG's marker segments, up to the first scan
//! ([ITU-T T.81](https://www.w3.org/Graphics/JPEG/itu-t81.pdf), annex B).
//! Pure Rust: no byte reaches C before the limits are checked.

use crate::CodecError;

/// What the segments before the pixels say.
#[derive(Debug)]
pub(crate) struct JpegHeader<'a> {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// An Adobe segment was there: CMYK is stored inverted.
    pub(crate) adobe: bool,
    /// The EXIF block, without its segment name.
    pub(crate) exif: Option<&'a [u8]>,
    /// ICC profile parts with their sequence numbers.
    icc_parts: Vec<(u8, &'a [u8])>,
}

impl<'a> JpegHeader<'a> {
    /// Reads the segments up to the first scan.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, CodecError> {
        let mut header = JpegHeader {
            width: 0,
            height: 0,
            adobe: false,
            exif: None,
            icc_parts: Vec::new(),
        };
        let mut rest = bytes
            .strip_prefix(&[0xFF, 0xD8])
            .ok_or_else(|| corrupt("it does not start with a JPEG marker"))?;
        loop {
            let (marker, after) = next_marker(rest)?;
            if matches!(marker, 0x01 | 0xD0..=0xD8) {
                rest = after;
                continue;
            }
            if matches!(marker, 0xD9 | 0xDA) {
                break;
            }
            let (segment, after) = split_segment(after)?;
            header.take(marker, segment)?;
            rest = after;
        }
        if header.width == 0 {
            return Err(corrupt("it has no frame header before its first scan"));
        }
        Ok(header)
    }

    fn take(&mut self, marker: u8, segment: &'a [u8]) -> Result<(), CodecError> {
        match marker {
            0xC0 | 0xC1 | 0xC2 | 0xC9 | 0xCA if self.width == 0 => self.take_frame(segment)?,
            0xC3 | 0xC5..=0xC7 | 0xCB | 0xCD..=0xCF => {
                return Err(unsupported("lossless or hierarchical coding"));
            }
            0xE1 if self.exif.is_none() => self.exif = segment.strip_prefix(b"Exif\0\0"),
            0xE2 => {
                if let Some([number, _count, part @ ..]) = segment.strip_prefix(b"ICC_PROFILE\0") {
                    self.icc_parts.push((*number, part));
                }
            }
            0xEE => self.adobe |= segment.starts_with(b"Adobe"),
            _ => {}
        }
        Ok(())
    }

    fn take_frame(&mut self, segment: &[u8]) -> Result<(), CodecError> {
        let &[precision, h1, h0, w1, w0, components, ..] = segment else {
            return Err(corrupt("its frame header is too short"));
        };
        self.height = u32::from(u16::from_be_bytes([h1, h0]));
        self.width = u32::from(u16::from_be_bytes([w1, w0]));
        if precision != 8 {
            return Err(unsupported(&format!("a depth of {precision} bits")));
        }
        if !matches!(components, 1 | 3 | 4) {
            return Err(unsupported(&format!(
                "a picture of {components} components"
            )));
        }
        if self.height == 0 {
            return Err(unsupported("a height given after the pixels"));
        }
        if self.width == 0 {
            return Err(corrupt("its width is 0"));
        }
        Ok(())
    }

    /// Size of the ICC profile in bytes.
    pub(crate) fn icc_bytes(&self) -> usize {
        self.icc_parts.iter().map(|(_, part)| part.len()).sum()
    }

    /// The ICC profile, put together; `None` where there is none.
    pub(crate) fn icc(&self) -> Option<Vec<u8>> {
        let mut parts = self.icc_parts.clone();
        parts.sort_by_key(|(number, _)| *number);
        (!parts.is_empty()).then(|| parts.iter().flat_map(|(_, part)| *part).copied().collect())
    }
}

/// Skips to the next marker: its code and what follows it.
fn next_marker(bytes: &[u8]) -> Result<(u8, &[u8]), CodecError> {
    let start = bytes
        .iter()
        .position(|&byte| byte == 0xFF)
        .ok_or_else(cut_short)?;
    let after = bytes.get(start..).unwrap_or_default();
    let code = after
        .iter()
        .position(|&byte| byte != 0xFF)
        .ok_or_else(cut_short)?;
    match after.get(code..) {
        Some([0, rest @ ..]) => next_marker_after_stuffing(rest),
        Some([marker, rest @ ..]) => Ok((*marker, rest)),
        _ => Err(cut_short()),
    }
}

/// Outside a scan `FF 00` is no marker; libjpeg skips it, and so do we.
fn next_marker_after_stuffing(mut bytes: &[u8]) -> Result<(u8, &[u8]), CodecError> {
    loop {
        let start = bytes
            .iter()
            .position(|&byte| byte == 0xFF)
            .ok_or_else(cut_short)?;
        bytes = bytes.get(start + 1..).unwrap_or_default();
        match bytes {
            [0 | 0xFF, ..] => {}
            [marker, rest @ ..] => return Ok((*marker, rest)),
            [] => return Err(cut_short()),
        }
    }
}

/// Splits a segment (without its length) from what follows.
pub(crate) fn split_segment(bytes: &[u8]) -> Result<(&[u8], &[u8]), CodecError> {
    let &[high, low, ref rest @ ..] = bytes else {
        return Err(cut_short());
    };
    let length = usize::from(u16::from_be_bytes([high, low]));
    let length = length
        .checked_sub(2)
        .ok_or_else(|| corrupt("a segment's length is less than 2"))?;
    rest.split_at_checked(length).ok_or_else(cut_short)
}

fn cut_short() -> CodecError {
    corrupt("it ends before its pixels")
}

fn corrupt(reason: &str) -> CodecError {
    CodecError::Corrupt {
        format: "JPEG",
        reason: reason.to_owned(),
    }
}

fn unsupported(feature: &str) -> CodecError {
    CodecError::UnsupportedFeature {
        format: "JPEG",
        feature: feature.to_owned(),
    }
}
