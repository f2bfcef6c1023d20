//! Padding, background, watermark, blur and sharpening in finished files.

use image_codecs::OutputFormat;
use imaging::{Context, Fit, Gravity, Transform, Watermark, transform};

use crate::{FREE, assert_near, at, drawn, made, photo, pixels, png, to_width};
use sample_photos::Scene;

const ORANGE: [u8; 4] = [230, 140, 30, 255];

fn plain_jpeg(width: u32, height: u32) -> Vec<u8> {
    let picture = image_codecs::Picture::Rgba(drawn(width, height, |_, _| ORANGE));
    let options = image_codecs::JpegOptions {
        quality: 95,
        progressive: false,
    };
    image_codecs::encode_jpeg(&picture, &options, &image_codecs::Tags::default()).unwrap()
}

fn contained(format: OutputFormat) -> Transform {
    Transform {
        height: Some(60),
        fit: Fit::Contain,
        ..to_width(60, format)
    }
}

#[test]
fn contain_pads_with_the_background() {
    let bytes = plain_jpeg(200, 100);
    let blue = [10, 20, 200, 255];
    for format in [
        OutputFormat::Jpeg,
        OutputFormat::Png,
        OutputFormat::WebP,
        OutputFormat::Gif,
    ] {
        let transform = Transform {
            background: Some(blue),
            ..contained(format)
        };
        let output = made(&bytes, &transform);
        assert_eq!((output.width, output.height), (60, 60));
        let picture = pixels(&output.bytes);
        assert_near(at(&picture, 30, 30), ORANGE, 12);
        assert_near(at(&picture, 30, 5), blue, 12);
        assert_near(at(&picture, 30, 54), blue, 12);
    }
}

#[test]
fn padding_is_white_or_transparent_by_default() {
    let bytes = plain_jpeg(200, 100);
    let jpeg = pixels(&made(&bytes, &contained(OutputFormat::Jpeg)).bytes);
    assert_near(at(&jpeg, 30, 5), [255; 4], 4);
    for format in [OutputFormat::Png, OutputFormat::WebP, OutputFormat::Gif] {
        let picture = pixels(&made(&bytes, &contained(format)).bytes);
        assert_eq!(at(&picture, 30, 5)[3], 0, "{format:?}");
        assert_eq!(at(&picture, 30, 30)[3], 255, "{format:?}");
    }
}

#[test]
fn transparency_is_flattened_where_the_format_has_none() {
    let bytes = png(64, 64, |x, _| if x < 32 { ORANGE } else { [0, 0, 0, 0] });
    let white = pixels(&made(&bytes, &to_width(32, OutputFormat::Jpeg)).bytes);
    assert_near(at(&white, 4, 16), ORANGE, 12);
    assert_near(at(&white, 28, 16), [255; 4], 6);
    let background = Some([0, 90, 0, 255]);
    let green = Transform {
        background,
        ..to_width(32, OutputFormat::Jpeg)
    };
    assert_near(
        at(&pixels(&made(&bytes, &green).bytes), 28, 16),
        [0, 90, 0, 255],
        12,
    );
    let kept = pixels(&made(&bytes, &to_width(32, OutputFormat::WebP)).bytes);
    assert_eq!((at(&kept, 4, 16)[3], at(&kept, 28, 16)[3]), (255, 0));
}

#[test]
fn the_watermark_is_on_every_format() {
    let mark = drawn(20, 20, |_, _| [0, 0, 0, 255]);
    let context = Context {
        watermark: Some(&mark),
        ..FREE
    };
    let bytes = plain_jpeg(200, 100);
    let watermark = Watermark {
        gravity: Gravity::SouthEast,
        opacity: 1.0,
        scale: 0.2,
    };
    for format in [OutputFormat::Jpeg, OutputFormat::Png, OutputFormat::WebP] {
        let marked = Transform {
            watermark: Some(watermark),
            ..to_width(100, format)
        };
        let picture = pixels(&transform(&bytes, &marked, &context).unwrap().bytes);
        assert_near(at(&picture, 90, 40), [0, 0, 0, 255], 12);
        assert_near(at(&picture, 70, 20), ORANGE, 12);
        assert_near(at(&picture, 10, 40), ORANGE, 12);
    }
}

#[test]
fn a_watermark_that_is_not_there_is_an_error() {
    let watermark = Watermark {
        gravity: Gravity::Center,
        opacity: 1.0,
        scale: 0.5,
    };
    let marked = Transform {
        watermark: Some(watermark),
        ..to_width(50, OutputFormat::Jpeg)
    };
    let error = transform(&plain_jpeg(100, 50), &marked, &FREE).unwrap_err();
    assert_eq!(
        error.to_string(),
        "encode the watermark: no watermark picture is configured"
    );
}

/// Mean difference of horizontal neighbours: how much detail there is.
fn detail(bytes: &[u8]) -> f64 {
    let picture = pixels(bytes);
    let rows = picture.data.chunks(picture.width as usize * 4);
    let sum: u64 = rows
        .flat_map(|row| row.windows(5))
        .map(|w| u64::from(w[0].abs_diff(w[4])))
        .sum();
    sum as f64 / picture.data.len() as f64
}

#[test]
fn blur_softens_and_sharpen_sharpens_planar_and_rgba_pictures() {
    let bytes = photo(Scene::Meadow, 640, 427, 1);
    for format in [OutputFormat::Jpeg, OutputFormat::Png] {
        let plain = detail(&made(&bytes, &to_width(320, format)).bytes);
        let blurred = Transform {
            blur: 2.0,
            ..to_width(320, format)
        };
        let sharpened = Transform {
            sharpen: 1.0,
            ..to_width(320, format)
        };
        let (soft, crisp) = (
            detail(&made(&bytes, &blurred).bytes),
            detail(&made(&bytes, &sharpened).bytes),
        );
        assert!(soft < plain * 0.7, "{format:?}: {soft} of {plain}");
        assert!(crisp > plain * 1.2, "{format:?}: {crisp} of {plain}");
    }
}
