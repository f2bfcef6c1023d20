//! The yardstick: a Lanczos resize in floating point, separable, without shrink
//! on load, without subsampling, and the SSIMULACRA2 score of a picture against it.

use std::f64::consts::PI;

use fast_ssim2::{PixelDescriptor, PixelSlice, compute_ssimulacra2};
use image_codecs::Rgba;
use imaging::CropBox;

/// `crop` of an opaque picture at `width × height`.
pub(crate) fn resized(picture: &Rgba, crop: CropBox, width: u32, height: u32) -> Rgba {
    let (from_width, from_height) = (picture.width as usize, picture.height as usize);
    let columns = kernels(from_width, crop.left, crop.width, width as usize);
    let rows = kernels(from_height, crop.top, crop.height, height as usize);
    let mut narrow = vec![[0.0; 3]; width as usize * from_height];
    for (y, row) in picture.data.chunks(from_width * 4).enumerate() {
        for (x, (start, weights)) in columns.iter().enumerate() {
            let sum = &mut narrow[y * width as usize + x];
            for (pixel, weight) in row[start * 4..].chunks(4).zip(weights) {
                (0..3).for_each(|c| sum[c] += f64::from(pixel[c]) * weight);
            }
        }
    }
    let mut data = Vec::with_capacity(width as usize * height as usize * 4);
    for (start, weights) in &rows {
        for x in 0..width as usize {
            let mut sum = [0.0; 3];
            for (offset, weight) in weights.iter().enumerate() {
                let pixel = narrow[(start + offset) * width as usize + x];
                (0..3).for_each(|c| sum[c] += pixel[c] * weight);
            }
            data.extend(sum.map(|sum: f64| sum.round() as u8));
            data.push(255);
        }
    }
    Rgba {
        data,
        width,
        height,
        opaque: true,
    }
}

/// For each output sample where its weights start and what they are.
fn kernels(from: usize, start: f64, extent: f64, to: usize) -> Vec<(usize, Vec<f64>)> {
    let scale = extent / to as f64;
    let stretch = scale.max(1.0);
    (0..to)
        .map(|index| {
            let centre = start + (index as f64 + 0.5) * scale;
            let first = (centre - 3.0 * stretch).floor().max(0.0) as usize;
            let last = ((centre + 3.0 * stretch).ceil() as usize).min(from);
            let weights: Vec<f64> = (first..last)
                .map(|x| lanczos3((x as f64 + 0.5 - centre) / stretch))
                .collect();
            let sum: f64 = weights.iter().sum();
            (
                first,
                weights.into_iter().map(|weight| weight / sum).collect(),
            )
        })
        .collect()
}

fn lanczos3(x: f64) -> f64 {
    if x == 0.0 {
        return 1.0;
    }
    if x.abs() >= 3.0 {
        return 0.0;
    }
    3.0 * (PI * x).sin() * (PI * x / 3.0).sin() / (PI * PI * x * x)
}

/// SSIMULACRA2 of `picture` as a copy of `reference`: 100 is identical, 90
/// cannot be told apart, 70 is high quality.
pub(crate) fn score(reference: &Rgba, picture: &Rgba) -> f64 {
    let rgb = |picture: &Rgba| -> Vec<u8> {
        picture
            .data
            .as_chunks::<4>()
            .0
            .iter()
            .flat_map(|p| [p[0], p[1], p[2]])
            .collect()
    };
    let (reference_rgb, picture_rgb) = (rgb(reference), rgb(picture));
    assert_eq!(
        (picture.width, picture.height),
        (reference.width, reference.height)
    );
    let (width, height) = (reference.width, reference.height);
    let slice = |bytes| {
        let descriptor = PixelDescriptor::RGB8_SRGB;
        PixelSlice::new(bytes, width, height, width as usize * 3, descriptor).unwrap()
    };
    compute_ssimulacra2(&slice(&reference_rgb), &slice(&picture_rgb)).unwrap()
}
