//! Frames to an animated GIF, each written as what changed since the last.

use color_quant::NeuQuant;
use gif::{DisposalMethod, Encoder, Repeat};

use crate::png_encode::index;
use crate::{CodecError, Frame};

const FORMAT: &str = "GIF";
/// Pixels at least this opaque are shown; GIF knows nothing between.
const OPAQUE_FROM: u8 = 128;
/// A frame of fewer pixels is learnt from whole, whatever the speed.
const LEARNT_PIXELS: usize = 20_000;
const CLEAR: [u8; 4] = [0; 4];

/// How to write a GIF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GifOptions {
    /// 1 (best colours) to 30 (fastest): the palette of a large frame is learnt
    /// from one in this many pixels.
    pub speed: u8,
}

impl Default for GifOptions {
    fn default() -> Self {
        Self { speed: 10 }
    }
}

/// Writes a GIF frame by frame. A single frame makes a still GIF.
pub struct GifWriter {
    encoder: Encoder<Vec<u8>>,
    width: u16,
    height: u16,
    options: GifOptions,
    /// The frame to be written when it is known how it has to be disposed of.
    pending: Option<Pending>,
}

/// A canvas and what is on the screen before it is drawn.
struct Pending {
    canvas: Vec<[u8; 4]>,
    before: Vec<[u8; 4]>,
    delay_ms: u32,
}

impl GifWriter {
    /// Starts a GIF of this size that is played `loop_count` times, 0 for ever.
    ///
    /// # Errors
    /// [`CodecError::Encode`] where a side is 0 or above 65,535.
    pub fn new(
        width: u32,
        height: u32,
        loop_count: u32,
        options: &GifOptions,
    ) -> Result<Self, CodecError> {
        let side = |side: u32| {
            u16::try_from(side)
                .ok()
                .filter(|&side| side > 0)
                .ok_or_else(|| {
                    encode_error(&format!(
                        "a side of {side} pixels is not between 1 and 65535"
                    ))
                })
        };
        let (width, height) = (side(width)?, side(height)?);
        let mut encoder = Encoder::new(Vec::new(), width, height, &[]).map_err(failed)?;
        match loop_count {
            0 => encoder.set_repeat(Repeat::Infinite).map_err(failed)?,
            // Without the extension a GIF is played once.
            1 => {}
            plays => {
                let repeats = u16::try_from(plays - 1).unwrap_or(u16::MAX);
                encoder
                    .set_repeat(Repeat::Finite(repeats))
                    .map_err(failed)?;
            }
        }
        Ok(Self {
            encoder,
            width,
            height,
            options: *options,
            pending: None,
        })
    }

    /// Adds a canvas of the GIF's size.
    ///
    /// # Errors
    /// [`CodecError::Encode`] where the canvas is of another size.
    pub fn push(&mut self, frame: &Frame) -> Result<(), CodecError> {
        frame.canvas.check(FORMAT)?;
        if (frame.canvas.width, frame.canvas.height)
            != (u32::from(self.width), u32::from(self.height))
        {
            return Err(encode_error("a frame is not as large as the animation"));
        }
        let (pixels, _) = frame.canvas.data.as_chunks::<4>();
        let canvas: Vec<[u8; 4]> = pixels
            .iter()
            .map(|&pixel| to_one_bit_alpha(pixel))
            .collect();
        let before = match self.pending.take() {
            None => vec![CLEAR; canvas.len()],
            Some(pending) => self.write_before(pending, &canvas)?,
        };
        self.pending = Some(Pending {
            canvas,
            before,
            delay_ms: frame.delay_ms,
        });
        Ok(())
    }

    /// Ends the GIF.
    ///
    /// # Errors
    /// [`CodecError::Encode`] where there was no frame.
    pub fn finish(mut self) -> Result<Vec<u8>, CodecError> {
        let pending = self
            .pending
            .take()
            .ok_or_else(|| encode_error("there is no frame"))?;
        self.write(&pending, self.changed(&pending), DisposalMethod::Keep)?;
        self.encoder.into_inner().map_err(failed)
    }

    /// Writes `pending`, knowing that `next` follows; gives what is then on the screen.
    fn write_before(
        &mut self,
        pending: Pending,
        next: &[[u8; 4]],
    ) -> Result<Vec<[u8; 4]>, CodecError> {
        let uncovers = pending
            .canvas
            .iter()
            .zip(next)
            .any(|(&was, &is)| is == CLEAR && was != CLEAR);
        if uncovers {
            // Only disposal makes a pixel transparent again: clear the whole canvas.
            let whole = Area {
                left: 0,
                top: 0,
                width: self.width,
                height: self.height,
            };
            self.write(&pending, whole, DisposalMethod::Background)?;
            return Ok(vec![CLEAR; pending.canvas.len()]);
        }
        self.write(&pending, self.changed(&pending), DisposalMethod::Keep)?;
        Ok(pending.canvas)
    }

