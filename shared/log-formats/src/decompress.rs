use std::io::{self, BufRead, Read};

use flate2::bufread::MultiGzDecoder;

/// The most memory a zstd frame may ask for: 2^23 bytes.
const ZSTD_WINDOW_LOG: u32 = 23;

/// A stream that is decompressed while it is read.
pub enum Decompressed<R: BufRead> {
    /// As it came.
    Plain(R),
    /// From gzip.
    Gzip(Box<MultiGzDecoder<R>>),
    /// From zstd.
    Zstd(Box<zstd::stream::read::Decoder<'static, R>>),
}

impl<R: BufRead> Decompressed<R> {
    /// Looks at the stream's first four bytes, which its first buffer must hold, and
    /// decompresses what needs it: names and headers are not to be relied on.
    ///
    /// # Errors
    /// When the stream cannot be read, and for a Parquet file, which has no lines.
    pub fn new(mut stream: R) -> io::Result<Self> {
        Ok(match stream.fill_buf()? {
            [0x1f, 0x8b, ..] => Self::Gzip(Box::new(MultiGzDecoder::new(stream))),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(stream)?;
                decoder.window_log_max(ZSTD_WINDOW_LOG)?;
                Self::Zstd(Box::new(decoder))
            }
            [b'P', b'A', b'R', b'1', ..] => {
                let fault = "a Parquet file is no log of lines: let it be delivered as text";
                return Err(io::Error::new(io::ErrorKind::InvalidData, fault));
            }
            _ => Self::Plain(stream),
        })
    }
}

impl<R: BufRead> Read for Decompressed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(buffer),
            Self::Gzip(stream) => stream.read(buffer),
            Self::Zstd(stream) => stream.read(buffer),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    fn decompress(bytes: &[u8]) -> io::Result<String> {
        let mut text = String::new();
        Decompressed::new(bytes)?.read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn members_and_frames_are_one_stream() {
        let members = [gzip("one\n"), gzip("two\n")].concat();
        assert_eq!(decompress(&members).unwrap(), "one\ntwo\n");
        let frames = [
            zstd::encode_all(&b"one\n"[..], 1),
            zstd::encode_all(&b"two\n"[..], 1),
        ];
        let frames: Vec<u8> = frames.into_iter().flat_map(Result::unwrap).collect();
        assert_eq!(decompress(&frames).unwrap(), "one\ntwo\n");
        assert_eq!(decompress(b"plain").unwrap(), "plain");
        assert_eq!(decompress(b"").unwrap(), "");
    }

    #[test]
    fn a_parquet_file_is_refused_by_name() {
        let error = decompress(b"PAR1....PAR1").unwrap_err();
        assert!(error.to_string().contains("Parquet"), "{error}");
    }

    #[test]
    fn a_truncated_stream_is_a_fault() {
        let whole = gzip(&"a line of a log\n".repeat(100));
        assert!(decompress(&whole[..whole.len() - 9]).is_err());
    }
}
