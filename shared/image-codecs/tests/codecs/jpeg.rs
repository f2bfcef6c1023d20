use image_codecs::{
    CodecError, InputFormat, JpegOptions, Limits, Picture, Rgba, Subsampling, Tags, decode,
    encode_jpeg, probe, read_tags,
};
use moxcms::ColorProfile;
use proptest::prelude::*;
use turbojpeg::{Colorspace, Compressor, Image, PixelFormat, Subsamp};

use crate::fixtures::{
    difference, exif_orientation, gradient, jpeg, jpeg_as, read, read_rgba, with_jpeg_segment,
};

const ALL: [Subsampling; 5] = [
    Subsampling::S444,
    Subsampling::S422,
    Subsampling::S420,
    Subsampling::S440,
    Subsampling::Gray,
];

fn encode(picture: &Picture) -> Vec<u8> {
    let options = JpegOptions {
        quality: 95,
        progressive: false,
    };
    encode_jpeg(picture, &options, &Tags::default()).unwrap()
}

/// Compresses packed pixels with libjpeg-turbo as other programs would.
fn compress(
    pixels: &[u8],
    side: usize,
    format: PixelFormat,
    set: impl Fn(&mut Compressor),
) -> Vec<u8> {
    let mut compressor = Compressor::new().unwrap();
    compressor.set_quality(95).unwrap();
    set(&mut compressor);
    let pitch = side * format.size();
    compressor
        .compress_to_vec(Image {
            pixels,
            width: side,
            pitch,
            height: side,
            format,
        })
        .unwrap()
}

fn icc_segments(jpeg: &[u8], profile: &[u8]) -> Vec<u8> {
    // Two parts, the second written first: they carry numbers.
    let (first, second) = profile.split_at(profile.len() / 2);
    let part = |number: u8, part: &[u8]| [b"ICC_PROFILE\0".as_slice(), &[number, 2], part].concat();
    let jpeg = with_jpeg_segment(jpeg, 0xE2, &part(1, first));
    with_jpeg_segment(&jpeg, 0xE2, &part(2, second))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn keeps_the_picture_at_any_size(width in 1_u32..34, height in 1_u32..34, kind in 0_usize..5) {
        let original = gradient(width, height);
        let planes = original.to_yuv(ALL[kind]);
        let expected = planes.to_rgba();
        let bytes = encode(&Picture::Yuv(planes));
        let (found, picture) = read(&bytes).unwrap();
        prop_assert_eq!((found.width, found.height), (width, height));
        let Picture::Yuv(yuv) = picture else { panic!("not planar") };
        prop_assert_eq!(yuv.subsampling, ALL[kind]);
        prop_assert_eq!((yuv.true_width, yuv.true_height), (f64::from(width), f64::from(height)));
        prop_assert!(difference(&expected, &yuv.to_rgba()) < 3.0);
    }

    #[test]
    fn shrinks_any_size_to_the_exact_fraction(
        width in 1_u32..100,
        height in 1_u32..100,
        kind in 0_usize..5,
        wanted in 1_u32..100,
    ) {
        let bytes = encode(&Picture::Yuv(gradient(width, height).to_yuv(ALL[kind])));
        let limits = Limits::default();
        let found = probe(&bytes, &limits).unwrap();
        let (wanted_width, wanted_height) = (wanted.min(width), wanted.min(height));
        let picture = decode(&bytes, &found, Some((wanted_width, wanted_height)), &limits).unwrap();
        let Picture::Yuv(yuv) = picture else { panic!("not planar") };
        prop_assert!(yuv.true_width >= f64::from(wanted_width));
        prop_assert!(yuv.true_height >= f64::from(wanted_height));
        let scale = yuv.true_width / f64::from(width);
        prop_assert!([1.0, 0.5, 0.25, 0.125].contains(&scale));
        prop_assert_eq!(yuv.true_height / f64::from(height), scale);
        prop_assert_eq!(yuv.width, yuv.true_width.ceil() as u32);
        prop_assert_eq!(yuv.height, yuv.true_height.ceil() as u32);
        // Written again, every plane must be found large enough.
        prop_assert!(!encode(&Picture::Yuv(yuv)).is_empty());
    }
}

#[test]
fn shrinks_no_further_than_asked() {
    let bytes = jpeg(800, 600);
    let limits = Limits::default();
    let found = probe(&bytes, &limits).unwrap();
    let size = |wanted| {
        let picture = decode(&bytes, &found, Some(wanted), &limits).unwrap();
        (picture.width(), picture.height())
    };
    assert_eq!(size((100, 75)), (100, 75));
    assert_eq!(size((101, 75)), (200, 150));
    assert_eq!(size((100, 151)), (400, 300));
    assert_eq!(size((401, 1)), (800, 600));
    assert_eq!(size((9000, 9000)), (800, 600));
}

#[test]
fn writes_opaque_rgba_and_refuses_transparency() {
    let picture = gradient(33, 17);
    let back = read_rgba(&encode(&Picture::Rgba(picture.clone())), InputFormat::Jpeg);
    assert!(difference(&picture, &back) < 3.0);
    let clear = Picture::Rgba(Rgba {
        opaque: false,
        ..picture
    });
    let error = encode_jpeg(&clear, &JpegOptions::default(), &Tags::default()).unwrap_err();
    assert!(matches!(error, CodecError::Encode { .. }));
}

