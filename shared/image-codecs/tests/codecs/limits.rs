use image_codecs::{CodecError, Limits, probe};

use crate::fixtures::{gradient, jpeg, png, webp, with_jpeg_segment};

/// The limit that `bytes` break.
fn broken_limit(bytes: &[u8], limits: Limits) -> &'static str {
    match probe(bytes, &limits) {
        Err(CodecError::LimitExceeded {
            limit,
            actual,
            allowed,
        }) => {
            assert!(actual > allowed);
            limit
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn names_the_limit_that_is_broken() {
    let bytes = jpeg(64, 32);
    let limits = Limits::default();
    assert!(
        probe(
            &bytes,
            &Limits {
                max_side: 64,
                max_pixels: 2048,
                ..limits
            }
        )
        .is_ok()
    );
    assert_eq!(
        broken_limit(
            &bytes,
            Limits {
                max_side: 63,
                ..limits
            }
        ),
        "max_side"
    );
    assert_eq!(
        broken_limit(
            &bytes,
            Limits {
                max_pixels: 2047,
                ..limits
            }
        ),
        "max_pixels"
    );
    let size = bytes.len() as u64;
    assert_eq!(
        broken_limit(
            &bytes,
            Limits {
                max_input_bytes: size - 1,
                ..limits
            }
        ),
        "max_input_bytes"
    );
    let profile = with_jpeg_segment(
        &bytes,
        0xE2,
        &[b"ICC_PROFILE\0\x01\x01".as_slice(), &[0; 99]].concat(),
    );
    assert_eq!(
        broken_limit(
            &profile,
            Limits {
                max_metadata_bytes: 98,
                ..limits
            }
        ),
        "max_metadata_bytes"
    );
}

#[test]
fn refuses_headers_that_promise_too_much() {
    let mut png = png(gradient(8, 8));
    png[16..24].copy_from_slice(&[0, 0, 0xC3, 0x50, 0, 0, 0xC3, 0x50]);
    assert_eq!(broken_limit(&png, Limits::default()), "max_side");

    let mut jpeg = jpeg(8, 8);
    let frame = jpeg
        .windows(2)
        .position(|pair| pair == [0xFF, 0xC0])
        .unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0x27, 0x10, 0x27, 0x10]);
    assert_eq!(broken_limit(&jpeg, Limits::default()), "max_pixels");

    let mut webp = webp(gradient(8, 8));
    let size = webp
        .windows(3)
        .position(|bytes| bytes == [0x9D, 0x01, 0x2A])
        .unwrap()
        + 3;
    webp[size..size + 4].copy_from_slice(&[0xFF, 0x3F, 0xFF, 0x3F]);
    assert_eq!(broken_limit(&webp, Limits::default()), "max_side");
}

#[test]
fn says_what_the_limit_is() {
    let error = probe(
        &jpeg(64, 32),
        &Limits {
            max_side: 50,
            ..Limits::default()
        },
    )
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "accept the picture: max_side is 64, at most 50 is allowed"
    );
}
