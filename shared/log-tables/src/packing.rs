//! Numbers as Parquet packs them: runs, and groups of eight with as few bits as they take.
//! <https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE>

/// Bits that the numbers below `count` take.
pub(crate) fn bit_width(count: usize) -> u8 {
    let largest = count.saturating_sub(1);
    u8::try_from(usize::BITS - largest.leading_zeros()).unwrap_or(32)
}

/// The hybrid of run lengths and packed bits: equal numbers as a run, where eight or more
/// follow each other, the rest packed in groups of eight.
pub(crate) fn pack(numbers: &[u32], width: u8, out: &mut Vec<u8>) {
    let (mut from, mut at) = (0, 0);
    while at < numbers.len() {
        let run = numbers[at..]
            .iter()
            .take_while(|number| **number == numbers[at])
            .count();
        // Groups begin at multiples of eight after `from`: a run lends what fills one.
        let lent = (8 - (at - from) % 8) % 8;
        if run < 8 + lent {
            at += run;
            continue;
        }
        pack_groups(&numbers[from..at + lent], width, out);
        put_varint(((run - lent) as u64) << 1, out);
        out.extend_from_slice(&numbers[at].to_le_bytes()[..usize::from(width.div_ceil(8))]);
        at += run;
        from = at;
    }
    pack_groups(&numbers[from..], width, out);
}

fn pack_groups(numbers: &[u32], width: u8, out: &mut Vec<u8>) {
    if numbers.is_empty() {
        return;
    }
    let groups = numbers.len().div_ceil(8);
    put_varint((groups as u64) << 1 | 1, out);
    let (mut bits, mut count) = (0u64, 0u32);
    let padding = std::iter::repeat_n(0, groups * 8 - numbers.len());
    for number in numbers.iter().copied().chain(padding) {
        bits |= u64::from(number) << count;
        count += u32::from(width);
        while count >= 8 {
            out.push(bits.to_le_bytes()[0]);
            bits >>= 8;
            count -= 8;
        }
    }
}

fn put_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}
