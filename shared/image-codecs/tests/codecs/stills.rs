use std::io::Cursor;

use image::codecs::tiff::TiffEncoder;
use image::{ExtendedColorType, ImageEncoder};
use image_codecs::{
    InputFormat, Limits, Picture, PngCompression, PngOptions, Rgba, Tags, WebpOptions, encode_png,
    encode_webp, probe, read_tags,
};
use moxcms::ColorProfile;
use png::{BitDepth, ColorType, Encoder};

use crate::fixtures::{
    difference, exif_orientation, gradient, png, read, read_rgba, translucent, webp,
};

fn raw_png(
    side: u32,
    color: ColorType,
    depth: BitDepth,
    data: &[u8],
    profile: Option<Vec<u8>>,
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut info = png::Info::with_size(side, side);
    info.color_type = color;
    info.bit_depth = depth;
    info.icc_profile = profile.map(Into::into);
    let mut writer = Encoder::with_info(&mut bytes, info)
        .unwrap()
        .write_header()
        .unwrap();
    writer.write_image_data(data).unwrap();
    writer.finish().unwrap();
    bytes
}

fn tiff(side: u32, color: ExtendedColorType, data: &[u8]) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    TiffEncoder::new(&mut bytes)
        .write_image(data, side, side, color)
        .unwrap();
    bytes.into_inner()
}

#[test]
fn png_keeps_every_pixel() {
    for compression in [
        PngCompression::Fast,
        PngCompression::Balanced,
        PngCompression::Best,
    ] {
        for picture in [gradient(37, 11), translucent(37, 11), gradient(1, 1)] {
            let options = PngOptions { compression };
            let original = Picture::Rgba(picture.clone());
            let bytes = encode_png(&original, &options, &Tags::default()).unwrap();
            let back = read_rgba(&bytes, InputFormat::Png);
            assert_eq!((back.data, back.opaque), (picture.data, picture.opaque));
        }
    }
}

#[test]
fn png_takes_the_smallest_colour_type() {
    let color_type = |picture: Rgba| {
        let expected = picture.data.clone();
        let bytes = png(picture);
        assert_eq!(read_rgba(&bytes, InputFormat::Png).data, expected);
        bytes[25]
    };
    let of = |pixels: &dyn Fn(u32) -> [u8; 4], opaque| {
        let data = (0..64 * 64).flat_map(pixels).collect();
        color_type(Rgba {
            data,
            width: 64,
            height: 64,
            opaque,
        })
    };
    assert_eq!(of(&|n| [n as u8, n as u8, n as u8, 255], true), 0);
    assert_eq!(of(&|n| [n as u8, 7, 9, 255], true), 3);
    assert_eq!(of(&|n| [n as u8, (n >> 4) as u8, 9, 255], true), 2);
    assert_eq!(
        of(&|n| [n as u8, n as u8, n as u8, (n >> 4) as u8], false),
        4
    );
    assert_eq!(of(&|n| [n as u8, 1, 2, (n >> 4) as u8], false), 6);
    assert_eq!(of(&|n| [1, 2, 3, n as u8], false), 3);
}

#[test]
fn png_of_16_bits_and_of_grey() {
    let deep: Vec<u8> = (0..16_u32)
        .flat_map(|n| [n as u8 * 16, 99, 50, 1, 200, 2])
        .collect();
    let back = read_rgba(
        &raw_png(4, ColorType::Rgb, BitDepth::Sixteen, &deep, None),
        InputFormat::Png,
    );
    assert_eq!(back.data[4..8], [16, 50, 200, 255]);
    let bits = raw_png(
        8,
        ColorType::Grayscale,
        BitDepth::One,
        &[0b1010_0000; 8],
        None,
    );
    let back = read_rgba(&bits, InputFormat::Png);
    assert_eq!(
        back.data[..12],
        [255, 255, 255, 255, 0, 0, 0, 255, 255, 255, 255, 255]
    );
    assert!(back.opaque);
}

