//! Golden pictures: every format and every way through the pipeline against the float reference.

use image_codecs::{InputFormat, JpegOptions, OutputFormat, Picture, Rgba, Tags, encode_jpeg};
use imaging::{CropBox, Fit, Gravity, Quality, Transform};
use sample_photos::Scene;

use crate::reference::{resized, score};
use crate::{made, photo, pixels, png, to_width};

fn reference(bytes: &[u8], width: u32, height: u32) -> Rgba {
    let source = pixels(bytes);
    resized(
        &source,
        CropBox::whole(source.width, source.height),
        width,
        height,
    )
}

/// Score of one output of a photo against the reference at its size.
fn quality_of(scene: Scene, size: (u16, u16), transform: &Transform) -> f64 {
    let bytes = photo(scene, size.0, size.1, 1);
    let output = made(&bytes, transform);
    let picture = pixels(&output.bytes);
    assert_eq!(
        (picture.width, picture.height),
        (output.width, output.height)
    );
    score(&reference(&bytes, output.width, output.height), &picture)
}

#[test]
fn jpeg_at_80_is_of_high_quality_at_every_shrink() {
    // Odd sizes, and the decoder's scales 1, 1/2 and 1/4.
    for width in [601, 400, 211] {
        let found = quality_of(
            Scene::Mountains,
            (1203, 805),
            &to_width(width, OutputFormat::Jpeg),
        );
        assert!(found >= 78.0, "width {width}: {found}");
    }
}

#[test]
fn webp_at_80_is_of_high_quality() {
    for width in [601, 400, 211] {
        let found = quality_of(
            Scene::Mountains,
            (1203, 805),
            &to_width(width, OutputFormat::WebP),
        );
        assert!(found >= 72.0, "width {width}: {found}");
    }
}

/// The pipeline's way (shrink on load, planes, 4:2:0 by resizing) may cost next
/// to nothing against encoding the float reference itself. On hard texture and
/// on thumbnails the encoder alone takes the score far below 70.
#[test]
fn the_pipeline_costs_nothing_beside_the_encoder() {
    for scene in [Scene::Harbour, Scene::Meadow] {
        let bytes = photo(scene, 1203, 805, 1);
        for width in [601, 301, 150, 99] {
            let output = made(&bytes, &to_width(width, OutputFormat::Jpeg));
            let best = reference(&bytes, output.width, output.height);
            let encoded = encode_jpeg(
                &Picture::Rgba(best.clone()),
                &JpegOptions {
                    quality: 80,
                    progressive: false,
                },
                &Tags::default(),
            );
            let limit = score(&best, &pixels(&encoded.unwrap()));
            let found = score(&best, &pixels(&output.bytes));
            assert!(
                found >= limit - 2.5,
                "{scene:?} at {width}: {found}, best {limit}"
            );
        }
    }
}

#[test]
fn png_keeps_what_the_resize_gives() {
    let found = quality_of(
        Scene::StillLife,
        (1203, 805),
        &to_width(401, OutputFormat::Png),
    );
    assert!(found >= 88.0, "{found}");
}

#[test]
fn automatic_quality_looks_alike_as_jpeg_and_webp() {
    // AVIF is not among them because nothing here reads it back.
    let [jpeg, webp] = [OutputFormat::Jpeg, OutputFormat::WebP].map(|format| {
        let transform = Transform {
            quality: Quality::Auto,
            ..to_width(480, format)
        };
        let scores = Scene::ALL.map(|scene| quality_of(scene, (960, 640), &transform));
        scores.iter().sum::<f64>() / 4.0
    });
    assert!((jpeg - webp).abs() < 2.0, "JPEG {jpeg}, WebP {webp}");
}

#[test]
fn a_cropped_enlarged_part_is_in_its_place() {
    let bytes = photo(Scene::Harbour, 401, 300, 1);
    let transform = Transform {
        width: Some(451),
        height: Some(900),
        fit: Fit::Cover,
        gravity: Gravity::East,
        enlarge: true,
        quality: Quality::Fixed(92),
        ..Transform::to_format(OutputFormat::Jpeg)
    };
    let output = made(&bytes, &transform);
    let crop = CropBox {
        left: 401.0 - 451.0 / 3.0,
        top: 0.0,
        width: 451.0 / 3.0,
        height: 300.0,
    };
    let found = score(
        &resized(&pixels(&bytes), crop, 451, 900),
        &pixels(&output.bytes),
    );
    assert!(found >= 80.0, "{found}");
}

#[test]
fn rgba_sources_go_through_every_format() {
    let photo = sample_photos::render(Scene::Mountains, 642, 428, 3);
    let rgb = photo.pixels().as_chunks::<3>().0;
    let bytes = png(642, 428, |x, y| {
        let [r, g, b] = rgb[(y * 642 + x) as usize];
        [r, g, b, 255]
    });
    for (format, least) in [
        (OutputFormat::Png, 92.0),
        (OutputFormat::Jpeg, 75.0),
        (OutputFormat::WebP, 70.0),
    ] {
        let output = made(&bytes, &to_width(321, format));
        assert_eq!((output.width, output.height, output.frames), (321, 214, 1));
        let found = score(&reference(&bytes, 321, 214), &pixels(&output.bytes));
        assert!(found >= least, "{format:?}: {found}");
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let bytes = photo(Scene::Harbour, 500, 333, 6);
    for format in [
        OutputFormat::Jpeg,
        OutputFormat::WebP,
        OutputFormat::Avif,
        OutputFormat::Png,
    ] {
        let transform = Transform {
            gravity: Gravity::Smart,
            ..to_width(160, format)
        };
        assert_eq!(
            made(&bytes, &transform).bytes,
            made(&bytes, &transform).bytes,
            "{format:?}"
        );
    }
}

#[test]
fn outputs_are_of_the_format_and_quality_they_say() {
    let bytes = photo(Scene::Harbour, 300, 200, 1);
    let cases = [
        (OutputFormat::Jpeg, InputFormat::Jpeg, Some(80)),
        (OutputFormat::WebP, InputFormat::WebP, Some(80)),
        (OutputFormat::Png, InputFormat::Png, None),
        (OutputFormat::Gif, InputFormat::Gif, None),
    ];
    for (format, expected, quality) in cases {
        let output = made(&bytes, &to_width(64, format));
        let probe = image_codecs::probe(&output.bytes, crate::FREE.limits).unwrap();
        assert_eq!((probe.format, output.quality), (expected, quality));
        assert_eq!((probe.width, probe.height), (64, 43));
    }
}
