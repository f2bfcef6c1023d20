//! Real pictures through the whole pipeline, looked at with a perceptual metric.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail tests"
)]

mod animation;
mod effects;
mod geometry;
mod limits;
mod orientation;
mod quality;
mod reference;
mod set;

use image_codecs::{Limits, OutputFormat, Picture, Rgba};
use imaging::{Context, Effort, Output, Transform};
use sample_photos::Scene;

/// Runs with nothing to stop it.
const FREE: Context<'static> = Context {
    limits: &Limits::DEFAULT,
    watermark: None,
    effort: Effort::Batch,
    should_stop: &|| false,
};

/// A photo-like JPEG (quality 92, 4:2:0), stored in the given EXIF orientation.
fn photo(scene: Scene, width: u16, height: u16, orientation: u8) -> Vec<u8> {
    sample_photos::encode_jpeg(
        &sample_photos::render(scene, width, height, 7),
        92,
        orientation,
    )
}

/// A transform to `format` that only limits the width.
fn to_width(width: u32, format: OutputFormat) -> Transform {
    Transform {
        width: Some(width),
        ..Transform::to_format(format)
    }
}

fn made(bytes: &[u8], transform: &Transform) -> Output {
    imaging::transform(bytes, transform, &FREE).unwrap()
}

/// The pixels of an encoded file, as stored.
fn pixels(bytes: &[u8]) -> Rgba {
    let probe = image_codecs::probe(bytes, &Limits::DEFAULT).unwrap();
    match image_codecs::decode(bytes, &probe, None, &Limits::DEFAULT).unwrap() {
        Picture::Yuv(yuv) => yuv.to_rgba(),
        Picture::Rgba(rgba) => rgba,
    }
}

/// An RGBA picture as a PNG file.
fn png(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 4]) -> Vec<u8> {
    let rgba = drawn(width, height, pixel);
    let options = image_codecs::PngOptions {
        compression: image_codecs::PngCompression::Fast,
    };
    image_codecs::encode_png(
        &Picture::Rgba(rgba),
        &options,
        &image_codecs::Tags::default(),
    )
    .unwrap()
}

fn drawn(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 4]) -> Rgba {
    let pixel = &pixel;
    let data: Vec<[u8; 4]> = (0..height)
        .flat_map(|y| (0..width).map(move |x| pixel(x, y)))
        .collect();
    let opaque = data.iter().all(|pixel| pixel[3] == 255);
    Rgba {
        data: data.into_flattened(),
        width,
        height,
        opaque,
    }
}

fn at(picture: &Rgba, x: u32, y: u32) -> [u8; 4] {
    picture.data.as_chunks::<4>().0[(y * picture.width + x) as usize]
}

/// Asserts a pixel, every channel within `tolerance`.
#[track_caller]
fn assert_near(found: [u8; 4], expected: [u8; 4], tolerance: u8) {
    let is_near = found
        .iter()
        .zip(expected)
        .all(|(a, b)| a.abs_diff(b) <= tolerance);
    assert!(
        is_near,
        "found {found:?}, expected {expected:?} (± {tolerance})"
    );
}
