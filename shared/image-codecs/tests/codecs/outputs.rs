//! Lossy outputs from planes: the same colours as from RGBA, the same bytes twice.

use image_codecs::{
    AvifOptions, CodecError, InputFormat, Picture, Rgba, Subsampling, Tags, WebpOptions,
    encode_avif, encode_webp,
};

use crate::fixtures::{difference, gradient, read_rgba, translucent};

const ALL: [Subsampling; 5] = [
    Subsampling::S444,
    Subsampling::S422,
    Subsampling::S420,
    Subsampling::S440,
    Subsampling::Gray,
];

#[test]
fn webp_from_planes_has_the_colours_of_the_planes() {
    let options = WebpOptions {
        quality: 95,
        method: 2,
    };
    for subsampling in ALL {
        for (width, height) in [(64, 48), (33, 17), (1, 1)] {
            let planes = gradient(width, height).to_yuv(subsampling);
            let expected = planes.to_rgba();
            let bytes = encode_webp(&Picture::Yuv(planes), &options, &Tags::default()).unwrap();
            let back = read_rgba(&bytes, InputFormat::WebP);
            let difference = difference(&expected, &back);
            assert!(
                difference < 3.0,
                "{subsampling:?} {width}x{height}: {difference}"
            );
        }
    }
}

#[test]
fn webp_keeps_black_and_white() {
    for level in [0_u8, 255] {
        let data = [level, level, level, 255].repeat(32 * 32);
        let picture = Rgba {
            data,
            width: 32,
            height: 32,
            opaque: true,
        };
        let planes = Picture::Yuv(picture.to_yuv(Subsampling::S420));
        let bytes = encode_webp(&planes, &WebpOptions::default(), &Tags::default()).unwrap();
        assert!(difference(&picture, &read_rgba(&bytes, InputFormat::WebP)) < 1.0);
    }
}

#[test]
fn better_quality_takes_more_bytes_and_the_same_bytes_come_twice() {
    let picture = Picture::Yuv(gradient(96, 64).to_yuv(Subsampling::S420));
    let webp = |quality| {
        encode_webp(
            &picture,
            &WebpOptions { quality, method: 4 },
            &Tags::default(),
        )
        .unwrap()
    };
    let avif = |quality| {
        encode_avif(
            &picture,
            &AvifOptions { quality, speed: 9 },
            &Tags::default(),
        )
        .unwrap()
    };
    assert!(webp(95).len() > webp(20).len() && avif(95).len() > avif(20).len());
    assert_eq!(webp(80), webp(80));
    assert_eq!(avif(50), avif(50));
}

#[test]
fn avif_says_what_it_holds() {
    let contains = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).any(|found| found == part);
    let tags = Tags {
        copyright: Some("Ana".to_owned()),
        artist: None,
    };
    let options = AvifOptions {
        quality: 50,
        speed: 9,
    };
    let alpha = b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha";
    for subsampling in ALL {
        let picture = Picture::Yuv(gradient(33, 17).to_yuv(subsampling));
        let bytes = encode_avif(&picture, &options, &tags).unwrap();
        assert_eq!(&bytes[4..12], b"ftypavif");
        assert!(contains(&bytes, b"ispe\0\0\0\0\0\0\0\x21\0\0\0\x11"));
        assert!(contains(&bytes, b"Exif") && contains(&bytes, b"Ana"));
        assert!(!contains(&bytes, alpha));
    }
    let clear = Picture::Rgba(translucent(20, 10));
    assert!(contains(
        &encode_avif(&clear, &options, &Tags::default()).unwrap(),
        alpha
    ));
}

#[test]
fn sizes_beyond_a_format_are_refused() {
    let wide = Rgba {
        data: vec![255; 16_384 * 4],
        width: 16_384,
        height: 1,
        opaque: true,
    };
    let error = encode_webp(
        &Picture::Rgba(wide),
        &WebpOptions::default(),
        &Tags::default(),
    );
    assert!(matches!(error, Err(CodecError::Encode { .. })));
    let lying = Rgba {
        data: vec![0; 4],
        width: 9,
        height: 9,
        opaque: true,
    };
    let error = encode_avif(
        &Picture::Rgba(lying),
        &AvifOptions::default(),
        &Tags::default(),
    );
    assert!(matches!(error, Err(CodecError::Encode { .. })));
}
