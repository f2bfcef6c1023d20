//! Huffman tables for [`jpeg_dc`](crate::jpeg_dc): [ITU-T T.81], annexes C and F.
//!
//! A window is the next bits of the data, the first one in the top bit. Table
//! entries are 16 bits wide, so that all tables of a picture stay in the first
//! level cache: twice the width costs a third of the speed.
//!
//! [ITU-T T.81]: https://www.w3.org/Graphics/JPEG/itu-t81.pdf

/// What a DHT segment says about one table (T.81, B.2.4.2).
#[derive(Debug, Clone, Copy)]
pub(crate) struct HuffmanCode<'a> {
    /// How many codes there are of 1 to 16 bits.
    pub(crate) counts: &'a [u8; 16],
    /// What the codes stand for, in the order of the codes.
    pub(crate) symbols: &'a [u8],
}

/// Decodes any one code, however long it is.
#[derive(Debug)]
struct AnyCode {
    /// Per length: one past its last code, aligned to the top of 16 bits.
    ends: [u32; 17],
    /// Per length: what to add to a code to get its place among the symbols.
    offsets: [i32; 17],
    symbols: Vec<u8>,
}

impl AnyCode {
    /// `None` where the codes do not fit their lengths.
    fn new(code: &HuffmanCode<'_>) -> Option<Self> {
        let (mut ends, mut offsets) = ([0; 17], [0; 17]);
        let (mut next_code, mut place) = (0_i32, 0_i32);
        let lengths = ends.iter_mut().zip(&mut offsets).zip(0_u32..).skip(1);
        for (((end, offset), length), &count) in lengths.zip(code.counts) {
            *offset = place - next_code;
            next_code += i32::from(count);
            place += i32::from(count);
            // The code of nothing but ones is reserved.
            if next_code >= 1 << length {
                return None;
            }
            *end = u32::try_from(next_code).ok()? << (16 - length);
            next_code <<= 1;
        }
        Some(Self {
            ends,
            offsets,
            symbols: code.symbols.to_vec(),
        })
    }

    /// The length and the symbol of the code the window starts with.
    fn first(&self, window: u64) -> Option<(u32, u8)> {
        let bits = (window >> 48) as u32;
        let length = self.ends.iter().position(|&end| bits < end)?;
        let code = i32::try_from(bits >> (16 - length)).ok()?;
        let place = usize::try_from(code + self.offsets.get(length)?).ok()?;
        Some((length as u32, *self.symbols.get(place)?))
    }

    /// Length and symbol (low byte) by the first bits of a window; 0 where the
    /// code is longer. `SIZE` is 2 to the number of bits.
    fn short_codes<const SIZE: usize>(&self) -> [u16; SIZE] {
        let bits = SIZE.trailing_zeros();
        let mut entries = [0; SIZE];
        for (index, entry) in (0_u64..).zip(&mut entries) {
            if let Some((length, symbol)) = self.first(index << (64 - bits))
                && length <= bits
            {
                *entry = (length as u16) << 8 | u16::from(symbol);
            }
        }
        entries
    }
}

const DC_BITS: u32 = 10;

/// Decodes DC differences (T.81, F.2.2.1).
#[derive(Debug)]
pub(crate) struct DcTable {
    short: [u16; 1 << DC_BITS],
    any: AnyCode,
}

impl DcTable {
    /// `None` where the code is no code for DC differences.
    pub(crate) fn new(code: &HuffmanCode<'_>) -> Option<Self> {
        if code.symbols.iter().any(|&size| size > 15) {
            return None;
        }
        let any = AnyCode::new(code)?;
        let short = any.short_codes();
        Some(Self { short, any })
    }

    /// The difference a window starts with, and the bits it takes, at most 31.
    /// `None` where there is no such code.
    #[inline(always)]
    pub(crate) fn difference(&self, window: u64) -> Option<(i32, u32)> {
        let entry = self.short[(window >> (64 - DC_BITS)) as usize];
        let (length, size) = if entry == 0 {
            let (length, size) = self.any.first(window)?;
            (length, u32::from(size))
        } else {
            (u32::from(entry >> 8), u32::from(entry & 15))
        };
        let after = window << length;
        let magnitude = ((after >> 1) >> (63 - size)) as i32;
        // A leading 0 marks a negative difference.
        let below = if after >> 63 == 0 { (1 << size) - 1 } else { 0 };
        Some((magnitude - below, length + size))
    }
}

