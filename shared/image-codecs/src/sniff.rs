//! What bytes are, by their first few: never by a file's name.

use crate::{CodecError, InputFormat};

/// The format of `bytes`, or an error that says what they look like instead.
pub(crate) fn sniff(bytes: &[u8]) -> Result<InputFormat, CodecError> {
    if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        Ok(InputFormat::Jpeg)
    } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Ok(InputFormat::Png)
    } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        Ok(InputFormat::Gif)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Ok(InputFormat::WebP)
    } else if bytes.starts_with(b"II*\0") || bytes.starts_with(b"MM\0*") {
        Ok(InputFormat::Tiff)
    } else {
        Err(CodecError::UnsupportedFormat {
            found: describe(bytes).to_owned(),
        })
    }
}

/// Magic bytes of what people upload by mistake.
const KNOWN: &[(&[u8], &str)] = &[
    (b"%PDF-", "a PDF document"),
    (b"%!PS", "a PostScript document"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BM", "a BMP picture"),
    (b"\0\0\x01\0", "an icon file"),
    (b"8BPS", "a Photoshop document"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL picture"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 picture"),
    (b"II+\0", "a BigTIFF picture"),
    (b"MM\0+", "a BigTIFF picture"),
    (b"\x1aE\xdf\xa3", "a Matroska or WebM video"),
    (b"OggS", "an Ogg file"),
    (b"ID3", "an MP3 file"),
    (b"RIFF", "a RIFF file that is not WebP"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
];

fn describe(bytes: &[u8]) -> &'static str {
    if bytes.is_empty() {
        return "0 bytes";
    }
    if let Some(brand) = bytes
        .get(4..8)
        .filter(|kind| *kind == b"ftyp")
        .and(bytes.get(8..12))
    {
        return match brand {
            b"avif" | b"avis" => "an AVIF picture",
            b"heic" | b"heix" | b"hevc" | b"heim" | b"heis" | b"mif1" | b"msf1" => "a HEIC picture",
            b"qt  " => "a QuickTime video",
            _ => "an MP4 video",
        };
    }
    if let Some((_, name)) = KNOWN.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return name;
    }
    describe_text(bytes).unwrap_or("an unknown format")
}

/// Tells SVG, HTML, XML and plain text apart; `None` for binary data.
fn describe_text(bytes: &[u8]) -> Option<&'static str> {
    let head = bytes.get(..1024).unwrap_or(bytes);
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    if head
        .iter()
        .any(|&byte| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c))
    {
        return None;
    }
    let text = String::from_utf8_lossy(head).to_ascii_lowercase();
    let text = text.trim_start();
    if text.starts_with("<!doctype html") || text.starts_with("<html") {
        Some("an HTML page")
    } else if text.contains("<svg") {
        Some("an SVG drawing")
    } else if text.starts_with("<?xml") {
        Some("an XML document")
    } else {
        // The cut at the end of `head` may go through a character.
        std::str::from_utf8(head)
            .map_or_else(|error| error.error_len().is_none(), |_| true)
            .then_some("a text")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(bytes: &[u8]) -> String {
        match sniff(bytes) {
            Err(CodecError::UnsupportedFormat { found }) => found,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn knows_the_formats_it_reads() {
        assert_eq!(sniff(&[0xFF, 0xD8, 0xFF, 0xE0]).unwrap(), InputFormat::Jpeg);
        assert_eq!(sniff(b"\x89PNG\r\n\x1a\n").unwrap(), InputFormat::Png);
        assert_eq!(sniff(b"GIF89a").unwrap(), InputFormat::Gif);
        assert_eq!(sniff(b"RIFF\0\0\0\0WEBPVP8 ").unwrap(), InputFormat::WebP);
        assert_eq!(sniff(b"MM\0*\0\0\0\x08").unwrap(), InputFormat::Tiff);
    }

    #[test]
    fn says_what_it_got_instead() {
        assert_eq!(found(b""), "0 bytes");
        assert_eq!(found(b"%PDF-1.7"), "a PDF document");
        assert_eq!(found(b"\0\0\0\x20ftypavif\0\0\0\0"), "an AVIF picture");
        assert_eq!(found(b"\0\0\0\x18ftypheic\0\0\0\0"), "a HEIC picture");
        assert_eq!(found(b"\0\0\0\x18ftypisom\0\0\0\0"), "an MP4 video");
        assert_eq!(
            found(b"PK\x03\x04\x14\0"),
            "a ZIP archive or an office document"
        );
        assert_eq!(
            found(b"<?xml version=\"1.0\"?>\n<svg xmlns=''/>"),
            "an SVG drawing"
        );
        assert_eq!(found(b"\xef\xbb\xbf<!DOCTYPE html><svg>"), "an HTML page");
        assert_eq!(found(b"<?xml version='1.0'?><a/>"), "an XML document");
        assert_eq!(found(b"hello"), "a text");
        assert_eq!(found(&[1, 2, 3, 4, 5, 6, 7, 8]), "an unknown format");
    }
}
