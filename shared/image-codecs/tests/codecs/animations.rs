use image_codecs::{
    CodecError, Frame, GifOptions, GifWriter, Limits, Rgba, WebpOptions, WebpWriter, decode_frames,
    loop_count, probe,
};
use proptest::prelude::*;

use crate::fixtures::{difference, gradient, png};

pub(crate) fn gif(frames: &[Frame], plays: u32) -> Vec<u8> {
    let canvas = &frames[0].canvas;
    let mut writer =
        GifWriter::new(canvas.width, canvas.height, plays, &GifOptions::default()).unwrap();
    frames.iter().for_each(|frame| writer.push(frame).unwrap());
    writer.finish().unwrap()
}

pub(crate) fn webp(frames: &[Frame], plays: u32) -> Vec<u8> {
    let canvas = &frames[0].canvas;
    let options = WebpOptions {
        quality: 95,
        method: 2,
    };
    let mut writer = WebpWriter::new(canvas.width, canvas.height, plays, &options).unwrap();
    frames.iter().for_each(|frame| writer.push(frame).unwrap());
    writer.finish().unwrap()
}

/// A square that wanders over a gradient.
pub(crate) fn wandering(count: u32) -> Vec<Frame> {
    (0..count)
        .map(|number| {
            let mut canvas = gradient(24, 16);
            for y in 4..8 {
                for x in 0..4 {
                    let start = ((y * 24 + x + number * 3) * 4) as usize;
                    canvas.data[start..start + 4].copy_from_slice(&[250, 20, 20, 255]);
                }
            }
            Frame {
                canvas,
                delay_ms: 40 + 10 * number,
            }
        })
        .collect()
}

pub(crate) fn frames_of(bytes: &[u8]) -> Result<Vec<Frame>, CodecError> {
    let limits = Limits::default();
    let found = probe(bytes, &limits)?;
    let mut frames = Vec::new();
    decode_frames(bytes, &found, &limits, &mut |frame| {
        frames.push(frame);
        Ok(())
    })?;
    assert_eq!(frames.len(), found.frames as usize);
    Ok(frames)
}

#[test]
fn both_formats_keep_frames_delays_and_plays() {
    let frames = wandering(4);
    for plays in [0, 1, 5] {
        for bytes in [gif(&frames, plays), webp(&frames, plays)] {
            let found = probe(&bytes, &Limits::default()).unwrap();
            assert!(found.is_animated() && loop_count(&bytes, &found) == plays);
            let back = frames_of(&bytes).unwrap();
            for (frame, original) in back.iter().zip(&frames) {
                assert_eq!(frame.delay_ms, original.delay_ms);
                let difference = difference(&frame.canvas, &original.canvas);
                assert!(difference < 6.0, "{difference}");
            }
        }
    }
}

#[test]
fn a_still_picture_is_one_frame() {
    let frames = frames_of(&png(gradient(5, 4))).unwrap();
    assert_eq!((frames.len(), frames[0].delay_ms), (1, 0));
    assert_eq!(frames[0].canvas.data, gradient(5, 4).data);
    assert_eq!(frames_of(&gif(&wandering(1), 0)).unwrap().len(), 1);
}

#[test]
fn equal_frames_are_kept_with_their_time() {
    let frame = wandering(1).remove(0);
    let bytes = gif(&[frame.clone(), frame.clone(), frame], 0);
    assert_eq!(frames_of(&bytes).unwrap().len(), 3);
}

#[test]
fn frames_are_counted_before_they_are_decoded() {
    for bytes in [gif(&wandering(4), 0), webp(&wandering(4), 0)] {
        let broken = |limits| match probe(&bytes, &limits) {
            Err(CodecError::LimitExceeded { limit, .. }) => limit,
            other => panic!("{other:?}"),
        };
        let limits = Limits::default();
        assert_eq!(
            broken(Limits {
                max_frames: 3,
                ..limits
            }),
            "max_frames"
        );
        let pixels = 24 * 16 * 4;
        assert!(
            probe(
                &bytes,
                &Limits {
                    max_animation_pixels: pixels,
                    ..limits
                }
            )
            .is_ok()
        );
        let limits = Limits {
            max_animation_pixels: pixels - 1,
            ..limits
        };
        assert_eq!(broken(limits), "max_animation_pixels");
    }
}

#[test]
fn stops_when_told_to() {
    let bytes = gif(&wandering(4), 0);
    let limits = Limits::default();
    let found = probe(&bytes, &limits).unwrap();
    let mut seen = 0;
    let outcome = decode_frames(&bytes, &found, &limits, &mut |_| {
        seen += 1;
        Err(CodecError::TimeLimit { stage: "counting" })
    });
    assert!(matches!(outcome, Err(CodecError::TimeLimit { .. })) && seen == 1);
}

#[test]
fn writers_refuse_what_does_not_fit() {
    let frame = &wandering(1)[0];
    let mut gif = GifWriter::new(9, 9, 0, &GifOptions::default()).unwrap();
    assert!(gif.push(frame).is_err() && gif.finish().is_err());
    let mut webp = WebpWriter::new(9, 9, 0, &WebpOptions::default()).unwrap();
    assert!(webp.push(frame).is_err() && webp.finish().is_err());
    assert!(GifWriter::new(0, 9, 0, &GifOptions::default()).is_err());
    assert!(WebpWriter::new(16_384, 9, 0, &WebpOptions::default()).is_err());
}

#[test]
fn truncations_are_refused() {
    for bytes in [gif(&wandering(3), 0), webp(&wandering(3), 0)] {
        for length in 0..bytes.len() {
            assert!(
                frames_of(&bytes[..length]).is_err(),
                "{length} of {} bytes",
                bytes.len()
            );
        }
    }
}

proptest! {
    #[test]
    fn gif_keeps_any_few_colours_and_holes(
        width in 1_u32..6,
        height in 1_u32..6,
        seeds in proptest::collection::vec(any::<u64>(), 1..5),
    ) {
        let palette = [[0, 0, 0, 0], [255, 0, 0, 255], [0, 255, 0, 255], [9, 9, 9, 255]];
        let frames: Vec<Frame> = seeds
            .iter()
            .map(|seed| {
                let pixels = (0..width * height).map(|n| palette[(seed.rotate_right(n * 2) & 3) as usize]);
                let data: Vec<u8> = pixels.flatten().collect();
                let opaque = data.chunks(4).all(|pixel| pixel[3] == 255);
                Frame { canvas: Rgba { data, width, height, opaque }, delay_ms: 50 }
            })
            .collect();
        let back = frames_of(&gif(&frames, 0)).unwrap();
        for (frame, original) in back.iter().zip(&frames) {
            let seen = |rgba: &Rgba| -> Vec<[u8; 4]> {
                let (pixels, _) = rgba.data.as_chunks::<4>();
                pixels.iter().map(|pixel| if pixel[3] == 0 { [0; 4] } else { *pixel }).collect()
            };
            prop_assert_eq!(seen(&frame.canvas), seen(&original.canvas));
            prop_assert_eq!(frame.canvas.opaque, original.canvas.opaque);
        }
    }
}
