//! A plain sequential JPEG's tables and data, for [`jpeg_dc`](crate::jpeg_dc):
//! [ITU-T T.81], annex B.
//!
//! [ITU-T T.81]: https://www.w3.org/Graphics/JPEG/itu-t81.pdf

use memchr::memchr;

use crate::Subsampling;
use crate::jpeg_header::split_segment;
use crate::jpeg_huffman::HuffmanCode;

/// Zeros after the data, for windows that reach beyond it.
const PADDING: usize = 8;

/// One scan of the whole picture.
#[derive(Debug)]
pub(crate) struct JpegScan<'a> {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) components: Vec<Component>,
    /// Units (MCUs) between restart markers; 0 for no markers.
    pub(crate) restart_interval: usize,
    pub(crate) dc_codes: [Option<HuffmanCode<'a>>; 4],
    pub(crate) ac_codes: [Option<HuffmanCode<'a>>; 4],
    /// The coded pixels and what follows them.
    data: &'a [u8],
}

/// A component and the tables it uses.
#[derive(Debug)]
pub(crate) struct Component {
    id: u8,
    /// Blocks across and down in a unit (MCU).
    pub(crate) factors: (usize, usize),
    quantization: usize,
    /// What a DC coefficient counts.
    pub(crate) dc_step: i32,
    /// Place of its table in [`JpegScan::dc_codes`].
    pub(crate) dc_code: usize,
    /// Place of its table in [`JpegScan::ac_codes`].
    pub(crate) ac_code: usize,
}

/// The coded pixels without stuffing and markers.
#[derive(Debug)]
pub(crate) struct EntropyData {
    /// All segments, and [`PADDING`].
    pub(crate) bytes: Vec<u8>,
    /// Where each segment (between restart markers) ends.
    pub(crate) ends: Vec<usize>,
}

impl<'a> JpegScan<'a> {
    /// Reads up to the scan. `None` for everything but Huffman-coded sequential
    /// pictures of 8 bits, with 8-bit quantization tables, grey or of three
    /// components whose last two are not divided into more blocks than one.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut scan = Self {
            width: 0,
            height: 0,
            components: Vec::new(),
            restart_interval: 0,
            dc_codes: [None; 4],
            ac_codes: [None; 4],
            data: &[],
        };
        let mut dc_steps = [None; 4];
        let mut rest = bytes.strip_prefix(&[0xFF, 0xD8])?;
        loop {
            let &[0xFF, marker, ref after @ ..] = rest else {
                return None;
            };
            let (segment, after) = split_segment(after).ok()?;
            match marker {
                0xC0 | 0xC1 if scan.components.is_empty() => scan.take_frame(segment)?,
                0xC4 => scan.take_codes(segment)?,
                0xDA => {
                    scan.take_scan(segment, &dc_steps)?;
                    scan.data = after;
                    return Some(scan);
                }
                0xDB => take_dc_steps(segment, &mut dc_steps)?,
                0xDD => scan.restart_interval = u16::from_be_bytes(*segment.as_array()?).into(),
                0xE0..=0xEF | 0xFE if is_known(marker, segment) => {}
                _ => return None,
            }
            rest = after;
        }
    }

    /// Frame header (T.81, B.2.2).
    fn take_frame(&mut self, segment: &[u8]) -> Option<()> {
        let &[8, h1, h0, w1, w0, count, ref components @ ..] = segment else {
            return None;
        };
        self.height = u16::from_be_bytes([h1, h0]).into();
        self.width = u16::from_be_bytes([w1, w0]).into();
        let (components, []) = components.as_chunks() else {
            return None;
        };
        self.components = components
            .iter()
            .map(|&[id, factors, quantization]| Component {
                id,
                factors: (usize::from(factors >> 4), usize::from(factors & 15)),
                quantization: quantization.into(),
                dc_step: 0,
                dc_code: 0,
                ac_code: 0,
            })
            .collect();
        let plain = match &*self.components {
            [gray] => gray.factors == (1, 1),
            [y, u, v] => {
                matches!(y.factors, (1 | 2, 1 | 2)) && u.factors == (1, 1) && v.factors == (1, 1)
            }
            _ => false,
        };
        (plain && usize::from(count) == components.len() && self.width > 0 && self.height > 0)
            .then_some(())
    }

    /// Huffman tables (T.81, B.2.4.2).
    fn take_codes(&mut self, mut segment: &'a [u8]) -> Option<()> {
        while let [class_and_place, rest @ ..] = segment {
            let (counts, rest) = rest.split_first_chunk()?;
            let length = counts.iter().map(|&count| usize::from(count)).sum();
            let (symbols, rest) = rest.split_at_checked(length)?;
            let codes = match class_and_place >> 4 {
                0 => &mut self.dc_codes,
                1 => &mut self.ac_codes,
                _ => return None,
            };
            *codes.get_mut(usize::from(class_and_place & 15))? =
                Some(HuffmanCode { counts, symbols });
            segment = rest;
        }
        Some(())
    }

    /// Scan header (T.81, B.2.3), of a scan with all components in their order.
    fn take_scan(&mut self, segment: &[u8], dc_steps: &[Option<u8>; 4]) -> Option<()> {
        let (&count, rest) = segment.split_first()?;
        let (selectors, &[0, 63, 0]) = rest.split_last_chunk()? else {
            return None;
        };
        let (selectors, []) = selectors.as_chunks() else {
            return None;
        };
        if self.components.is_empty()
            || selectors.len() != self.components.len()
            || selectors.len() != usize::from(count)
        {
            return None;
        }
        for (component, &[id, places]) in self.components.iter_mut().zip(selectors) {
            if component.id != id {
                return None;
            }
            component.dc_code = usize::from(places >> 4);
            component.ac_code = usize::from(places & 15);
            component.dc_step = i32::from((*dc_steps.get(component.quantization)?)?);
        }
        Some(())
    }

    /// How the components relate.
    pub(crate) fn subsampling(&self) -> Option<Subsampling> {
        match &*self.components {
            [_] => Some(Subsampling::Gray),
            [y, ..] => [
                Subsampling::S444,
                Subsampling::S422,
                Subsampling::S420,
                Subsampling::S440,
            ]
            .into_iter()
            .find(|subsampling| subsampling.factors() == y.factors),
            [] => None,
        }
    }

    /// The data up to the end of the picture. `None` where other markers than
    /// those of restarts, in their order, come before it.
    pub(crate) fn entropy_data(&self) -> Option<EntropyData> {
        let mut rest = self.data;
        let mut bytes = Vec::with_capacity(rest.len() + PADDING);
        let mut ends = Vec::new();
        loop {
            let (plain, from_marker) = rest.split_at_checked(memchr(0xFF, rest)?)?;
            bytes.extend_from_slice(plain);
            rest = match from_marker {
                [_, 0, after @ ..] => {
                    bytes.push(0xFF);
                    after
                }
                [_, restart @ 0xD0..=0xD7, after @ ..]
                    if usize::from(restart & 7) == ends.len() % 8 =>
                {
                    ends.push(bytes.len());
                    after
                }
                [_, 0xD9, ..] => break,
                _ => return None,
            };
        }
        ends.push(bytes.len());
        bytes.extend([0; PADDING]);
        Some(EntropyData { bytes, ends })
    }
}

/// False for the segments libjpeg warns of: a JFIF of another version than 1, and
/// an Adobe segment with a colour transform of its own.
fn is_known(marker: u8, segment: &[u8]) -> bool {
    match marker {
        0xE0 => !segment.starts_with(b"JFIF\0") || segment.get(5) == Some(&1),
        0xEE => !segment.starts_with(b"Adobe") || matches!(segment.get(11), Some(0 | 1)),
        _ => true,
    }
}

/// Quantization tables (T.81, B.2.4.1): of each, what counts for DC.
fn take_dc_steps(segment: &[u8], dc_steps: &mut [Option<u8>; 4]) -> Option<()> {
    let (tables, []) = segment.as_chunks::<65>() else {
        return None;
    };
    for [precision_and_place, dc_step, ..] in tables {
        *dc_steps.get_mut(usize::from(*precision_and_place))? = Some(*dc_step);
    }
    Some(())
}
