//! Plain JPEGs at an eighth of their size, in Rust: each block of 8 × 8 samples
//! gives its mean, which is its DC coefficient, and all else is skipped.
//!
//! Bit for bit what libjpeg-turbo gives, in two thirds of its time or less: it
//! decodes every coefficient. Whatever is not plain, and whatever is damaged, is
//! left to it.

use crate::jpeg_huffman::{AcTable, DcTable};
use crate::jpeg_scan::{Component, EntropyData, JpegScan};
use crate::{Plane, Subsampling};

/// Decodes the planes, their rows padded to whole units (MCUs) of the JPEG.
///
/// `None` for anything but an intact sequential Huffman-coded picture of this
/// size and subsampling in a single scan
/// ([ITU-T T.81](https://www.w3.org/Graphics/JPEG/itu-t81.pdf), annex F).
pub(crate) fn decode(
    bytes: &[u8],
    (width, height): (usize, usize),
    subsampling: Subsampling,
) -> Option<[Plane; 3]> {
    let scan = JpegScan::read(bytes)?;
    if (scan.width, scan.height) != (width, height) || scan.subsampling() != Some(subsampling) {
        return None;
    }
    let data = scan.entropy_data()?;
    let tables = Tables::new(&scan)?;
    let (across, down) = subsampling.factors();
    let units = (width.div_ceil(8 * across), height.div_ceil(8 * down));
    let mut channels = scan
        .components
        .iter()
        .map(|component| Channel::new(component, &tables, units))
        .collect::<Option<Vec<_>>>()?;
    decode_units(&mut channels, &data, units, scan.restart_interval)?;
    let mut planes = channels.into_iter().map(|channel| channel.plane);
    let mut y = planes.next()?;
    (y.width, y.height) = (width.div_ceil(8), height.div_ceil(8));
    let mut chroma = || planes.next().unwrap_or_default();
    Some([y, chroma(), chroma()])
}

/// The tables in use, each once however many components share it.
#[derive(Default)]
struct Tables {
    dc: [Option<Box<DcTable>>; 4],
    ac: [Option<Box<AcTable>>; 4],
}

impl Tables {
    fn new(scan: &JpegScan<'_>) -> Option<Self> {
        let mut tables = Self::default();
        for component in &scan.components {
            let dc = tables.dc.get_mut(component.dc_code)?;
            if dc.is_none() {
                let code = scan.dc_codes.get(component.dc_code)?.as_ref()?;
                *dc = Some(Box::new(DcTable::new(code)?));
            }
            let ac = tables.ac.get_mut(component.ac_code)?;
            if ac.is_none() {
                let code = scan.ac_codes.get(component.ac_code)?.as_ref()?;
                *ac = Some(Box::new(AcTable::new(code)?));
            }
        }
        Some(tables)
    }
}

/// A component on its way to its plane.
struct Channel<'t> {
    dc: &'t DcTable,
    ac: &'t AcTable,
    dc_step: i32,
    /// The DC coefficient of the block before.
    last: i32,
    /// Blocks across and down in a unit.
    factors: (usize, usize),
    plane: Plane,
}

impl<'t> Channel<'t> {
    fn new(
        component: &Component,
        tables: &'t Tables,
        (units_across, units_down): (usize, usize),
    ) -> Option<Self> {
        let (across, down) = component.factors;
        let (width, height) = (units_across * across, units_down * down);
        Some(Self {
            dc: tables.dc.get(component.dc_code)?.as_deref()?,
            ac: tables.ac.get(component.ac_code)?.as_deref()?,
            dc_step: component.dc_step,
            last: 0,
            factors: component.factors,
            plane: Plane {
                data: vec![0; width * height],
                stride: width,
                width,
                height,
            },
        })
    }

    /// Decodes this channel's blocks of one unit; gives the position after them.
    #[inline(always)]
    fn decode_unit(
        &mut self,
        bytes: &[u8],
        mut position: usize,
        (column, row): (usize, usize),
    ) -> Option<usize> {
        let (across, down) = self.factors;
        for y in row * down..(row + 1) * down {
            let start = y * self.plane.stride + column * across;
            for place in start..start + across {
                let (difference, after) = decode_block(self.dc, self.ac, bytes, position)?;
                position = after;
                // libjpeg's overflow wraps too.
                self.last = self.last.wrapping_add(difference);
                *self.plane.data.get_mut(place)? = mean(self.last, self.dc_step);
            }
        }
        Some(position)
    }
}

/// `None` where the data does not last, or lasts too long before a restart.
fn decode_units(
    channels: &mut [Channel<'_>],
    data: &EntropyData,
    (across, down): (usize, usize),
    restart_interval: usize,
) -> Option<()> {
    let units = across * down;
    let interval = match restart_interval {
        0 => units,
        interval => interval,
    };
    if data.ends.len() != units.div_ceil(interval) {
        return None;
    }
    let (mut column, mut row) = (0, 0);
    let mut start = 0;
    for (segment, &end) in data.ends.iter().enumerate() {
        let mut position = start * 8;
        channels.iter_mut().for_each(|channel| channel.last = 0);
        let before = segment * interval;
        for _ in before..units.min(before + interval) {
            for channel in &mut *channels {
                position = channel.decode_unit(&data.bytes, position, (column, row))?;
            }
            if position > end * 8 {
                return None;
            }
            column += 1;
            if column == across {
                (column, row) = (0, row + 1);
            }
        }
        // Stray bytes at the very end cost no pixel.
        if segment + 1 < data.ends.len() && position.div_ceil(8) != end {
            return None;
        }
        start = end;
    }
    Some(())
}

/// The block's DC difference, and the position (in bits) after its last coefficient.
#[inline(always)]
fn decode_block(
    dc: &DcTable,
    ac: &AcTable,
    bytes: &[u8],
    mut position: usize,
) -> Option<(i32, usize)> {
    let mut window = window_at(bytes, position)?;
    let (difference, bits) = dc.difference(window)?;
    window <<= bits;
    position += bits as usize;
    let mut next = 1;
    // A window has 57 bits at least, and a step takes 31 at most, of which it
    // must see 12: after the DC difference there is one step, then two a window.
    loop {
        let skipped = ac.skip(window, next, || window_at(bytes, position))?;
        position += skipped.bits as usize;
        if skipped.block_ended {
            return Some((difference, position));
        }
        window = window_at(bytes, position)?;
        let skipped = ac.skip(window, skipped.next, || Some(window))?;
        position += skipped.bits as usize;
        if skipped.block_ended {
            return Some((difference, position));
        }
        window <<= skipped.bits;
        next = skipped.next;
    }
}

/// The bits from a position on, 57 at least.
#[inline(always)]
fn window_at(bytes: &[u8], position: usize) -> Option<u64> {
    let next = bytes.get(position / 8..)?.first_chunk()?;
    Some(u64::from_be_bytes(*next) << (position % 8))
}

/// The mean of a block's samples (T.81, A.3.3 with AC 0), rounded and wrapped as
/// libjpeg does it.
#[inline(always)]
const fn mean(dc: i32, step: i32) -> u8 {
    let scaled = (dc as i16 as i32 * step + 4) >> 3;
    let wrapped = scaled << 22 >> 22;
    let sample = wrapped + 128;
    if sample < 0 {
        0
    } else if sample > 255 {
        255
    } else {
        sample as u8
    }
}

#[cfg(test)]
#[path = "jpeg_dc_tests.rs"]
mod tests;
