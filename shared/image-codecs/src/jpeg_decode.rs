//! JPEG to pixels, through libjpeg-turbo: shrunk on load, and planar where no
//! colour conversion is needed. Planes of plain pictures at an eighth of their
//! size come from [`jpeg_dc`], which is faster.

use turbojpeg::{
    Colorspace, DecompressHeader, Decompressor, Image, PixelFormat, ScalingFactor, Subsamp,
    YuvImage,
};

use crate::jpeg_header::JpegHeader;
use crate::{CodecError, Limits, Picture, Plane, Probe, Rgba, Subsampling, Yuv, icc, jpeg_dc};

/// The scales whose inverse transform libjpeg-turbo runs in SIMD. The other
/// eighths cost more than the resize of a larger picture saves.
const SCALES: [ScalingFactor; 3] = [
    ScalingFactor::ONE_EIGHTH,
    ScalingFactor::ONE_QUARTER,
    ScalingFactor::ONE_HALF,
];

pub(crate) fn decode(
    bytes: &[u8],
    probe: &Probe,
    at_least: Option<(u32, u32)>,
    limits: &Limits,
) -> Result<Picture, CodecError> {
    let header = JpegHeader::read(bytes)?;
    let to_codec_error = |error| codec_error(&error, limits);
    let mut decompressor = Decompressor::new().map_err(to_codec_error)?;
    decompressor
        .set_scan_limit(limits.max_jpeg_scans)
        .map_err(to_codec_error)?;
    let info = decompressor.read_header(bytes).map_err(to_codec_error)?;
    if (info.width, info.height) != (probe.width as usize, probe.height as usize) {
        return Err(corrupt("its headers contradict each other"));
    }
    let scale = scale_for(&info, at_least);
    decompressor
        .set_scaling_factor(scale)
        .map_err(to_codec_error)?;
    let mut job = Job {
        bytes,
        decompressor,
        info,
        scale,
        limits,
    };
    let profile = header.icc();
    match (info.colorspace, subsampling(info.subsamp)) {
        (Colorspace::CMYK | Colorspace::YCCK, _) => job
            .cmyk(header.adobe, profile.as_deref())
            .map(Picture::Rgba),
        (Colorspace::Gray, _) => {
            let mut yuv = job.planes(Subsamp::Gray, Subsampling::Gray)?;
            if let Some(curve) = profile.as_deref().and_then(icc::gray_curve) {
                yuv.y.data.iter_mut().for_each(|sample| {
                    *sample = curve.get(usize::from(*sample)).copied().unwrap_or(*sample)
                });
            }
            Ok(Picture::Yuv(yuv))
        }
        (Colorspace::YCbCr, Some(subsampling)) => {
            match profile.as_deref().and_then(icc::rgb_to_srgb) {
                None => job.planes(info.subsamp, subsampling).map(Picture::Yuv),
                Some(conversion) => job.rgba(Some(&conversion)).map(Picture::Rgba),
            }
        }
        _ => {
            let conversion = profile.as_deref().and_then(icc::rgb_to_srgb);
            job.rgba(conversion.as_ref()).map(Picture::Rgba)
        }
    }
}

/// The smallest cheap scale whose picture is at least as large as asked.
fn scale_for(info: &DecompressHeader, at_least: Option<(u32, u32)>) -> ScalingFactor {
    let Some((width, height)) = at_least else {
        return ScalingFactor::ONE;
    };
    // The exact fractional extent counts: a size rounded up would have to be enlarged.
    let reaches = |scale: &ScalingFactor| {
        info.width * scale.num() >= width as usize * scale.denom()
            && info.height * scale.num() >= height as usize * scale.denom()
    };
    SCALES
        .into_iter()
        .find(reaches)
        .unwrap_or(ScalingFactor::ONE)
}

/// The subsamplings [`Yuv`] knows; the rare rest goes through RGB.
const fn subsampling(subsamp: Subsamp) -> Option<Subsampling> {
    match subsamp {
        Subsamp::None => Some(Subsampling::S444),
        Subsamp::Sub2x1 => Some(Subsampling::S422),
        Subsamp::Sub2x2 => Some(Subsampling::S420),
        Subsamp::Sub1x2 => Some(Subsampling::S440),
        Subsamp::Gray => Some(Subsampling::Gray),
        _ => None,
    }
}

struct Job<'a> {
    bytes: &'a [u8],
    decompressor: Decompressor,
    info: DecompressHeader,
    scale: ScalingFactor,
    limits: &'a Limits,
}

