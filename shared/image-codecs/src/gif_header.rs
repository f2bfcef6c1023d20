//! A GIF's blocks ([GIF89a](https://www.w3.org/Graphics/GIF/spec-gif89a.txt)), walked without decoding.

use crate::CodecError;

/// What the blocks say.
#[derive(Debug, Default)]
pub(crate) struct GifHeader {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) frames: u32,
    pub(crate) has_alpha: bool,
    /// How often it is played; 0 is for ever.
    pub(crate) plays: u32,
}

impl GifHeader {
    /// Walks all blocks to the trailer and counts the frames.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, CodecError> {
        let Some(&[w0, w1, h0, h1, packed, _, _]) = bytes.get(6..13) else {
            return Err(cut_short());
        };
        let mut header = Self {
            width: u32::from(u16::from_le_bytes([w0, w1])),
            height: u32::from(u16::from_le_bytes([h0, h1])),
            plays: 1,
            ..Self::default()
        };
        if header.width == 0 || header.height == 0 {
            return Err(corrupt("its size is 0"));
        }
        let mut rest = bytes
            .get(13 + palette_bytes(packed)..)
            .ok_or_else(cut_short)?;
        loop {
            rest = match rest {
                [0x3B, ..] => break,
                [0x21, label, blocks @ ..] => {
                    // Graphic control: bit 0 of the flags says that a colour is transparent.
                    header.has_alpha |=
                        matches!((label, blocks), (0xF9, [_, flags, ..]) if flags & 1 == 1);
                    if *label == 0xFF {
                        header.take_loop(blocks);
                    }
                    skip_blocks(blocks)?
                }
                [0x2C, frame @ ..] => header.take_frame(frame)?,
                [] => return Err(cut_short()),
                // Some encoders leave stray zeros between blocks.
                [0, after @ ..] => after,
                [other, ..] => return Err(corrupt(&format!("block {other:#04x} is unknown"))),
            };
        }
        if header.frames == 0 {
            return Err(corrupt("it has no frame"));
        }
        Ok(header)
    }

    /// Netscape's loop extension: a block with its name, then one of three bytes.
    /// It counts repeats after the first time.
    fn take_loop(&mut self, blocks: &[u8]) {
        if let Some(&[3, 1, low, high, ..]) = blocks.strip_prefix(b"\x0bNETSCAPE2.0") {
            let repeats = u32::from(u16::from_le_bytes([low, high]));
            self.plays = if repeats == 0 { 0 } else { repeats + 1 };
        }
    }

    /// Counts the frame whose descriptor starts here; gives what follows it.
    fn take_frame<'a>(&mut self, bytes: &'a [u8]) -> Result<&'a [u8], CodecError> {
        let &[x0, x1, y0, y1, w0, w1, h0, h1, packed, ref rest @ ..] = bytes else {
            return Err(cut_short());
        };
        let number = |low, high| u32::from(u16::from_le_bytes([low, high]));
        let (left, top) = (number(x0, x1), number(y0, y1));
        let covers =
            left == 0 && top == 0 && number(w0, w1) >= self.width && number(h0, h1) >= self.height;
        // What the first frame leaves uncovered stays transparent.
        self.has_alpha |= self.frames == 0 && !covers;
        self.frames = self.frames.saturating_add(1);
        // The byte between the palette and the data is the code size.
        let data = rest
            .get(palette_bytes(packed) + 1..)
            .ok_or_else(cut_short)?;
        skip_blocks(data)
    }
}

const fn palette_bytes(packed: u8) -> usize {
    if packed & 0x80 == 0 {
        0
    } else {
        3 << ((packed & 7) + 1)
    }
}

/// Skips data blocks up to and with the empty one.
fn skip_blocks(mut bytes: &[u8]) -> Result<&[u8], CodecError> {
    loop {
        let (&length, rest) = bytes.split_first().ok_or_else(cut_short)?;
        if length == 0 {
            return Ok(rest);
        }
        bytes = rest.get(usize::from(length)..).ok_or_else(cut_short)?;
    }
}

fn cut_short() -> CodecError {
    corrupt("it ends before its trailer")
}

fn corrupt(reason: &str) -> CodecError {
    CodecError::Corrupt {
        format: "GIF",
        reason: reason.to_owned(),
    }
}
