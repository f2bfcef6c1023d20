//! Pictures to write and read, made here.

use image_codecs::{
    CodecError, InputFormat, JpegOptions, Limits, Picture, PngOptions, Probe, Rgba, Subsampling,
    Tags, WebpOptions, decode, encode_jpeg, encode_png, encode_webp, probe,
};

/// A smooth picture in which every corner has its own colour.
pub(crate) fn gradient(width: u32, height: u32) -> Rgba {
    let level = |position: u32, side: u32| (40 + 175 * position / side.max(2)) as u8;
    let data = (0..height)
        .flat_map(|y| (0..width).map(move |x| (x, y)))
        .flat_map(|(x, y)| {
            [
                level(x, width),
                level(y, height),
                level(x + y, width + height),
                255,
            ]
        })
        .collect();
    Rgba {
        data,
        width,
        height,
        opaque: true,
    }
}

/// The gradient with an alpha that grows from left to right.
pub(crate) fn translucent(width: u32, height: u32) -> Rgba {
    let mut picture = gradient(width, height);
    for (number, pixel) in picture.data.chunks_exact_mut(4).enumerate() {
        pixel[3] = (number as u32 % width * 255 / width.max(2)) as u8;
    }
    picture.opaque = false;
    picture
}

pub(crate) fn jpeg(width: u32, height: u32) -> Vec<u8> {
    jpeg_as(width, height, false)
}

pub(crate) fn jpeg_as(width: u32, height: u32, progressive: bool) -> Vec<u8> {
    let planes = Picture::Yuv(gradient(width, height).to_yuv(Subsampling::S420));
    encode_jpeg(
        &planes,
        &JpegOptions {
            quality: 90,
            progressive,
        },
        &Tags::default(),
    )
    .unwrap()
}

pub(crate) fn png(picture: Rgba) -> Vec<u8> {
    encode_png(
        &Picture::Rgba(picture),
        &PngOptions::default(),
        &Tags::default(),
    )
    .unwrap()
}

pub(crate) fn webp(picture: Rgba) -> Vec<u8> {
    let options = WebpOptions {
        quality: 90,
        method: 2,
    };
    encode_webp(&Picture::Rgba(picture), &options, &Tags::default()).unwrap()
}

/// Puts a segment behind a JPEG's first marker.
pub(crate) fn with_jpeg_segment(jpeg: &[u8], marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xFF, marker], &length, content, &jpeg[2..]].concat()
}

/// An EXIF block (big endian) with an orientation.
pub(crate) fn exif_orientation(value: u8) -> Vec<u8> {
    [
        b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".as_slice(),
        &[value],
        &[0; 6],
    ]
    .concat()
}

/// Probes and decodes.
pub(crate) fn read(bytes: &[u8]) -> Result<(Probe, Picture), CodecError> {
    let limits = Limits::default();
    let probe = probe(bytes, &limits)?;
    let picture = decode(bytes, &probe, None, &limits)?;
    Ok((probe, picture))
}

/// Probes and decodes to RGBA.
pub(crate) fn read_rgba(bytes: &[u8], format: InputFormat) -> Rgba {
    let (probe, picture) = read(bytes).unwrap();
    assert_eq!(probe.format, format);
    let rgba = match picture {
        Picture::Yuv(yuv) => yuv.to_rgba(),
        Picture::Rgba(rgba) => rgba,
    };
    assert_eq!((rgba.width, rgba.height), (probe.width, probe.height));
    assert_eq!(
        rgba.data.len(),
        rgba.width as usize * rgba.height as usize * 4
    );
    rgba
}

/// Mean absolute difference per channel.
pub(crate) fn difference(left: &Rgba, right: &Rgba) -> f64 {
    assert_eq!((left.width, left.height), (right.width, right.height));
    let sum: u64 = left
        .data
        .iter()
        .zip(&right.data)
        .map(|(&a, &b)| u64::from(a.abs_diff(b)))
        .sum();
    sum as f64 / left.data.len() as f64
}
