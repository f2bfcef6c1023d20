//! A ThumbHash as a picture that needs no request:
//! <https://evanw.github.io/thumbhash/>.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Side of the largest picture a ThumbHash makes.
const MAX_SIDE: usize = 32;

/// The `data:` URL of a blurred preview; `None` for what is not a ThumbHash.
pub(crate) fn data_url(thumbhash: &str) -> Option<String> {
    let hash = STANDARD.decode(thumbhash).ok()?;
    let (width, height, rgba) = fast_thumbhash::thumb_hash_to_rgba(&hash).ok()?;
    if !(1..=MAX_SIDE).contains(&width) || !(1..=MAX_SIDE).contains(&height) {
        return None;
    }
    let bitmap = bitmap(width, height, &rgba)?;
    Some(format!("data:image/bmp;base64,{}", STANDARD.encode(bitmap)))
}

/// An uncompressed 24-bit bitmap, rows from the bottom, padded to four bytes
/// (<https://learn.microsoft.com/windows/win32/gdi/bitmap-storage>).
fn bitmap(width: usize, height: usize, rgba: &[u8]) -> Option<Vec<u8>> {
    const HEADERS: u32 = 14 + 40;
    let row = (width * 3).next_multiple_of(4);
    let size = HEADERS + u32::try_from(row * height).ok()?;
    let (across, down) = (u32::try_from(width).ok()?, u32::try_from(height).ok()?);
    let mut file = Vec::with_capacity(size as usize);
    file.extend(b"BM");
    file.extend(
        [size, 0, HEADERS, 40, across, down]
            .iter()
            .flat_map(|value| value.to_le_bytes()),
    );
    // One plane, 24 bits, no compression; the rest may be zero.
    file.extend([1, 0, 24, 0]);
    file.resize(HEADERS as usize, 0);
    for line in rgba.chunks_exact(width * 4).take(height).rev() {
        let end = file.len() + row;
        for pixel in line.chunks_exact(4) {
            file.extend(pixel.iter().take(3).rev());
        }
        file.resize(end, 0);
    }
    Some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bitmap_has_blue_first_and_the_last_row_first() {
        let rgba = [1, 2, 3, 255, 4, 5, 6, 255];
        let file = bitmap(1, 2, &rgba).unwrap();
        assert_eq!(file.len(), 54 + 2 * 4);
        assert_eq!(&file[54..], &[6, 5, 4, 0, 3, 2, 1, 0]);
        assert_eq!(
            u32::from_le_bytes(file[2..6].try_into().unwrap()) as usize,
            file.len()
        );
    }

    #[test]
    fn what_is_not_a_hash_gives_no_picture() {
        assert_eq!(data_url("not base64!"), None);
        assert_eq!(data_url(""), None);
        assert_eq!(data_url("AQ=="), None);
    }

    #[test]
    fn a_hash_gives_a_data_url() {
        let rgba: Vec<u8> = (0..20 * 10).flat_map(|i| [i as u8, 99, 40, 255]).collect();
        let hash = STANDARD.encode(fast_thumbhash::rgba_to_thumb_hash(20, 10, &rgba));
        assert!(
            data_url(&hash)
                .unwrap()
                .starts_with("data:image/bmp;base64,Qk")
        );
    }
}
