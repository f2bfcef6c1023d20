//! The few EXIF tags that matter here: orientation, copyright and artist.
//!
//! An EXIF block is a TIFF file without pixels
//! ([CIPA DC-008](https://www.cipa.jp/std/documents/download_e.html?DC-008-Translation-2023-E), 4.5;
//! [TIFF 6.0](https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf), section 2),
//! so the reader serves TIFF headers as well. Only the first directory is read;
//! GPS and thumbnails are never looked at and never written.

use crate::Orientation;

/// Metadata that may survive into an output.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tags {
    /// EXIF Copyright (0x8298).
    pub copyright: Option<String>,
    /// EXIF Artist (0x013B).
    pub artist: Option<String>,
}

impl Tags {
    /// True where there is nothing to write.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.copyright.is_none() && self.artist.is_none()
    }
}

pub(crate) const IMAGE_WIDTH: u16 = 0x0100;
pub(crate) const IMAGE_LENGTH: u16 = 0x0101;
pub(crate) const ORIENTATION: u16 = 0x0112;
pub(crate) const EXTRA_SAMPLES: u16 = 0x0152;
const ARTIST: u16 = 0x013B;
const COPYRIGHT: u16 = 0x8298;

const ASCII: u16 = 2;
const ENTRY_BYTES: usize = 12;
/// Longest text kept of one tag, in bytes.
const MAX_TEXT_BYTES: usize = 1024;

/// The first directory of a TIFF structure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Directory<'a> {
    block: &'a [u8],
    entries: &'a [u8],
    little_endian: bool,
}

impl<'a> Directory<'a> {
    /// Finds the first directory; `None` where the structure is broken.
    pub(crate) fn read(block: &'a [u8]) -> Option<Self> {
        let little_endian = match block.get(..4)? {
            b"II*\0" => true,
            b"MM\0*" => false,
            _ => return None,
        };
        let mut directory = Self {
            block,
            entries: &[],
            little_endian,
        };
        let start = usize::try_from(directory.u32(block.get(4..8)?)?).ok()?;
        let count = usize::from(directory.u16(block.get(start..)?)?);
        let entries = block.get(start.checked_add(2)?..)?;
        // A directory cut short still serves with the entries it has.
        directory.entries = entries.get(..count * ENTRY_BYTES).unwrap_or(entries);
        Some(directory)
    }

    /// The first value of an integer tag (BYTE, SHORT or LONG).
    pub(crate) fn integer(&self, tag: u16) -> Option<u32> {
        let entry = self.entry(tag)?;
        let value = entry.get(8..12)?;
        match self.u16(entry.get(2..)?)? {
            1 => value.first().map(|&byte| u32::from(byte)),
            3 => self.u16(value).map(u32::from),
            4 => self.u32(value),
            _ => None,
        }
    }

    /// An ASCII tag without its closing NULs, at most 1,024 bytes; `None` where it is blank.
    fn text(&self, tag: u16) -> Option<String> {
        let entry = self.entry(tag)?;
        if self.u16(entry.get(2..)?)? != ASCII {
            return None;
        }
        let length = usize::try_from(self.u32(entry.get(4..)?)?).ok()?;
        let bytes = if length <= 4 {
            entry.get(8..8 + length)?
        } else {
            let start = usize::try_from(self.u32(entry.get(8..)?)?).ok()?;
            self.block
                .get(start..start.checked_add(length.min(MAX_TEXT_BYTES))?)?
        };
        // A Copyright may hold a photographer's and an editor's part with a NUL between.
        let text = String::from_utf8_lossy(bytes);
        let parts: Vec<&str> = text
            .split('\0')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect();
        (!parts.is_empty()).then(|| parts.join("; "))
    }

    fn entry(&self, tag: u16) -> Option<&'a [u8]> {
        self.entries
            .chunks_exact(ENTRY_BYTES)
            .find(|entry| self.u16(entry) == Some(tag))
    }

    fn u16(&self, bytes: &[u8]) -> Option<u16> {
        let bytes = *bytes.first_chunk()?;
        Some(if self.little_endian {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        })
    }

    fn u32(&self, bytes: &[u8]) -> Option<u32> {
        let bytes = *bytes.first_chunk()?;
        Some(if self.little_endian {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        })
    }
}

/// The orientation an EXIF block gives; upright where it gives none or nonsense.
pub(crate) fn orientation(block: &[u8]) -> Orientation {
    Directory::read(strip_prefix(block))
        .and_then(|directory| directory.integer(ORIENTATION))
        .and_then(|value| u8::try_from(value).ok())
        .and_then(Orientation::new)
        .unwrap_or_default()
}

