//! All eight EXIF orientations of one upright test card, at odd sizes.

use image_codecs::{OutputFormat, Rgba};
use imaging::{Fit, Gravity, Transform};

use crate::{assert_near, at, made, pixels, to_width};

const RED: [u8; 4] = [220, 40, 40, 255];
const GREEN: [u8; 4] = [40, 180, 60, 255];
const BLUE: [u8; 4] = [40, 60, 220, 255];
const GREY: [u8; 4] = [128, 128, 128, 255];

/// Width and height of the upright card.
const CARD: (u32, u32) = (301, 203);

/// The upright card: top left red, top right green, bottom left blue, the rest grey.
fn card(x: u32, y: u32) -> [u8; 4] {
    match (x * 4 / CARD.0, y * 4 / CARD.1) {
        (0, 0) => RED,
        (3, 0) => GREEN,
        (0, 3) => BLUE,
        _ => GREY,
    }
}

/// Where the stored pixel (x, y) is on the upright card.
fn upright(orientation: u8, (x, y): (u32, u32)) -> (u32, u32) {
    let (right, bottom) = (CARD.0 - 1, CARD.1 - 1);
    match orientation {
        2 => (right - x, y),
        3 => (right - x, bottom - y),
        4 => (x, bottom - y),
        5 => (y, x),
        6 => (right - y, x),
        7 => (right - y, bottom - x),
        8 => (y, bottom - x),
        _ => (x, y),
    }
}

/// The card as a JPEG that is stored turned and says so.
fn stored(orientation: u8) -> Vec<u8> {
    let (width, height) = if orientation > 4 {
        (CARD.1, CARD.0)
    } else {
        CARD
    };
    let card = |x, y| {
        let (x, y) = upright(orientation, (x, y));
        card(x, y)
    };
    let picture = crate::drawn(width, height, card);
    let options = image_codecs::JpegOptions {
        quality: 95,
        progressive: false,
    };
    let picture = image_codecs::Picture::Rgba(picture);
    let jpeg = image_codecs::encode_jpeg(&picture, &options, &image_codecs::Tags::default());
    with_orientation(&jpeg.unwrap(), orientation)
}

/// Puts an EXIF segment with nothing but the orientation behind the start marker.
fn with_orientation(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut out = jpeg[..2].to_vec();
    out.extend([0xFF, 0xE1, 0, 34]);
    out.extend(b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0");
    out.extend([orientation, 0, 0, 0, 0, 0, 0]);
    out.extend(&jpeg[2..]);
    out
}

fn assert_is_upright(picture: &Rgba, context: &str) {
    let (right, bottom) = (picture.width - 1, picture.height - 1);
    let inset = picture.width.min(picture.height) / 16;
    let corners = [
        ((inset, inset), RED),
        ((right - inset, inset), GREEN),
        ((inset, bottom - inset), BLUE),
        ((right - inset, bottom - inset), GREY),
    ];
    for ((x, y), expected) in corners {
        let found = at(picture, x, y);
        let is_near = found.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 16);
        assert!(
            is_near,
            "{context}: ({x}, {y}) is {found:?}, expected {expected:?}"
        );
    }
}

#[test]
fn all_eight_come_out_upright_at_every_size() {
    for orientation in 1..=8 {
        let bytes = stored(orientation);
        for width in [301, 151, 100, 37] {
            for format in [OutputFormat::Jpeg, OutputFormat::Png] {
                let output = made(&bytes, &to_width(width, format));
                let height = (f64::from(width * CARD.1) / f64::from(CARD.0)).round() as u32;
                assert_eq!((output.width, output.height), (width, height));
                let context = format!("orientation {orientation}, {format:?}, width {width}");
                assert_is_upright(&pixels(&output.bytes), &context);
            }
        }
    }
}

#[test]
fn chroma_stays_with_its_luma_whatever_the_orientation() {
    // At odd sizes a flipped axis moves the chroma grid by half a sample if it is
    // not taken care of; the upright outputs then differ at the colours' edges.
    let width = 151;
    let expected = pixels(&made(&stored(1), &to_width(width, OutputFormat::Jpeg)).bytes);
    for orientation in 2..=8 {
        let output = made(&stored(orientation), &to_width(width, OutputFormat::Jpeg));
        let found = pixels(&output.bytes);
        let sum: u64 = found
            .data
            .iter()
            .zip(&expected.data)
            .map(|(a, b)| u64::from(a.abs_diff(*b)))
            .sum();
        let mean = sum as f64 / found.data.len() as f64;
        assert!(
            mean < 0.6,
            "orientation {orientation}: mean difference {mean}"
        );
    }
}

#[test]
fn gravity_and_focal_point_mean_the_upright_picture() {
    for orientation in 1..=8 {
        let bytes = stored(orientation);
        let cropped = |gravity| {
            let transform = Transform {
                height: Some(50),
                fit: Fit::Cover,
                gravity,
                ..to_width(50, OutputFormat::Png)
            };
            pixels(&made(&bytes, &transform).bytes)
        };
        assert_near(at(&cropped(Gravity::West), 3, 3), RED, 16);
        assert_near(at(&cropped(Gravity::East), 46, 3), GREEN, 16);
        assert_near(
            at(&cropped(Gravity::Focal { x: 0.0, y: 0.5 }), 3, 46),
            BLUE,
            16,
        );
    }
}

#[test]
fn width_and_height_mean_the_upright_picture() {
    for orientation in 1..=8 {
        let bytes = stored(orientation);
        let inside = Transform {
            height: Some(40),
            ..to_width(120, OutputFormat::Jpeg)
        };
        let output = made(&bytes, &inside);
        assert_eq!(
            (output.width, output.height),
            (59, 40),
            "orientation {orientation}"
        );
    }
}