    fn write(
        &mut self,
        pending: &Pending,
        area: Area,
        dispose: DisposalMethod,
    ) -> Result<(), CodecError> {
        let pixels = self.cut(pending, area);
        let (buffer, palette) = index(&pixels).unwrap_or_else(|| self.quantise(&pixels));
        let transparent = palette
            .iter()
            .zip(0..=u8::MAX)
            .find(|(entry, _)| **entry == CLEAR);
        let frame = gif::Frame {
            // GIF counts in hundredths of a second.
            delay: u16::try_from((pending.delay_ms + 5) / 10).unwrap_or(u16::MAX),
            dispose,
            transparent: transparent.map(|(_, number)| number),
            left: area.left,
            top: area.top,
            width: area.width,
            height: area.height,
            palette: Some(
                palette
                    .iter()
                    .flat_map(|&[red, green, blue, _]| [red, green, blue])
                    .collect(),
            ),
            buffer: buffer.into(),
            ..gif::Frame::default()
        };
        self.encoder.write_frame(&frame).map_err(failed)
    }

    /// The pixels of an area, clear where the screen shows them already.
    fn cut(&self, pending: &Pending, area: Area) -> Vec<[u8; 4]> {
        let stride = usize::from(self.width);
        let columns = usize::from(area.left)..usize::from(area.left) + usize::from(area.width);
        let rows = pending
            .canvas
            .chunks(stride)
            .zip(pending.before.chunks(stride));
        rows.skip(usize::from(area.top))
            .take(usize::from(area.height))
            .filter_map(|(row, before)| {
                Some((row.get(columns.clone())?, before.get(columns.clone())?))
            })
            .flat_map(|(row, before)| row.iter().zip(before))
            .map(|(&pixel, &before)| if pixel == before { CLEAR } else { pixel })
            .collect()
    }

    /// The smallest area with all that changed; one pixel where nothing did.
    fn changed(&self, pending: &Pending) -> Area {
        let stride = usize::from(self.width);
        let rows = pending
            .canvas
            .chunks(stride)
            .zip(pending.before.chunks(stride));
        let (mut left, mut right) = (stride, 0);
        let (mut top, mut bottom) = (None, 0);
        for (number, (row, before)) in rows.enumerate() {
            let differs = |(pixel, before): (&[u8; 4], &[u8; 4])| pixel != before;
            let Some(first) = row.iter().zip(before).position(differs) else {
                continue;
            };
            let last = row.iter().zip(before).rposition(differs).unwrap_or(first);
            (left, right) = (left.min(first), right.max(last));
            top = top.or(Some(number));
            bottom = number;
        }
        let side = |from: usize, to: usize| u16::try_from(to + 1 - from).unwrap_or(u16::MAX);
        let at = |position: usize| u16::try_from(position).unwrap_or_default();
        match top {
            None => Area {
                left: 0,
                top: 0,
                width: 1,
                height: 1,
            },
            Some(top) => Area {
                left: at(left),
                top: at(top),
                width: side(left, right),
                height: side(top, bottom),
            },
        }
    }

    /// Learns 255 colours; the 256th is clear.
    fn quantise(&self, pixels: &[[u8; 4]]) -> (Vec<u8>, Vec<[u8; 4]>) {
        let shown: Vec<u8> = pixels
            .iter()
            .filter(|&&pixel| pixel != CLEAR)
            .flatten()
            .copied()
            .collect();
        let step = (shown.len() / 4 / LEARNT_PIXELS)
            .clamp(1, usize::from(self.options.speed.clamp(1, 30)));
        let network = NeuQuant::new(i32::try_from(step).unwrap_or(1), 255, &shown);
        let map = network.color_map_rgba();
        let (entries, _) = map.as_chunks::<4>();
        let mut palette: Vec<[u8; 4]> = entries
            .iter()
            .map(|&[red, green, blue, _]| [red, green, blue, 255])
            .collect();
        palette.push(CLEAR);
        let mut known = std::collections::HashMap::new();
        let indices = pixels
            .iter()
            .map(|pixel| match *pixel {
                CLEAR => 255,
                _ => *known
                    .entry(*pixel)
                    .or_insert_with(|| u8::try_from(network.index_of(pixel)).unwrap_or_default()),
            })
            .collect();
        (indices, palette)
    }
}

/// A part of the canvas, in pixels.
#[derive(Debug, Clone, Copy)]
struct Area {
    left: u16,
    top: u16,
    width: u16,
    height: u16,
}

const fn to_one_bit_alpha([red, green, blue, alpha]: [u8; 4]) -> [u8; 4] {
    if alpha < OPAQUE_FROM {
        CLEAR
    } else {
        [red, green, blue, 255]
    }
}

fn failed(error: impl std::fmt::Display) -> CodecError {
    encode_error(&error.to_string())
}

fn encode_error(reason: &str) -> CodecError {
    CodecError::Encode {
        format: FORMAT,
        reason: reason.to_owned(),
    }
}
