//! A small EXIF writer: just the tags whose handling the sample photos show.

/// EXIF metadata of a picture. Empty by default.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Exif<'a> {
    /// How to turn the stored picture upright, 1–8 (tag 0x0112).
    pub orientation: Option<u8>,
    /// Copyright notice, ASCII (tag 0x8298).
    pub copyright: Option<&'a str>,
    /// Who made it, ASCII (tag 0x013B).
    pub artist: Option<&'a str>,
    /// Where it was made.
    pub gps: Option<GpsPosition>,
}

/// A position on earth in degrees, north and east positive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GpsPosition {
    /// -90 to 90.
    pub latitude: f64,
    /// -180 to 180.
    pub longitude: f64,
}

/// Longest text written, in bytes: any two fit one JPEG segment with room to spare.
const MAX_TEXT: usize = 20_000;

const ASCII: u16 = 2;
const SHORT: u16 = 3;
const LONG: u16 = 4;
const RATIONAL: u16 = 5;

/// One entry of an image file directory: type, count and the raw value.
struct Entry {
    tag: u16,
    kind: u16,
    count: u32,
    value: Vec<u8>,
}

impl Entry {
    fn text(tag: u16, text: &str) -> Self {
        let mut value: Vec<u8> = text.bytes().filter(u8::is_ascii).take(MAX_TEXT).collect();
        value.push(0);
        Self {
            tag,
            kind: ASCII,
            count: value.len() as u32,
            value,
        }
    }

    fn degrees(tag: u16, degrees: f64) -> Self {
        let hundredths = (degrees.abs() * 360_000.0).round() as u32;
        let (minutes, seconds) = (hundredths / 6_000, hundredths % 6_000);
        let value = [minutes / 60, 1, minutes % 60, 1, seconds, 100]
            .into_iter()
            .flat_map(u32::to_be_bytes)
            .collect();
        Self {
            tag,
            kind: RATIONAL,
            count: 3,
            value,
        }
    }
}

impl Exif<'_> {
    /// The APP1 payload, or `None` where there is nothing to say
    /// (TIFF 6.0 structure, big-endian; CIPA DC-008,
    /// <https://www.cipa.jp/std/documents/download_e.html?DC-008-Translation-2023-E>).
    pub(crate) fn to_app1(self) -> Option<Vec<u8>> {
        let mut entries = Vec::new();
        if let Some(orientation) = self.orientation {
            let value = vec![0, orientation, 0, 0];
            entries.push(Entry {
                tag: 0x0112,
                kind: SHORT,
                count: 1,
                value,
            });
        }
        if let Some(artist) = self.artist {
            entries.push(Entry::text(0x013b, artist));
        }
        if let Some(copyright) = self.copyright {
            entries.push(Entry::text(0x8298, copyright));
        }
        if let Some(gps) = self.gps {
            let offset = FIRST_DIRECTORY + directory_bytes(&entries) + 12;
            let value = offset.to_be_bytes().to_vec();
            entries.push(Entry {
                tag: 0x8825,
                kind: LONG,
                count: 1,
                value,
            });
            let mut block = header();
            write_directory(&mut block, &entries);
            write_directory(&mut block, &gps.entries());
            return Some(block);
        }
        if entries.is_empty() {
            return None;
        }
        let mut block = header();
        write_directory(&mut block, &entries);
        Some(block)
    }
}

impl GpsPosition {
    fn entries(self) -> Vec<Entry> {
        vec![
            Entry {
                tag: 0,
                kind: 1,
                count: 4,
                value: vec![2, 3, 0, 0],
            },
            Entry::text(1, if self.latitude < 0.0 { "S" } else { "N" }),
            Entry::degrees(2, self.latitude),
            Entry::text(3, if self.longitude < 0.0 { "W" } else { "E" }),
            Entry::degrees(4, self.longitude),
        ]
    }
}

/// `Exif\0\0` comes before the TIFF structure, from which offsets are counted.
const SIGNATURE: &[u8] = b"Exif\0\0";
const FIRST_DIRECTORY: u32 = 8;

