use std::io::{self, Read};

/// How much is read at once; with the longest line, all the memory that reading takes.
const CHUNK_BYTES: usize = 128 * 1024;

/// Bounds of what is read.
#[derive(Debug, Clone, Copy)]
pub struct LineLimits {
    /// The longest line, in bytes, without its end. Longer ones are counted and passed over.
    pub max_line_bytes: usize,
    /// The most bytes of one stream after decompression: a bomb ends here.
    pub max_bytes: u64,
}

impl Default for LineLimits {
    fn default() -> Self {
        Self {
            max_line_bytes: 1 << 20,
            max_bytes: 16 << 30,
        }
    }
}

/// What was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LineTotals {
    /// Lines, without empty ones and too long ones.
    pub lines: u64,
    /// Bytes, with the ends of lines.
    pub bytes: u64,
    /// Lines longer than allowed.
    pub too_long: u64,
}

/// Why reading ended before the stream did. The lines before it were handed over.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// The stream broke off or is not what it begins as.
    #[error("read line {} of the log", read.lines + 1)]
    Read {
        /// What was read before.
        read: LineTotals,
        /// The fault.
        source: io::Error,
    },
    /// The stream is larger than allowed.
    #[error("the log has more than {max_bytes} bytes, which is the most that is read of one")]
    TooLarge {
        /// What was read before.
        read: LineTotals,
        /// The limit.
        max_bytes: u64,
    },
}

impl LineError {
    /// What was read before the fault.
    #[must_use]
    pub const fn read(&self) -> LineTotals {
        match self {
            Self::Read { read, .. } | Self::TooLarge { read, .. } => *read,
        }
    }
}

/// Hands over each line of a stream, without its end (`\n` or `\r\n`). However the stream is
/// cut into reads, the lines are the same.
///
/// # Errors
/// When the stream breaks off or is too large, with what was read before.
pub fn read_lines(
    mut stream: impl Read,
    limits: &LineLimits,
    mut each: impl FnMut(&[u8]),
) -> Result<LineTotals, LineError> {
    let mut totals = LineTotals::default();
    let mut buffer = vec![0; CHUNK_BYTES];
    // What stands in the buffer of a line that has not ended.
    let mut held = 0;
    let mut skipping = false;
    loop {
        if held == buffer.len() {
            if held > limits.max_line_bytes {
                skipping = true;
                held = 0;
            } else {
                buffer.resize(buffer.len() * 2, 0);
            }
        }
        let count = match stream.read(&mut buffer[held..]) {
            Ok(0) => break,
            Ok(count) => count,
            Err(source) if source.kind() == io::ErrorKind::Interrupted => continue,
            Err(source) => {
                return Err(LineError::Read {
                    read: totals,
                    source,
                });
            }
        };
        totals.bytes += count as u64;
        if totals.bytes > limits.max_bytes {
            let max_bytes = limits.max_bytes;
            return Err(LineError::TooLarge {
                read: totals,
                max_bytes,
            });
        }
        let filled = held + count;
        let mut from = 0;
        for end in memchr::memchr_iter(b'\n', &buffer[held..filled]) {
            let end = held + end;
            if skipping {
                skipping = false;
                totals.too_long += 1;
            } else {
                hand_over(&buffer[from..end], limits, &mut totals, &mut each);
            }
            from = end + 1;
        }
        buffer.copy_within(from..filled, 0);
        held = filled - from;
    }
    if skipping {
        totals.too_long += 1;
    } else {
        hand_over(&buffer[..held], limits, &mut totals, &mut each);
    }
    Ok(totals)
}

#[inline]
fn hand_over(
    line: &[u8],
    limits: &LineLimits,
    totals: &mut LineTotals,
    each: &mut impl FnMut(&[u8]),
) {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.is_empty() {
        return;
    }
    if line.len() > limits.max_line_bytes {
        totals.too_long += 1;
        return;
    }
    totals.lines += 1;
    each(line);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A stream that gives as little as it is told.
    struct Cut<'a>(&'a [u8], usize);

    impl Read for Cut<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(self.1).min(buffer.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn lines(bytes: &[u8], cut: usize, limits: &LineLimits) -> (Vec<Vec<u8>>, LineTotals) {
        let mut lines = Vec::new();
        let totals = read_lines(Cut(bytes, cut), limits, |line| lines.push(line.to_vec())).unwrap();
        (lines, totals)
    }

    #[test]
    fn a_line_of_ten_megabytes_is_counted_and_passed_over() {
        let mut log = b"first\n".to_vec();
        log.extend(vec![b'x'; 10 << 20]);
        log.extend(b"\nlast");
        let (lines, totals) = lines(&log, 65_536, &LineLimits::default());
        assert_eq!(lines, [b"first".to_vec(), b"last".to_vec()]);
        assert_eq!((totals.lines, totals.too_long), (2, 1));
        assert_eq!(totals.bytes, log.len() as u64);
    }

    #[test]
    fn a_bomb_ends_at_the_limit() {
        let limits = LineLimits {
            max_bytes: 1000,
            ..LineLimits::default()
        };
        let error = read_lines(io::repeat(b'\n'), &limits, |_| {}).unwrap_err();
        assert!(error.to_string().contains("more than 1000 bytes"));
    }

    proptest! {
        #[test]
        fn any_cutting_gives_the_same_lines(
            log in "([a-z]{0,12}\r?\n){0,20}[a-z]{0,12}",
            cut in 1usize..40,
            max_line_bytes in 1usize..12,
        ) {
            let limits = LineLimits { max_line_bytes, ..LineLimits::default() };
            let whole = lines(log.as_bytes(), usize::MAX, &limits);
            prop_assert_eq!(&lines(log.as_bytes(), cut, &limits), &whole);
            let expected: Vec<_> = log
                .lines()
                .filter(|line| !line.is_empty() && line.len() <= max_line_bytes)
                .map(|line| line.as_bytes().to_vec())
                .collect();
            prop_assert_eq!(whole.0, expected);
        }
    }
}