const AC_BITS: u32 = 12;
const AC_ENTRIES: usize = 1 << AC_BITS;
/// Coefficients of a block.
const BLOCK: u32 = 64;

/// What an [`AcTable`] skips at once: bits 0 to 4 are the bits of the data, 5 to
/// 10 the coefficients, 15 says that the block ends there.
#[derive(Debug, Clone, Copy)]
struct Skip(u16);

impl Skip {
    /// Too many coefficients for any block: the code is longer than [`AC_BITS`].
    const LONG_CODE: Self = Self(63 << 5);

    const fn new(bits: u32, coefficients: u32, ends_block: bool) -> Self {
        Self((bits | coefficients << 5) as u16 | (ends_block as u16) << 15)
    }

    const fn bits(self) -> u32 {
        self.0 as u32 & 31
    }

    const fn coefficients(self) -> u32 {
        self.0 as u32 >> 5 & 63
    }

    const fn ends_block(self) -> bool {
        self.0 >> 15 == 1
    }
}

/// Skips AC coefficients (T.81, F.2.2.2), several at once.
#[derive(Debug)]
pub(crate) struct AcTable {
    skips: [Skip; AC_ENTRIES],
    any: AnyCode,
}

impl AcTable {
    /// `None` where the codes do not fit their lengths.
    pub(crate) fn new(code: &HuffmanCode<'_>) -> Option<Self> {
        let any = AnyCode::new(code)?;
        let short = any.short_codes::<AC_ENTRIES>();
        let mut skips = [Skip::LONG_CODE; AC_ENTRIES];
        for (index, skip) in skips.iter_mut().enumerate() {
            *skip = widest_skip(&short, index);
        }
        Some(Self { skips, any })
    }

    /// Skips what the first [`AC_BITS`] of a window hold, or one coefficient and
    /// the zeros before it, from coefficient `from` on. `reload` gives a window
    /// of 31 bits at least for the rare long codes. `None` where there is no
    /// such code.
    #[inline(always)]
    pub(crate) fn skip(
        &self,
        window: u64,
        from: u32,
        reload: impl FnOnce() -> Option<u64>,
    ) -> Option<Skipped> {
        let skip = self.skips[(window >> (64 - AC_BITS)) as usize];
        let next = from + skip.coefficients();
        if next < BLOCK {
            return Some(Skipped {
                bits: skip.bits(),
                next,
                block_ended: skip.ends_block(),
            });
        }
        // What follows the last coefficient is the next block's.
        let (length, symbol) = self.any.first(reload()?)?;
        let next = from + coefficients(symbol).unwrap_or(0);
        Some(Skipped {
            bits: length + u32::from(symbol & 15),
            next,
            block_ended: next >= BLOCK || coefficients(symbol).is_none(),
        })
    }
}

/// What was skipped.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Skipped {
    /// Bits of the data, at most 31.
    pub(crate) bits: u32,
    /// The coefficient that comes next.
    pub(crate) next: u32,
    /// The block has no more coefficients.
    pub(crate) block_ended: bool,
}

/// The coefficients a symbol covers, zeros included; `None` for the end of the block.
const fn coefficients(symbol: u8) -> Option<u32> {
    match (symbol >> 4, symbol & 15) {
        (15, 0) => Some(16),
        (_, 0) => None,
        (zeros, _) => Some(zeros as u32 + 1),
    }
}

/// As many symbols as [`AC_BITS`] bits show the codes of.
fn widest_skip(short: &[u16; AC_ENTRIES], index: usize) -> Skip {
    let mut widest = Skip::LONG_CODE;
    let (mut bits, mut skipped) = (0, 0);
    while bits < AC_BITS {
        let entry = short[index << bits & (AC_ENTRIES - 1)];
        let (length, [_, symbol]) = (u32::from(entry >> 8), entry.to_be_bytes());
        if length == 0 || bits + length > AC_BITS {
            break;
        }
        let Some(more) = coefficients(symbol) else {
            return Skip::new(bits + length, skipped, true);
        };
        skipped += more;
        if skipped >= BLOCK {
            break;
        }
        bits += length + u32::from(symbol & 15);
        widest = Skip::new(bits, skipped, false);
    }
    widest
}