/// The tags an EXIF block gives; empty where it is broken.
pub(crate) fn tags(block: &[u8]) -> Tags {
    Directory::read(strip_prefix(block))
        .map(|directory| Tags {
            copyright: directory.text(COPYRIGHT),
            artist: directory.text(ARTIST),
        })
        .unwrap_or_default()
}

/// Some writers put the JPEG segment's name into WebP and PNG chunks too.
fn strip_prefix(block: &[u8]) -> &[u8] {
    block.strip_prefix(b"Exif\0\0").unwrap_or(block)
}

/// An EXIF block with the tags, without a segment name; `None` where there are none.
pub(crate) fn write(tags: &Tags) -> Option<Vec<u8>> {
    let texts: Vec<(u16, &str)> = [(ARTIST, &tags.artist), (COPYRIGHT, &tags.copyright)]
        .into_iter()
        .filter_map(|(tag, text)| Some((tag, text.as_deref()?)))
        .collect();
    if texts.is_empty() {
        return None;
    }
    let count = u16::try_from(texts.len()).ok()?;
    let mut heap_start = 8 + 2 + texts.len() * ENTRY_BYTES + 4;
    let mut block = b"II*\0\x08\0\0\0".to_vec();
    let mut heap = Vec::new();
    block.extend_from_slice(&count.to_le_bytes());
    for (tag, text) in texts {
        let end = text.floor_char_boundary(MAX_TEXT_BYTES - 1);
        let value = [text.get(..end)?.as_bytes(), b"\0"].concat();
        block.extend_from_slice(&tag.to_le_bytes());
        block.extend_from_slice(&ASCII.to_le_bytes());
        block.extend_from_slice(&u32::try_from(value.len()).ok()?.to_le_bytes());
        if value.len() <= 4 {
            let mut inline = [0; 4];
            inline
                .iter_mut()
                .zip(&value)
                .for_each(|(slot, &byte)| *slot = byte);
            block.extend_from_slice(&inline);
        } else {
            block.extend_from_slice(&u32::try_from(heap_start).ok()?.to_le_bytes());
            heap_start += value.len();
            heap.extend_from_slice(&value);
        }
    }
    block.extend_from_slice(&[0; 4]);
    block.extend_from_slice(&heap);
    Some(block)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_big_endian_orientation() {
        let mut block = b"MM\0*\0\0\0\x08\0\x01".to_vec();
        block.extend_from_slice(&[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0]);
        assert_eq!(orientation(&block).get(), 6);
        assert_eq!(
            orientation(&[b"Exif\0\0".as_slice(), &block].concat()).get(),
            6
        );
    }

    #[test]
    fn treats_nonsense_as_upright() {
        let mut block = b"II*\0\x08\0\0\0\x01\0".to_vec();
        block.extend_from_slice(&[0x12, 0x01, 3, 0, 1, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(orientation(&block), Orientation::UPRIGHT);
        assert_eq!(orientation(b""), Orientation::UPRIGHT);
    }

    #[test]
    fn writes_nothing_for_no_tags() {
        assert_eq!(write(&Tags::default()), None);
    }

    #[test]
    fn cuts_long_texts_at_a_character() {
        let long = Tags {
            copyright: Some("é".repeat(2000)),
            artist: None,
        };
        let back = tags(&write(&long).unwrap()).copyright.unwrap();
        assert_eq!(back, "é".repeat(511));
    }

    proptest! {
        #[test]
        fn reads_what_it_wrote(
            copyright in proptest::option::of("[a-zA-Z0-9é©][a-zA-Z0-9 é©]{0,60}[a-z]"),
            artist in proptest::option::of("[a-z]{1,3}"),
        ) {
            let given = Tags { copyright, artist };
            let back = write(&given).map(|block| tags(&block)).unwrap_or_default();
            prop_assert_eq!(back, given);
        }

        #[test]
        fn survives_any_bytes(
            magic in prop_oneof![Just(b"II*\0".to_vec()), Just(b"MM\0*".to_vec()), Just(vec![])],
            rest in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            let block = [magic, rest].concat();
            let text = tags(&block).copyright.unwrap_or_default();
            prop_assert!(text.len() <= 3 * MAX_TEXT_BYTES);
            prop_assert!((1..=8).contains(&orientation(&block).get()));
        }
    }
}
