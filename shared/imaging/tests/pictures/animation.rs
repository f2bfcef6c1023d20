//! Animations in and out.

use image_codecs::{CodecError, Frame, GifOptions, GifWriter, Limits, OutputFormat, Rgba};
use imaging::{Context, Fit, Transform, derive_set, transform};

use crate::{FREE, assert_near, at, drawn, made, pixels, to_width};

const COLOURS: [[u8; 4]; 3] = [[220, 30, 30, 255], [30, 200, 30, 255], [30, 30, 220, 255]];

/// A looping GIF of three plain frames with a white left quarter, 100 ms each.
fn gif() -> Vec<u8> {
    let mut writer = GifWriter::new(120, 80, 0, &GifOptions::default()).unwrap();
    for colour in COLOURS {
        let canvas = drawn(120, 80, |x, _| if x < 30 { [255; 4] } else { colour });
        writer
            .push(&Frame {
                canvas,
                delay_ms: 100,
            })
            .unwrap();
    }
    writer.finish().unwrap()
}

fn frames(bytes: &[u8]) -> Vec<(Rgba, u32)> {
    let probe = image_codecs::probe(bytes, &Limits::DEFAULT).unwrap();
    let mut frames = Vec::new();
    let mut each = |frame: Frame| {
        frames.push((frame.canvas, frame.delay_ms));
        Ok(())
    };
    image_codecs::decode_frames(bytes, &probe, &Limits::DEFAULT, &mut each).unwrap();
    frames
}

fn assert_animates(bytes: &[u8], size: (u32, u32)) {
    let frames = frames(bytes);
    assert_eq!(frames.len(), 3);
    for ((canvas, delay), colour) in frames.iter().zip(COLOURS) {
        assert_eq!((canvas.width, canvas.height, *delay), (size.0, size.1, 100));
        assert_near(at(canvas, size.0 * 3 / 4, size.1 / 2), colour, 24);
        assert_near(at(canvas, size.0 / 10, size.1 / 2), [255; 4], 24);
    }
}

#[test]
fn every_frame_is_resized() {
    for format in [OutputFormat::Gif, OutputFormat::WebP] {
        let output = made(&gif(), &to_width(60, format));
        assert_eq!((output.width, output.height, output.frames), (60, 40, 3));
        assert_animates(&output.bytes, (60, 40));
    }
}

#[test]
fn formats_without_frames_and_still_requests_get_the_first() {
    let still = Transform {
        animate: false,
        ..to_width(60, OutputFormat::WebP)
    };
    for transform in [
        still,
        to_width(60, OutputFormat::Jpeg),
        to_width(60, OutputFormat::Png),
    ] {
        let output = made(&gif(), &transform);
        assert_eq!(output.frames, 1);
        assert_near(at(&pixels(&output.bytes), 45, 20), COLOURS[0], 12);
    }
}

#[test]
fn a_set_holds_stills_and_animations() {
    let transforms = [
        to_width(30, OutputFormat::WebP),
        to_width(60, OutputFormat::Jpeg),
        to_width(60, OutputFormat::Gif),
    ];
    let mut outputs = Vec::new();
    let mut each = |index: usize, output: imaging::Output| {
        outputs.push((index, output));
        Ok(())
    };
    let summary = derive_set(&gif(), &transforms, &FREE, &mut each).unwrap();
    assert_eq!(summary.frames, 3);
    outputs.sort_by_key(|(index, _)| *index);
    let counts: Vec<u32> = outputs.iter().map(|(_, output)| output.frames).collect();
    assert_eq!(counts, [3, 1, 3]);
    assert_animates(&outputs[0].1.bytes, (30, 20));
    assert_animates(&outputs[2].1.bytes, (60, 40));
}

#[test]
fn all_output_frames_together_are_limited() {
    let limits = Limits {
        max_animation_pixels: 100_000,
        ..Limits::DEFAULT
    };
    let context = Context {
        limits: &limits,
        ..FREE
    };
    let large = Transform {
        height: Some(200),
        fit: Fit::Fill,
        enlarge: true,
        ..to_width(200, OutputFormat::WebP)
    };
    let error = transform(&gif(), &large, &context).unwrap_err();
    let expected = CodecError::LimitExceeded {
        limit: "max_animation_pixels",
        actual: 120_000,
        allowed: 100_000,
    };
    assert_eq!(error.to_string(), expected.to_string());
}
