use image_codecs::{InputFormat, Limits};

use crate::Refusal;
use crate::archive;

/// What the form allows.
#[derive(Debug, Clone, Copy)]
pub struct Rule<'a> {
    /// Media types, such as `image/png`.
    pub accept: &'a [String],
    /// Most bytes.
    pub max_bytes: u64,
    /// Most pixels of a picture, all frames of an animation together.
    pub max_pixels: u64,
}

/// What an attachment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// A picture, to be encoded anew: nothing but its pixels is passed on.
    Picture(InputFormat),
    /// Anything else that is allowed, passed on as it is.
    Other(&'static str),
}

impl Content {
    /// The media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Picture(format) => format.mime_type(),
            Self::Other(media_type) => media_type,
        }
    }
}

/// Finds out what `bytes` are. `declared` is the `Content-Type` they were sent with.
///
/// # Errors
/// Why they may not be passed on.
pub fn inspect(bytes: &[u8], declared: &str, rule: &Rule<'_>) -> Result<Content, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::Empty);
    }
    let size = bytes.len() as u64;
    if size > rule.max_bytes {
        return Err(Refusal::TooLarge {
            bytes: size,
            allowed: rule.max_bytes,
        });
    }
    let content = recognise(bytes).map_err(|found| Refusal::Type {
        found,
        allowed: rule.accept.join(", "),
    })?;
    // Text has no magic bytes: a table is text, and the sender knows which it is.
    let content = match content {
        Content::Other("text/plain") if declared == "text/csv" => Content::Other("text/csv"),
        other => other,
    };
    let found = content.media_type();
    if !rule.accept.iter().any(|allowed| allowed == found) {
        return Err(Refusal::Type {
            found: found.to_owned(),
            allowed: rule.accept.join(", "),
        });
    }
    if declared != found {
        return Err(Refusal::Disguised {
            declared: declared.to_owned(),
            found,
        });
    }
    match content {
        Content::Picture(_) => {
            image_codecs::probe(bytes, &limits(rule))
                .map_err(|error| Refusal::Picture(error.to_string()))?;
        }
        Content::Other("application/zip") => archive::inspect(bytes)?,
        Content::Other(_) => {}
    }
    Ok(content)
}

/// What a picture may cost under the form's rule.
#[must_use]
pub const fn limits(rule: &Rule<'_>) -> Limits {
    Limits {
        max_input_bytes: rule.max_bytes,
        max_pixels: rule.max_pixels,
        max_animation_pixels: rule.max_pixels,
        ..Limits::DEFAULT
    }
}

/// The type by content; what it looks like where it is of no type that is known here.
fn recognise(bytes: &[u8]) -> Result<Content, String> {
    match infer::get(bytes).map(|kind| kind.mime_type()) {
        Some("image/jpeg") => Ok(Content::Picture(InputFormat::Jpeg)),
        Some("image/png") => Ok(Content::Picture(InputFormat::Png)),
        Some("image/webp") => Ok(Content::Picture(InputFormat::WebP)),
        Some("image/gif") => Ok(Content::Picture(InputFormat::Gif)),
        Some("application/pdf") => Ok(Content::Other("application/pdf")),
        Some("application/zip") => Ok(Content::Other("application/zip")),
        Some(other) => Err(other.to_owned()),
        None if is_text(bytes) => Ok(Content::Other("text/plain")),
        None => Err("of an unknown type".to_owned()),
    }
}

/// UTF-8 without control characters other than tab and line ends.
fn is_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| {
        text.chars()
            .all(|c| !c.is_control() || matches!(c, '\t' | '\n' | '\r'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accept(types: &[&str]) -> Vec<String> {
        types.iter().map(|name| (*name).to_owned()).collect()
    }

    fn check(bytes: &[u8], declared: &str, types: &[&str]) -> Result<Content, Refusal> {
        let accept = accept(types);
        let rule = Rule {
            accept: &accept,
            max_bytes: 10_000,
            max_pixels: 1_000,
        };
        inspect(bytes, declared, &rule)
    }

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Grayscale);
        let mut writer = encoder.write_header().unwrap();
        let pixels = vec![0; (width * height) as usize];
        writer.write_image_data(&pixels).unwrap();
        writer.finish().unwrap();
        bytes
    }

    const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n";

    #[test]
    fn takes_what_the_form_accepts() {
        let content = check(PDF, "application/pdf", &["image/png", "application/pdf"]);
        assert_eq!(content, Ok(Content::Other("application/pdf")));
        let table = check(b"a;b\r\n1;2\r\n", "text/csv", &["text/csv"]);
        assert_eq!(table, Ok(Content::Other("text/csv")));
    }

    #[test]
    fn tells_a_disguise() {
        let refused = check(PDF, "image/png", &["image/png", "application/pdf"]);
        assert_eq!(
            refused.unwrap_err().to_string(),
            "it was sent as image/png and is application/pdf"
        );
    }

    #[test]
    fn refuses_programs_pages_and_scripts() {
        let elf = [b"\x7fELF".as_slice(), &[0; 64]].concat();
        let windows = [b"MZ".as_slice(), &[0; 64]].concat();
        let html = b"<!DOCTYPE html><script>alert(1)</script>";
        let shell = b"#!/bin/sh\nrm -rf /\n";
        for bytes in [elf.as_slice(), &windows, html, shell] {
            for declared in ["image/png", "text/plain"] {
                let refused = check(bytes, declared, &["image/png", "text/plain"]);
                assert!(
                    matches!(refused, Err(Refusal::Type { .. })),
                    "{declared}: {refused:?}"
                );
            }
        }
    }

    #[test]
    fn refuses_what_is_empty_too_large_or_not_text() {
        assert_eq!(
            check(b"", "text/plain", &["text/plain"]),
            Err(Refusal::Empty)
        );
        let refused = check(&[b'a'; 10_001], "text/plain", &["text/plain"]).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "it has 10001 bytes, at most 10000 are allowed"
        );
        for bytes in [b"a\0b".as_slice(), b"\xff\xfe\x00", b"a\x1b[31m"] {
            assert!(check(bytes, "text/plain", &["text/plain"]).is_err());
        }
    }

    #[test]
    fn refuses_pictures_of_too_many_pixels_and_broken_ones() {
        let photo = png(64, 64);
        let refused = check(&photo, "image/png", &["image/png"]).unwrap_err();
        assert!(
            refused.to_string().contains("max_pixels is 4096"),
            "{refused}"
        );
        let refused = check(&photo[..20], "image/png", &["image/png"]).unwrap_err();
        assert!(matches!(refused, Refusal::Picture(_)), "{refused}");
    }
}