impl Job<'_> {
    fn planes(&mut self, subsamp: Subsamp, subsampling: Subsampling) -> Result<Yuv, CodecError> {
        let whole = (self.info.width, self.info.height);
        let means = (self.scale == ScalingFactor::ONE_EIGHTH)
            .then(|| jpeg_dc::decode(self.bytes, whole, subsampling))
            .flatten();
        let [y, u, v] = match means {
            Some(planes) => planes,
            None => self.decompress_planes(subsamp)?,
        };
        let exact = |side: usize| side as f64 * self.scale.num() as f64 / self.scale.denom() as f64;
        let (width, height) = self.size()?;
        Ok(Yuv {
            y,
            u,
            v,
            subsampling,
            width,
            height,
            true_width: exact(self.info.width),
            true_height: exact(self.info.height),
        })
    }

    fn decompress_planes(&mut self, subsamp: Subsamp) -> Result<[Plane; 3], CodecError> {
        let scaled = self.info.scaled(self.scale);
        let length = turbojpeg::yuv_pixels_len(scaled.width, 1, scaled.height, subsamp)
            .map_err(|error| codec_error(&error, self.limits))?;
        let mut luma = vec![0; length];
        let target = YuvImage {
            pixels: luma.as_mut_slice(),
            width: scaled.width,
            align: 1,
            height: scaled.height,
            subsamp,
        };
        let (y_stride, y_rows) = target.y_size();
        let (uv_stride, uv_rows) = target.uv_size();
        let outcome = self.decompressor.decompress_to_yuv(self.bytes, target);
        self.accept(outcome)?;
        let (mut u, mut v) = (Plane::default(), Plane::default());
        if subsamp != Subsamp::Gray {
            let chroma = |data| Plane {
                data,
                stride: uv_stride,
                width: uv_stride,
                height: uv_rows,
            };
            v = chroma(luma.split_off(y_stride * y_rows + uv_stride * uv_rows));
            u = chroma(luma.split_off(y_stride * y_rows));
        }
        let y = Plane {
            data: luma,
            stride: y_stride,
            width: scaled.width,
            height: scaled.height,
        };
        Ok([y, u, v])
    }

    fn rgba(&mut self, conversion: Option<&icc::Conversion>) -> Result<Rgba, CodecError> {
        let mut data = self.packed(PixelFormat::RGBA)?;
        if let Some(conversion) = conversion {
            conversion.apply(&mut data);
        }
        let (width, height) = self.size()?;
        Ok(Rgba {
            data,
            width,
            height,
            opaque: true,
        })
    }

    fn cmyk(&mut self, inverted: bool, profile: Option<&[u8]>) -> Result<Rgba, CodecError> {
        let mut data = self.packed(PixelFormat::CMYK)?;
        if inverted {
            data.iter_mut().for_each(|ink| *ink = 255 - *ink);
        }
        let conversion = profile.and_then(icc::cmyk_to_srgb);
        if let Some(conversion) = &conversion {
            conversion.apply(&mut data);
        }
        for pixel in data.as_chunks_mut().0 {
            *pixel = match (&conversion, *pixel) {
                (Some(_), [red, green, blue, _]) => [red, green, blue, 255],
                (None, inks) => ink_to_rgba(inks),
            };
        }
        let (width, height) = self.size()?;
        Ok(Rgba {
            data,
            width,
            height,
            opaque: true,
        })
    }

    fn packed(&mut self, format: PixelFormat) -> Result<Vec<u8>, CodecError> {
        let scaled = self.info.scaled(self.scale);
        let pitch = scaled.width * format.size();
        let mut pixels = vec![0; pitch * scaled.height];
        let target = Image {
            pixels: pixels.as_mut_slice(),
            width: scaled.width,
            pitch,
            height: scaled.height,
            format,
        };
        let outcome = self.decompressor.decompress(self.bytes, target);
        self.accept(outcome)?;
        Ok(pixels)
    }

    fn size(&self) -> Result<(u32, u32), CodecError> {
        let scaled = self.info.scaled(self.scale);
        let side = |side: usize| u32::try_from(side).map_err(|_| corrupt("its size overflows"));
        Ok((side(scaled.width)?, side(scaled.height)?))
    }

    /// libjpeg-turbo paints what is missing grey and only warns. Every warning
    /// is an error here, but for stray bytes before the end of the picture,
    /// which some phones write and which cost no pixel.
    fn accept(&self, outcome: turbojpeg::Result<()>) -> Result<(), CodecError> {
        match outcome {
            Err(error)
                if !error
                    .to_string()
                    .contains("extraneous bytes before marker 0xd9") =>
            {
                Err(codec_error(&error, self.limits))
            }
            _ => Ok(()),
        }
    }
}

/// Without a profile: each ink takes away its own light.
fn ink_to_rgba([cyan, magenta, yellow, black]: [u8; 4]) -> [u8; 4] {
    let light = |ink: u8| {
        let product = u32::from(255 - ink) * u32::from(255 - black) + 127;
        u8::try_from(product / 255).unwrap_or(u8::MAX)
    };
    [light(cyan), light(magenta), light(yellow), 255]
}

fn codec_error(error: &turbojpeg::Error, limits: &Limits) -> CodecError {
    let reason = match error {
        turbojpeg::Error::TurboJpegError(reason) => reason.clone(),
        other => other.to_string(),
    };
    if reason.contains("has more than") && reason.contains("scans") {
        let allowed = u64::from(limits.max_jpeg_scans);
        return CodecError::LimitExceeded {
            limit: "max_jpeg_scans",
            actual: allowed + 1,
            allowed,
        };
    }
    CodecError::Corrupt {
        format: "JPEG",
        reason,
    }
}

fn corrupt(reason: &str) -> CodecError {
    CodecError::Corrupt {
        format: "JPEG",
        reason: reason.to_owned(),
    }
}
