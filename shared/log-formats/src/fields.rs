//! Where a line's fields begin and end.

use wide::u8x16;

/// More fields than any format has; what follows is not looked at.
pub(crate) const MAX_FIELDS: usize = 96;

/// Ends of the fields of one line.
#[derive(Debug)]
pub(crate) struct Fields {
    bounds: [(u32, u32); MAX_FIELDS],
    count: usize,
}

impl Default for Fields {
    fn default() -> Self {
        Self {
            bounds: [(0, 0); MAX_FIELDS],
            count: 0,
        }
    }
}

impl Fields {
    pub(crate) const fn len(&self) -> usize {
        self.count
    }

    /// A field's bytes; empty when the line has no such field.
    #[inline]
    pub(crate) fn get<'a>(&self, line: &'a [u8], index: usize) -> &'a [u8] {
        if index >= self.count {
            return &[];
        }
        let (from, to) = self.bounds[index];
        line.get(from as usize..to as usize).unwrap_or(&[])
    }

    /// Cuts at each separator, and stops after `most` fields: what follows is not looked at.
    pub(crate) fn split(&mut self, line: &[u8], separator: u8, most: usize) {
        self.count = 0;
        let (most, mut from) = (most.min(MAX_FIELDS), 0);
        each_position(line, separator, separator, |at| {
            self.push(&mut from, at);
            self.count < most
        });
        if self.count < most {
            let end = u32::try_from(line.len()).unwrap_or(u32::MAX);
            self.push(&mut from, end);
        }
    }

    #[inline]
    fn push(&mut self, from: &mut u32, to: u32) {
        if self.count < MAX_FIELDS {
            self.bounds[self.count] = (*from, to);
            self.count += 1;
        }
        *from = to + 1;
    }

    /// Cuts at blanks, except within double quotes, which are not part of their field, and
    /// stops after `most` fields. A backslash in a quoted field protects the character after
    /// it.
    pub(crate) fn split_quoted(&mut self, line: &[u8], most: usize) {
        self.count = 0;
        let (most, mut from, mut quoted) = (most.min(MAX_FIELDS), 0u32, false);
        each_position(line, b' ', b'"', |at| {
            let index = at as usize;
            match (line[index], quoted) {
                (b' ', false) => self.push_quoted(line, &mut from, at),
                (b'"', false) if at == from => quoted = true,
                (b'"', true) if !is_escaped(line, from as usize + 1, index) => quoted = false,
                _ => {}
            }
            self.count < most
        });
        if self.count < most {
            let end = u32::try_from(line.len()).unwrap_or(u32::MAX);
            self.push_quoted(line, &mut from, end);
        }
    }

    #[inline]
    fn push_quoted(&mut self, line: &[u8], from: &mut u32, to: u32) {
        let (start, end) = (*from, to);
        let is_quoted =
            end > start + 1 && line[start as usize] == b'"' && line[end as usize - 1] == b'"';
        if is_quoted {
            *from = start + 1;
            self.push(from, end - 1);
        } else {
            self.push(from, end);
        }
        *from = end + 1;
    }
}

/// Whether an odd number of backslashes stands before a quote.
fn is_escaped(line: &[u8], from: usize, quote: usize) -> bool {
    let before = line.get(from..quote).unwrap_or(&[]);
    before
        .iter()
        .rev()
        .take_while(|&&byte| byte == b'\\')
        .count()
        % 2
        == 1
}

/// Calls back with the position of each of two bytes until it has enough, sixteen bytes at a
/// time: lines have a separator every dozen bytes, for which a search each is too slow.
#[inline]
fn each_position(line: &[u8], one: u8, other: u8, mut go_on: impl FnMut(u32) -> bool) {
    let (ones, others) = (u8x16::splat(one), u8x16::splat(other));
    let mask_of = |bytes: [u8; 16]| {
        let bytes = u8x16::new(bytes);
        (bytes.simd_eq(ones) | bytes.simd_eq(others)).to_bitmask()
    };
    let mut base = 0u32;
    let (blocks, rest) = line.as_chunks::<16>();
    for bytes in blocks {
        let mut mask = mask_of(*bytes);
        while mask != 0 {
            if !go_on(base + mask.trailing_zeros()) {
                return;
            }
            mask &= mask - 1;
        }
        base += 16;
    }
    let mut last = [0; 16];
    last[..rest.len()].copy_from_slice(rest);
    let mut mask = mask_of(last) & ((1 << rest.len()) - 1);
    while mask != 0 && go_on(base + mask.trailing_zeros()) {
        mask &= mask - 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn quoted(line: &str) -> Vec<String> {
        let mut fields = Fields::default();
        fields.split_quoted(line.as_bytes(), MAX_FIELDS);
        (0..fields.len())
            .map(|index| String::from_utf8_lossy(fields.get(line.as_bytes(), index)).into_owned())
            .collect()
    }

    #[test]
    fn quotes_hold_blanks_and_escaped_quotes() {
        assert_eq!(quoted(r#"a "b c" d"#), ["a", "b c", "d"]);
        assert_eq!(quoted(r#"a "b \" c" """#), ["a", r#"b \" c"#, ""]);
        assert_eq!(quoted(r#""x\\" y"#), [r"x\\", "y"]);
        assert_eq!(quoted(r#""open y"#), [r#""open y"#]);
        assert_eq!(quoted(""), [""]);
        assert_eq!(quoted(r#"a"b c"#), [r#"a"b"#, "c"]);
    }

    proptest! {
        #[test]
        fn separators_cut_as_the_standard_library_does(line in "[a-c\t]{0,80}", most in 1usize..90) {
            let mut fields = Fields::default();
            fields.split(line.as_bytes(), b'\t', most);
            let expected: Vec<_> = line.split('\t').collect();
            prop_assert_eq!(fields.len(), expected.len().min(most));
            for (index, field) in expected.iter().take(most).enumerate() {
                prop_assert_eq!(fields.get(line.as_bytes(), index), field.as_bytes());
            }
        }

        #[test]
        fn quoted_splitting_never_panics(line in proptest::collection::vec(any::<u8>(), 0..300)) {
            let mut fields = Fields::default();
            fields.split_quoted(&line, MAX_FIELDS);
            for index in 0..fields.len() + 1 {
                let _ = fields.get(&line, index);
            }
        }
    }
}