fn header() -> Vec<u8> {
    [SIGNATURE, b"MM\0\x2a", &FIRST_DIRECTORY.to_be_bytes()].concat()
}

/// Values of up to four bytes sit in the entry itself, longer ones behind the directory.
fn outside_bytes(entry: &Entry) -> usize {
    if entry.value.len() > 4 {
        entry.value.len().next_multiple_of(2)
    } else {
        0
    }
}

fn directory_bytes(entries: &[Entry]) -> u32 {
    let outside: usize = entries.iter().map(outside_bytes).sum();
    (2 + entries.len() * 12 + 4 + outside) as u32
}

fn write_directory(block: &mut Vec<u8>, entries: &[Entry]) {
    let start = block.len() - SIGNATURE.len();
    let mut outside_at = start + 2 + entries.len() * 12 + 4;
    let mut outside = Vec::new();
    block.extend_from_slice(&(entries.len() as u16).to_be_bytes());
    for entry in entries {
        block.extend_from_slice(&entry.tag.to_be_bytes());
        block.extend_from_slice(&entry.kind.to_be_bytes());
        block.extend_from_slice(&entry.count.to_be_bytes());
        let room = outside_bytes(entry);
        if room == 0 {
            let mut inline = entry.value.clone();
            inline.resize(4, 0);
            block.extend_from_slice(&inline);
        } else {
            block.extend_from_slice(&(outside_at as u32).to_be_bytes());
            outside.extend_from_slice(&entry.value);
            outside.resize(outside.len().next_multiple_of(2), 0);
            outside_at += room;
        }
    }
    block.extend_from_slice(&0u32.to_be_bytes());
    block.extend_from_slice(&outside);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn u16_at(tiff: &[u8], at: usize) -> u16 {
        u16::from_be_bytes([tiff[at], tiff[at + 1]])
    }

    fn u32_at(tiff: &[u8], at: usize) -> u32 {
        u32::from_be_bytes([tiff[at], tiff[at + 1], tiff[at + 2], tiff[at + 3]])
    }

    /// Offset of the 12-byte entry of `tag` in the directory at `directory`.
    fn find(tiff: &[u8], directory: usize, tag: u16) -> usize {
        (0..usize::from(u16_at(tiff, directory)))
            .map(|index| directory + 2 + index * 12)
            .find(|&at| u16_at(tiff, at) == tag)
            .unwrap_or_else(|| panic!("no tag {tag:#06x}"))
    }

    #[test]
    fn writes_orientation_texts_and_a_reachable_gps_directory() {
        let exif = Exif {
            orientation: Some(6),
            copyright: Some("CC"),
            artist: Some("Somebody Else"),
            gps: Some(GpsPosition {
                latitude: -12.5,
                longitude: 11.25,
            }),
        };
        let block = exif.to_app1().unwrap();
        let tiff = block.strip_prefix(SIGNATURE).unwrap();

        assert_eq!(u16_at(tiff, find(tiff, 8, 0x0112) + 8), 6);
        assert_eq!(tiff[find(tiff, 8, 0x8298) + 8..][..3], *b"CC\0");
        let artist = find(tiff, 8, 0x013b);
        let text = &tiff[u32_at(tiff, artist + 8) as usize..][..u32_at(tiff, artist + 4) as usize];
        assert_eq!(text, b"Somebody Else\0");

        let gps = u32_at(tiff, find(tiff, 8, 0x8825) + 8) as usize;
        assert_eq!(tiff[find(tiff, gps, 1) + 8], b'S');
        let latitude = u32_at(tiff, find(tiff, gps, 2) + 8) as usize;
        let numbers: Vec<u32> = (0..6).map(|i| u32_at(tiff, latitude + i * 4)).collect();
        assert_eq!(numbers, [12, 1, 30, 1, 0, 100]);
        let longitude = u32_at(tiff, find(tiff, gps, 4) + 8) as usize;
        assert_eq!(longitude + 24, tiff.len());
    }

    #[test]
    fn nothing_to_say_is_no_block() {
        assert_eq!(Exif::default().to_app1(), None);
    }
}
