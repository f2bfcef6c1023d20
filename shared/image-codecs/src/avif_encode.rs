//! Pixels to AVIF: libaom's encoder for the planes, `avif-serialize` for the
//! container. Nothing here reads hostile bytes.
#![expect(
    unsafe_code,
    reason = "libaom is a C library; each call says why it is sound"
)]

use std::borrow::Cow;
use std::ffi::{CStr, c_int, c_uint};
use std::mem::MaybeUninit;
use std::ptr;

use avif_serialize::Aviffy;
use avif_serialize::constants::{ColorPrimaries, MatrixCoefficients, TransferCharacteristics};
use libaom_sys as aom;

use crate::{CodecError, Picture, Plane, Subsampling, Tags, exif};

const FORMAT: &str = "AVIF";

/// How to write an AVIF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AvifOptions {
    /// 1 (small) to 100 (good); values outside are clamped. 50 looks like
    /// libheif's and sharp's 50: libaom's constant-quality level falls in a
    /// straight line from 59 at 1 over 30 at 50 to 1 at 100.
    pub quality: u8,
    /// libaom's `cpu-used`, 0 (slowest) to 9 (fastest); values above are clamped.
    pub speed: u8,
}

impl Default for AvifOptions {
    fn default() -> Self {
        Self {
            quality: 50,
            speed: 6,
        }
    }
}

/// Writes an AVIF of 8 bits, 4:2:0, full-range BT.601 (what a JPEG holds, so its
/// planes are written as they are), tuned for structural similarity. Alpha, where
/// the picture is not opaque, becomes an auxiliary picture of finer quality.
///
/// # Errors
/// [`CodecError::Encode`] where a side is above 65,535, where the data does not
/// fit the size, or where libaom fails.
pub fn encode_avif(
    picture: &Picture,
    options: &AvifOptions,
    tags: &Tags,
) -> Result<Vec<u8>, CodecError> {
    let (yuv, alpha) = match picture {
        Picture::Yuv(yuv) => (Cow::Borrowed(yuv), None),
        Picture::Rgba(rgba) => {
            rgba.check(FORMAT)?;
            (
                Cow::Owned(rgba.to_yuv(Subsampling::S420)),
                (!rgba.opaque).then(|| alpha_plane(&rgba.data, rgba.width as usize)),
            )
        }
    };
    yuv.check(FORMAT)?;
    let (width, height) = (yuv.width, yuv.height);
    let level = quantiser_level(options.quality);
    let job = Job {
        width,
        height,
        speed: options.speed,
        level,
        tuning: aom::AOM_TUNE_SSIM,
    };
    let color = match yuv.subsampling {
        Subsampling::Gray => job.encode(&[&yuv.y])?,
        _ => {
            let [u, v] = yuv.chroma_420();
            job.encode(&[&yuv.y, &u, &v])?
        }
    };
    let alpha = match alpha {
        // A soft edge shows errors sooner than a texture does.
        Some(plane) => Some(
            Job {
                level: level / 2,
                tuning: aom::AOM_TUNE_PSNR,
                ..job
            }
            .encode(&[&plane])?,
        ),
        None => None,
    };
    let mut container = Aviffy::new();
    container
        .set_seq_profile(0)
        .set_chroma_subsampling((true, true))
        .set_monochrome(yuv.subsampling == Subsampling::Gray)
        .set_full_color_range(true)
        .set_color_primaries(ColorPrimaries::Bt709)
        .set_transfer_characteristics(TransferCharacteristics::Srgb)
        .set_matrix_coefficients(MatrixCoefficients::Bt601);
    if let Some(block) = exif::write(tags) {
        container.set_exif(block);
    }
    Ok(container.to_vec(&color, alpha.as_deref(), width, height, 8))
}

/// 1..=100 to libaom's 59..=1; 0 would switch to lossless coding.
fn quantiser_level(quality: u8) -> c_uint {
    let quality = c_uint::from(quality.clamp(1, 100));
    ((100 - quality) * 60 / 100).max(1)
}

fn alpha_plane(data: &[u8], width: usize) -> Plane {
    let (pixels, _) = data.as_chunks::<4>();
    let data: Vec<u8> = pixels.iter().map(|&[_, _, _, alpha]| alpha).collect();
    let height = data.len() / width.max(1);
    Plane {
        data,
        stride: width,
        width,
        height,
    }
}

/// One AV1 still picture to encode.
#[derive(Clone, Copy)]
struct Job {
    width: u32,
    height: u32,
    speed: u8,
    level: c_uint,
    tuning: aom::aom_tune_metric,
}

impl Job {
    /// Encodes one plane (monochrome) or three (4:2:0), already checked to hold the size.
    fn encode(&self, planes: &[&Plane]) -> Result<Vec<u8>, CodecError> {
        let mut encoder = Encoder::new(&self.config(planes.len() == 1)?)?;
        encoder.control(aom::AOME_SET_CPUUSED, c_int::from(self.speed.min(9)))?;
        encoder.control(aom::AOME_SET_CQ_LEVEL, self.level)?;
        encoder.control(aom::AOME_SET_TUNING, self.tuning)?;
        encoder.control(aom::AV1E_SET_COLOR_RANGE, aom::AOM_CR_FULL_RANGE)?;
        encoder.control(aom::AV1E_SET_COLOR_PRIMARIES, aom::AOM_CICP_CP_BT_709)?;
        encoder.control(
            aom::AV1E_SET_TRANSFER_CHARACTERISTICS,
            aom::AOM_CICP_TC_SRGB,
        )?;
        encoder.control(aom::AV1E_SET_MATRIX_COEFFICIENTS, aom::AOM_CICP_MC_BT_601)?;
        encoder.encode(&self.image(planes)?)
    }