#[test]
fn refuses_planes_smaller_than_their_size() {
    let mut yuv = gradient(16, 16).to_yuv(Subsampling::S420);
    yuv.v.data.truncate(63);
    let error = encode_jpeg(
        &Picture::Yuv(yuv),
        &JpegOptions::default(),
        &Tags::default(),
    );
    assert!(matches!(error, Err(CodecError::Encode { .. })));
}

#[test]
fn reads_progressive_and_arithmetic() {
    let picture = gradient(64, 64);
    assert!(
        difference(
            &picture,
            &read_rgba(&jpeg_as(64, 64, true), InputFormat::Jpeg)
        ) < 3.0
    );
    let arithmetic = compress(&picture.data, 64, PixelFormat::RGBA, |compressor| {
        compressor.set_arithmetic(true).unwrap();
    });
    assert!(difference(&picture, &read_rgba(&arithmetic, InputFormat::Jpeg)) < 3.0);
}

#[test]
fn reads_rgb_and_rare_subsampling_as_rgba() {
    let picture = gradient(64, 64);
    let rgb = compress(&picture.data, 64, PixelFormat::RGBA, |compressor| {
        compressor.set_colorspace(Colorspace::RGB).unwrap();
    });
    let wide = compress(&picture.data, 64, PixelFormat::RGBA, |compressor| {
        compressor.set_subsamp(Subsamp::Sub4x1).unwrap();
    });
    for bytes in [rgb, wide] {
        let (_, decoded) = read(&bytes).unwrap();
        let Picture::Rgba(rgba) = decoded else {
            panic!("planar")
        };
        assert!(rgba.opaque && difference(&picture, &rgba) < 3.0);
    }
}

#[test]
fn reads_cmyk_without_a_profile() {
    // Inverted, as Adobe stores it, which is what libjpeg-turbo marks it as:
    // no cyan, full magenta, half yellow, no black.
    let pixels = [255, 0, 128, 255].repeat(16 * 16);
    let bytes = compress(&pixels, 16, PixelFormat::CMYK, |_| {});
    let back = read_rgba(&bytes, InputFormat::Jpeg);
    let [red, green, blue, alpha] = back.data[..4] else {
        unreachable!()
    };
    assert!(red > 250 && green < 5 && (120..136).contains(&blue) && alpha == 255);
}

#[test]
fn refuses_lossless() {
    let bytes = compress(
        &gradient(16, 16).data,
        16,
        PixelFormat::RGBA,
        |compressor| {
            compressor.set_lossless(true).unwrap();
        },
    );
    let error = probe(&bytes, &Limits::default()).unwrap_err();
    assert!(
        matches!(error, CodecError::UnsupportedFeature { .. }),
        "{error}"
    );
}

#[test]
fn converts_a_foreign_profile_and_keeps_planes_for_srgb() {
    let bytes = encode(&Picture::Rgba(gradient(32, 32)));
    let srgb = icc_segments(&bytes, &ColorProfile::new_srgb().encode().unwrap());
    assert!(matches!(read(&srgb).unwrap().1, Picture::Yuv(_)));
    let broken = icc_segments(&bytes, b"not a profile");
    assert!(matches!(read(&broken).unwrap().1, Picture::Yuv(_)));
    let foreign = icc_segments(&bytes, &ColorProfile::new_display_p3().encode().unwrap());
    let plain = read_rgba(&bytes, InputFormat::Jpeg);
    let (_, Picture::Rgba(converted)) = read(&foreign).unwrap() else {
        panic!("planar")
    };
    assert!(difference(&plain, &converted) > 2.0);
}

#[test]
fn refuses_every_truncation() {
    for progressive in [false, true] {
        let bytes = jpeg_as(40, 40, progressive);
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
fn accepts_stray_bytes_before_the_end() {
    let bytes = jpeg(40, 40);
    let (scan, end) = bytes.split_at(bytes.len() - 2);
    let padded = [scan, &[0, 0, 0], end].concat();
    assert_eq!(
        read_rgba(&padded, InputFormat::Jpeg).data,
        read_rgba(&bytes, InputFormat::Jpeg).data
    );
}

#[test]
fn caps_the_scans_of_a_progressive_picture() {
    let bytes = jpeg_as(64, 64, true);
    let limits = Limits {
        max_jpeg_scans: 3,
        ..Limits::default()
    };
    let found = probe(&bytes, &limits).unwrap();
    let error = decode(&bytes, &found, None, &limits).unwrap_err();
    assert!(
        matches!(
            error,
            CodecError::LimitExceeded {
                limit: "max_jpeg_scans",
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn reads_the_orientation() {
    for value in 1..=8 {
        let block = [b"Exif\0\0".as_slice(), &exif_orientation(value)].concat();
        let found = probe(
            &with_jpeg_segment(&jpeg(30, 20), 0xE1, &block),
            &Limits::default(),
        )
        .unwrap();
        assert_eq!(found.orientation.get(), value);
        let upright = if value > 4 { (20, 30) } else { (30, 20) };
        assert_eq!(found.upright_size(), upright);
    }
}

#[test]
fn writes_tags_that_can_be_read() {
    let tags = Tags {
        copyright: Some("© 2026 Ana".to_owned()),
        artist: Some("Ana".to_owned()),
    };
    let picture = Picture::Rgba(gradient(8, 8));
    let bytes = encode_jpeg(&picture, &JpegOptions::default(), &tags).unwrap();
    let (found, _) = read(&bytes).unwrap();
    assert_eq!(read_tags(&bytes, &found, &Limits::default()), tags);
}
