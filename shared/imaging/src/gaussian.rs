//! Gaussian blur of interleaved 8-bit samples.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image_codecs::CodecError;

/// Largest sigma convolved at full size; above it the picture is made smaller,
/// blurred there and enlarged again, which bounds the work for any sigma.
const MAX_DIRECT_SIGMA: f32 = 4.0;

/// Gaussian blur of unpadded rows of `width` pixels.
pub(crate) fn gaussian(
    data: &[u8],
    width: usize,
    pixel: PixelType,
    sigma: f32,
) -> Result<Vec<u8>, CodecError> {
    let stride = width * pixel.size();
    if stride == 0 || data.is_empty() {
        return Ok(data.to_vec());
    }
    if sigma <= MAX_DIRECT_SIGMA {
        return Ok(convolved(data, stride, pixel.size(), &kernel(sigma)));
    }
    let size = (width as u32, (data.len() / stride) as u32);
    let factor = sigma / MAX_DIRECT_SIGMA;
    let shrunk = |length: u32| ((length as f32 / factor).round() as u32).max(1);
    let small_size = (shrunk(size.0), shrunk(size.1));
    let small = resampled(data, size, small_size, pixel, FilterType::Box)?;
    let small_stride = small_size.0 as usize * pixel.size();
    let small = convolved(
        &small,
        small_stride,
        pixel.size(),
        &kernel(MAX_DIRECT_SIGMA),
    );
    resampled(&small, small_size, size, pixel, FilterType::CatmullRom)
}

fn resampled(
    data: &[u8],
    from: (u32, u32),
    to: (u32, u32),
    pixel: PixelType,
    filter: FilterType,
) -> Result<Vec<u8>, CodecError> {
    let source = ImageRef::new(from.0, from.1, data, pixel).map_err(|error| fault(&error))?;
    let mut out = Image::new(to.0, to.1, pixel);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(filter))
        .use_alpha(false);
    Resizer::new()
        .resize(&source, &mut out, &options)
        .map_err(|error| fault(&error))?;
    Ok(out.into_vec())
}

/// Half a Gaussian from its middle on, in 1/65536, three sigma long. The whole sums to 65536.
fn kernel(sigma: f32) -> Vec<u32> {
    let radius = (3.0 * sigma).ceil().max(1.0) as usize;
    let weights: Vec<f32> = (0..=radius)
        .map(|x| (-((x * x) as f32) / (2.0 * sigma * sigma)).exp())
        .collect();
    let sum = weights[0] + 2.0 * weights[1..].iter().sum::<f32>();
    let mut fixed: Vec<u32> = weights
        .iter()
        .map(|weight| (weight / sum * 65_536.0).round() as u32)
        .collect();
    fixed[0] = 65_536 - 2 * fixed[1..].iter().sum::<u32>();
    fixed
}

/// Separable convolution; the border repeats.
fn convolved(data: &[u8], stride: usize, channels: usize, half: &[u32]) -> Vec<u8> {
    let rows: Vec<&[u8]> = data.chunks_exact(stride).collect();
    let radius = half.len() - 1;
    let mut sums = vec![0_u32; stride];
    let mut padded = Vec::with_capacity(stride + 2 * radius * channels);
    let mut out = Vec::with_capacity(data.len());
    for y in 0..rows.len() {
        sums.fill(32_768);
        for offset in 0..=2 * radius {
            let row = rows[(y + offset).saturating_sub(radius).min(rows.len() - 1)];
            accumulate(&mut sums, row, half[offset.abs_diff(radius)]);
        }
        padded.clear();
        let column: Vec<u8> = sums.iter().map(|sum| (sum >> 16) as u8).collect();
        padded.extend(column[..channels].iter().cycle().take(radius * channels));
        padded.extend_from_slice(&column);
        padded.extend(
            column[stride - channels..]
                .iter()
                .cycle()
                .take(radius * channels),
        );
        sums.fill(32_768);
        for offset in 0..=2 * radius {
            let shifted = &padded[offset * channels..];
            accumulate(&mut sums, shifted, half[offset.abs_diff(radius)]);
        }
        out.extend(sums.iter().map(|sum| (sum >> 16) as u8));
    }
    out
}

fn accumulate(sums: &mut [u32], samples: &[u8], weight: u32) {
    for (sum, sample) in sums.iter_mut().zip(samples) {
        *sum += u32::from(*sample) * weight;
    }
}

/// Wrong geometry is a fault of this crate: say so instead of blaming the picture.
pub(crate) fn fault(error: &dyn std::fmt::Display) -> CodecError {
    CodecError::Encode {
        format: "blurred pixels",
        reason: error.to_string(),
    }
}
