//! What a page can show before the picture is there: a dominant colour and a `ThumbHash`.

use image_codecs::{Probe, Rgba};

use crate::plan::Plan;

/// Longest side of the thumbnail both are made from, in pixels: the most `ThumbHash` takes.
pub(crate) const THUMBNAIL_SIDE: u32 = 100;

/// Bits of each channel that choose a pixel's bin.
const BIN_BITS: u32 = 3;

/// The geometry of the thumbnail.
pub(crate) fn plan(probe: &Probe) -> Plan {
    Plan::thumbnail(probe.upright_size(), THUMBNAIL_SIDE)
}

/// `ThumbHash` of a thumbnail (<https://evanw.github.io/thumbhash/>), about 25 bytes.
pub(crate) fn thumbhash(thumbnail: &Rgba) -> Vec<u8> {
    let (width, height) = (thumbnail.width as usize, thumbnail.height as usize);
    fast_thumbhash::rgba_to_thumb_hash(width, height, &thumbnail.data)
}

/// The colour that stands out: pixels are sorted into 8 × 8 × 8 bins, each
/// counting by its alpha and, up to five times as much, by its saturation; the
/// answer is the mean of the heaviest bin. (The mean of all pixels is grey or
/// brown for almost any photograph.) Black where all is transparent.
pub(crate) fn dominant_colour(thumbnail: &Rgba) -> [u8; 3] {
    let mut bins = vec![Bin::default(); 1 << (3 * BIN_BITS)];
    for pixel in thumbnail.data.as_chunks::<4>().0 {
        if let Some(bin) = bins.get_mut(bin_index(pixel)) {
            bin.add(pixel);
        }
    }
    // The first of equals, so that the answer never depends on the order of a sort.
    let heaviest = bins.iter().rev().max_by_key(|bin| bin.weight);
    heaviest.map_or([0; 3], Bin::mean)
}

#[derive(Debug, Clone, Default)]
struct Bin {
    weight: u64,
    sums: [u64; 3],
}

impl Bin {
    fn add(&mut self, [r, g, b, a]: &[u8; 4]) {
        let saturation = (*r).max(*g).max(*b) - (*r).min(*g).min(*b);
        let weight = u64::from(*a) * (64 + u64::from(saturation));
        self.weight += weight;
        for (sum, channel) in self.sums.iter_mut().zip([r, g, b]) {
            *sum += weight * u64::from(*channel);
        }
    }

    fn mean(&self) -> [u8; 3] {
        self.sums.map(|sum| {
            ((sum + self.weight / 2)
                .checked_div(self.weight)
                .unwrap_or(0)) as u8
        })
    }
}

fn bin_index(pixel: &[u8; 4]) -> usize {
    pixel[..3].iter().fold(0, |index, channel| {
        (index << BIN_BITS) | usize::from(channel >> (8 - BIN_BITS))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(pixels: &[[u8; 4]]) -> Rgba {
        let data = pixels.concat();
        Rgba {
            data,
            width: pixels.len() as u32,
            height: 1,
            opaque: false,
        }
    }

    #[test]
    fn a_smaller_colourful_part_outweighs_grey() {
        let mut pixels = vec![[120, 120, 120, 255]; 70];
        pixels.extend([[220, 30, 40, 255]; 30]);
        assert_eq!(dominant_colour(&picture(&pixels)), [220, 30, 40]);
    }

    #[test]
    fn a_speck_of_colour_does_not() {
        let mut pixels = vec![[120, 120, 120, 255]; 95];
        pixels.extend([[220, 30, 40, 255]; 5]);
        assert_eq!(dominant_colour(&picture(&pixels)), [120, 120, 120]);
    }

    #[test]
    fn transparent_pixels_do_not_count() {
        let pixels = [[0, 255, 0, 0], [0, 255, 0, 0], [10, 20, 30, 255]];
        assert_eq!(dominant_colour(&picture(&pixels)), [10, 20, 30]);
        assert_eq!(dominant_colour(&picture(&[[0, 255, 0, 0]])), [0, 0, 0]);
    }

    #[test]
    fn thumbhash_decodes_to_the_picture() {
        let data = [[250, 20, 20, 255], [20, 20, 250, 255]]
            .map(|c| [c; 5])
            .concat()
            .repeat(10);
        let rgba = Rgba {
            data: data.concat(),
            width: 10,
            height: 10,
            opaque: true,
        };
        let hash = thumbhash(&rgba);
        let (width, height, pixels) = fast_thumbhash::thumb_hash_to_rgba(&hash).unwrap();
        assert_eq!((width, height), (32, 32));
        let row = &pixels[16 * 32 * 4..];
        assert!(row[0] > 180 && row[2] < 90, "{:?}", &row[..4]);
        assert!(
            row[31 * 4] < 90 && row[31 * 4 + 2] > 180,
            "{:?}",
            &row[31 * 4..][..4]
        );
    }
}