#[test]
fn png_profile_is_converted() {
    let pixels = [200, 100, 100].repeat(16);
    let profile = ColorProfile::new_display_p3().encode().unwrap();
    let bytes = raw_png(4, ColorType::Rgb, BitDepth::Eight, &pixels, Some(profile));
    let back = read_rgba(&bytes, InputFormat::Png);
    assert!((208..=216).contains(&back.data[0]), "{:?}", &back.data[..4]);
}

#[test]
fn png_and_webp_keep_tags() {
    let tags = Tags {
        copyright: Some("© Ana".to_owned()),
        artist: None,
    };
    for picture in [gradient(9, 5), translucent(9, 5)] {
        let picture = Picture::Rgba(picture);
        let png = encode_png(&picture, &PngOptions::default(), &tags).unwrap();
        let webp = encode_webp(&picture, &WebpOptions::default(), &tags).unwrap();
        for bytes in [png, webp] {
            let (found, _) = read(&bytes).unwrap();
            assert_eq!(read_tags(&bytes, &found, &Limits::default()), tags);
            assert_eq!((found.width, found.height), (9, 5));
        }
    }
}

#[test]
fn webp_orientation_is_read() {
    let mut bytes = webp(translucent(9, 5));
    let exif = exif_orientation(6);
    bytes.extend_from_slice(b"EXIF");
    bytes.extend_from_slice(&u32::try_from(exif.len()).unwrap().to_le_bytes());
    bytes.extend_from_slice(&exif);
    let size = u32::try_from(bytes.len() - 8).unwrap();
    bytes[4..8].copy_from_slice(&size.to_le_bytes());
    assert_eq!(
        probe(&bytes, &Limits::default()).unwrap().upright_size(),
        (5, 9)
    );
}

#[test]
fn tiff_is_read_in_8_and_16_bits() {
    let picture = gradient(16, 16);
    let rgb: Vec<u8> = picture
        .data
        .chunks(4)
        .flat_map(|pixel| pixel[..3].to_vec())
        .collect();
    let back = read_rgba(&tiff(16, ExtendedColorType::Rgb8, &rgb), InputFormat::Tiff);
    assert_eq!(back.data, picture.data);
    let deep: Vec<u8> = rgb
        .iter()
        .flat_map(|&sample| (u16::from(sample) * 257).to_ne_bytes())
        .collect();
    let back = read_rgba(
        &tiff(16, ExtendedColorType::Rgb16, &deep),
        InputFormat::Tiff,
    );
    assert_eq!(back.data, picture.data);
    let clear = translucent(16, 16);
    let bytes = tiff(16, ExtendedColorType::Rgba8, &clear.data);
    let back = read_rgba(&bytes, InputFormat::Tiff);
    assert_eq!((back.data, back.opaque), (clear.data, false));
}

#[test]
fn truncations_are_refused() {
    let rgb = gradient(16, 16);
    for bytes in [png(rgb.clone()), webp(rgb), webp(translucent(16, 16))] {
        for length in 0..bytes.len() {
            assert!(
                read(&bytes[..length]).is_err(),
                "{length} of {} bytes",
                bytes.len()
            );
        }
    }
}

#[test]
fn webp_is_close_to_the_original() {
    for picture in [gradient(33, 31), gradient(1, 1), translucent(64, 48)] {
        let back = read_rgba(&webp(picture.clone()), InputFormat::WebP);
        assert_eq!(back.opaque, picture.opaque);
        // What is wholly transparent has no colour to keep.
        let seen = |rgba: &Rgba| {
            let mut seen = rgba.clone();
            for (pixel, original) in seen
                .data
                .chunks_exact_mut(4)
                .zip(picture.data.chunks_exact(4))
            {
                if original[3] == 0 {
                    pixel.fill(0);
                }
            }
            seen
        };
        assert!(difference(&seen(&picture), &seen(&back)) < 4.0);
    }
}
