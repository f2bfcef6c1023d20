//! No bytes panic, whatever they are; what comes out fits what was promised.

use std::sync::LazyLock;

use image::codecs::tiff::TiffEncoder;
use image::{ExtendedColorType, ImageEncoder};
use image_codecs::{Limits, Picture, decode, decode_frames, probe, read_tags};
use proptest::prelude::*;

use crate::animations::{gif, wandering, webp as animated_webp};
use crate::fixtures::{gradient, jpeg, jpeg_as, png, translucent, webp};

const LIMITS: Limits = Limits {
    max_pixels: 1 << 16,
    max_side: 1 << 10,
    max_frames: 20,
    max_animation_pixels: 1 << 18,
    ..Limits::DEFAULT
};

static SEEDS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let mut tiff = std::io::Cursor::new(Vec::new());
    let picture = translucent(16, 16);
    TiffEncoder::new(&mut tiff)
        .write_image(&picture.data, 16, 16, ExtendedColorType::Rgba8)
        .unwrap();
    vec![
        jpeg(24, 16),
        jpeg_as(24, 16, true),
        png(gradient(24, 16)),
        png(translucent(24, 16)),
        webp(gradient(24, 16)),
        webp(translucent(24, 16)),
        animated_webp(&wandering(3), 0),
        gif(&wandering(3), 0),
        tiff.into_inner(),
    ]
});

/// Reads everything there is to read, as far as it goes.
fn read_all(bytes: &[u8]) {
    let Ok(found) = probe(bytes, &LIMITS) else {
        return;
    };
    let pixels = u64::from(found.width) * u64::from(found.height);
    assert!(pixels > 0 && pixels <= LIMITS.max_pixels);
    let _ = read_tags(bytes, &found, &LIMITS);
    for at_least in [None, Some((3, 2))] {
        match decode(bytes, &found, at_least, &LIMITS) {
            Ok(Picture::Rgba(rgba)) => {
                assert_eq!(
                    rgba.data.len(),
                    rgba.width as usize * rgba.height as usize * 4
                );
            }
            Ok(Picture::Yuv(yuv)) => assert_eq!(yuv.to_rgba().width, yuv.width),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
    if found.is_animated() {
        let size = (found.width, found.height);
        let _ = decode_frames(bytes, &found, &LIMITS, &mut |frame| {
            assert_eq!((frame.canvas.width, frame.canvas.height), size);
            Ok(())
        });
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn changed_bytes(
        seed in 0_usize..9,
        changes in proptest::collection::vec((any::<u32>(), any::<u8>()), 1..6),
        head in any::<bool>(),
    ) {
        let mut bytes = SEEDS[seed].clone();
        let reach = if head { bytes.len().min(64) } else { bytes.len() };
        for (position, value) in changes {
            bytes[position as usize % reach] = value;
        }
        read_all(&bytes);
    }

    #[test]
    fn cut_and_repeated_bytes(seed in 0_usize..9, from in any::<u32>(), length in any::<u32>()) {
        let bytes = &SEEDS[seed];
        let from = from as usize % bytes.len();
        let length = length as usize % (bytes.len() - from);
        read_all(&[&bytes[..from], &bytes[from + length..]].concat());
        read_all(&[&bytes[..from + length], &bytes[from..]].concat());
    }

    #[test]
    fn random_bytes_behind_a_magic_number(
        magic in prop_oneof![
            Just(b"\xFF\xD8\xFF".to_vec()),
            Just(b"\x89PNG\r\n\x1a\n".to_vec()),
            Just(b"GIF89a".to_vec()),
            Just(b"RIFF\x40\0\0\0WEBPVP8X".to_vec()),
            Just(b"II*\0\x08\0\0\0".to_vec()),
            Just(Vec::new()),
        ],
        rest in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        read_all(&[magic, rest].concat());
    }
}