    fn config(&self, monochrome: bool) -> Result<aom::aom_codec_enc_cfg, CodecError> {
        let mut config = MaybeUninit::uninit();
        // SAFETY: the call fills the whole struct where it returns OK.
        let mut config = unsafe {
            let usage = aom::AOM_USAGE_ALL_INTRA;
            check(aom::aom_codec_enc_config_default(
                aom::aom_codec_av1_cx(),
                config.as_mut_ptr(),
                usage,
            ))?;
            config.assume_init()
        };
        config.g_w = self.width;
        config.g_h = self.height;
        config.g_threads = 1;
        config.g_limit = 1;
        config.g_lag_in_frames = 0;
        config.rc_end_usage = aom::AOM_Q;
        config.monochrome = c_uint::from(monochrome);
        Ok(config)
    }

    /// Describes the planes to libaom, which only reads them.
    fn image(&self, planes: &[&Plane]) -> Result<aom::aom_image, CodecError> {
        // SAFETY: integers and pointers only, for all of which zero is a value.
        let mut image: aom::aom_image = unsafe { MaybeUninit::zeroed().assume_init() };
        image.fmt = aom::AOM_IMG_FMT_I420;
        (image.w, image.h) = (self.width, self.height);
        (image.d_w, image.d_h) = (self.width, self.height);
        image.bit_depth = 8;
        image.bps = 12;
        (image.x_chroma_shift, image.y_chroma_shift) = (1, 1);
        image.range = aom::AOM_CR_FULL_RANGE;
        image.monochrome = c_int::from(planes.len() == 1);
        for ((target, stride), plane) in image.planes.iter_mut().zip(&mut image.stride).zip(planes)
        {
            *target = plane.data.as_ptr().cast_mut();
            *stride =
                c_int::try_from(plane.stride).map_err(|_| encode_error("a row is too long"))?;
        }
        Ok(image)
    }
}

/// The C encoder, destroyed on drop. Boxed: libaom must not see it move.
struct Encoder(Box<aom::aom_codec_ctx>);

impl Encoder {
    fn new(config: &aom::aom_codec_enc_cfg) -> Result<Self, CodecError> {
        let mut context = Box::new(MaybeUninit::zeroed());
        let version = c_int::try_from(aom::AOM_ENCODER_ABI_VERSION).unwrap_or_default();
        // SAFETY: the context is zeroed memory of the right size, which is a
        // valid value of its plain fields; on success libaom has set it up.
        unsafe {
            let outcome = aom::aom_codec_enc_init_ver(
                context.as_mut_ptr(),
                aom::aom_codec_av1_cx(),
                config,
                0,
                version,
            );
            check(outcome)?;
            Ok(Self(context.assume_init()))
        }
    }

    /// Sets an option that takes an `int` or an `unsigned`.
    fn control(
        &mut self,
        option: aom::aome_enc_control_id,
        value: impl Into<i64>,
    ) -> Result<(), CodecError> {
        let option = c_int::try_from(option).unwrap_or_default();
        let value = c_int::try_from(value.into()).unwrap_or_default();
        // SAFETY: every option this module sets takes one 32-bit integer.
        check(unsafe { aom::aom_codec_control(&raw mut *self.0, option, value) })
    }

    fn encode(&mut self, image: &aom::aom_image) -> Result<Vec<u8>, CodecError> {
        let mut bytes = Vec::new();
        // The picture, then the flush.
        for image in [ptr::from_ref(image), ptr::null()] {
            // SAFETY: the image's planes hold its sizes (checked by the caller)
            // and outlive the call; null flushes.
            check(unsafe { aom::aom_codec_encode(&raw mut *self.0, image, 0, 1, 0) })?;
            self.collect(&mut bytes);
        }
        if bytes.is_empty() {
            return Err(encode_error("libaom wrote nothing"));
        }
        Ok(bytes)
    }

    fn collect(&mut self, bytes: &mut Vec<u8>) {
        let mut position = ptr::null();
        loop {
            // SAFETY: the iteration follows libaom's protocol; a packet is valid
            // until the next call, and its bytes are copied before that.
            unsafe {
                let packet = aom::aom_codec_get_cx_data(&raw mut *self.0, &raw mut position);
                let Some(packet) = packet.as_ref() else {
                    return;
                };
                if packet.kind == aom::AOM_CODEC_CX_FRAME_PKT {
                    let frame = packet.data.frame;
                    bytes.extend_from_slice(std::slice::from_raw_parts(frame.buf.cast(), frame.sz));
                }
            }
        }
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: the context was set up by the constructor and is destroyed once.
        unsafe { aom::aom_codec_destroy(&raw mut *self.0) };
    }
}

fn check(outcome: aom::aom_codec_err_t) -> Result<(), CodecError> {
    if outcome == aom::AOM_CODEC_OK {
        return Ok(());
    }
    // SAFETY: libaom gives a static NUL-terminated string for every code.
    let message = unsafe { CStr::from_ptr(aom::aom_codec_err_to_string(outcome)) };
    Err(encode_error(&message.to_string_lossy()))
}

fn encode_error(reason: &str) -> CodecError {
    CodecError::Encode {
        format: FORMAT,
        reason: reason.to_owned(),
    }
}
