//! Pixels to WebP, through libwebp's encoder. Nothing here reads hostile bytes.
#![expect(
    unsafe_code,
    reason = "libwebp is a C library; each call says why it is sound"
)]

use std::ffi::c_int;

use libwebp_sys::{
    WebPConfig, WebPEncCSP, WebPEncode, WebPPicture, WebPPictureFree, WebPPictureImportRGBA,
    WebPPictureImportRGBX,
};

use crate::{CodecError, Picture, Plane, Rgba, Tags, Yuv, exif};

const FORMAT: &str = "WebP";

/// How to write a lossy WebP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebpOptions {
    /// 1 (small) to 100 (good), libwebp's scale; values outside are clamped.
    pub quality: u8,
    /// 0 (fastest) to 6 (smallest); values above are clamped.
    pub method: u8,
}

impl Default for WebpOptions {
    fn default() -> Self {
        Self {
            quality: 80,
            method: 4,
        }
    }
}

/// Writes a lossy WebP, with an alpha plane where the picture is not opaque.
/// Planes are written without a detour through RGB.
///
/// # Errors
/// [`CodecError::Encode`] where a side is above 16,383 pixels, where the data
/// does not fit the size, or where libwebp fails.
pub fn encode_webp(
    picture: &Picture,
    options: &WebpOptions,
    tags: &Tags,
) -> Result<Vec<u8>, CodecError> {
    let config = config(options)?;
    let bytes = match picture {
        Picture::Yuv(yuv) => from_planes(yuv, &config)?,
        Picture::Rgba(rgba) => CPicture::from_rgba(rgba, false)?.encode(&config)?,
    };
    match exif::write(tags) {
        Some(block) => with_exif(&bytes, &block, picture),
        None => Ok(bytes),
    }
}

pub(crate) fn config(options: &WebpOptions) -> Result<WebPConfig, CodecError> {
    let mut config =
        WebPConfig::new().map_err(|()| encode_error("libwebp is of another version"))?;
    config.quality = f32::from(options.quality.clamp(1, 100));
    config.method = c_int::from(options.method.min(6));
    Ok(config)
}

fn from_planes(yuv: &Yuv, config: &WebPConfig) -> Result<Vec<u8>, CodecError> {
    yuv.check(FORMAT)?;
    let (width, height) = (yuv.width as usize, yuv.height as usize);
    let (chroma_width, chroma_height) = (width.div_ceil(2), height.div_ceil(2));
    let [u, v] = yuv.chroma_420();
    let (luma, chroma) = (limited_range(16, 219), limited_range(128, 224));
    let mut y = mapped(&yuv.y, width, height, &luma);
    let mut u = mapped(&u, chroma_width, chroma_height, &chroma);
    let mut v = mapped(&v, chroma_width, chroma_height, &chroma);
    let mut picture = CPicture::new(yuv.width, yuv.height)?;
    picture.0.y = y.as_mut_ptr();
    picture.0.u = u.as_mut_ptr();
    picture.0.v = v.as_mut_ptr();
    picture.0.y_stride = side(yuv.width)?;
    picture.0.uv_stride = side(yuv.width.div_ceil(2))?;
    // The planes outlive the encode: they are dropped at the end of this function.
    picture.encode(config)
}

/// `WebP` stores BT.601 in studio range: `extent` steps around or above `base`
/// ([RFC 6386](https://www.rfc-editor.org/rfc/rfc6386#section-9.2)).
fn limited_range(base: i32, extent: i32) -> [u8; 256] {
    // Luma scales from 0, chroma from its middle.
    let origin = if base == 16 { 0 } else { 128 };
    std::array::from_fn(|value| {
        let distance = i32::try_from(value).unwrap_or_default() - origin;
        let scaled = (distance * extent * 2 + 255 * distance.signum()) / (2 * 255);
        u8::try_from(base + scaled).unwrap_or(u8::MAX)
    })
}

/// A copy of `width` × `height` samples without gaps, each replaced by its entry.
fn mapped(plane: &Plane, width: usize, height: usize, table: &[u8; 256]) -> Vec<u8> {
    let mut data = Vec::with_capacity(width * height);
    let rows = plane.data.chunks(plane.stride).take(height);
    for row in rows.filter_map(|row| row.get(..width)) {
        data.extend(
            row.iter()
                .map(|&sample| table.get(usize::from(sample)).copied().unwrap_or(sample)),
        );
    }
    data
}

/// A `WebPPicture` that frees what libwebp allocated for it.
pub(crate) struct CPicture(WebPPicture);

impl CPicture {
    fn new(width: u32, height: u32) -> Result<Self, CodecError> {
        let mut picture =
            WebPPicture::new().map_err(|()| encode_error("libwebp is of another version"))?;
        picture.width = side(width)?;
        picture.height = side(height)?;
        picture.use_argb = 0;
        picture.colorspace = WebPEncCSP::WEBP_YUV420;
        Ok(Self(picture))
    }

    /// Copies the pixels in; as ARGB where `argb` is set (animations need it), else as planes.
    pub(crate) fn from_rgba(rgba: &Rgba, argb: bool) -> Result<Self, CodecError> {
        rgba.check(FORMAT)?;
        let mut picture = Self::new(rgba.width, rgba.height)?;
        picture.0.use_argb = c_int::from(argb);
        let stride = side(rgba.width)? * 4;
        let import = if rgba.opaque {
            WebPPictureImportRGBX
        } else {
            WebPPictureImportRGBA
        };
        // SAFETY: `check` made sure that the data is `height` rows of `stride`
        // bytes, and libwebp reads no more than the sizes set above.
        let imported = unsafe { import(&raw mut picture.0, rgba.data.as_ptr(), stride) };
        if imported == 0 {
            return Err(picture.error());
        }
        Ok(picture)
    }

    pub(crate) const fn as_mut_ptr(&mut self) -> *mut WebPPicture {
        &raw mut self.0
    }

    fn encode(mut self, config: &WebPConfig) -> Result<Vec<u8>, CodecError> {
        let mut bytes: Vec<u8> = Vec::new();
        self.0.writer = Some(append);
        self.0.custom_ptr = (&raw mut bytes).cast();
        // SAFETY: the picture's planes hold what its sizes and strides say, and
        // `bytes` outlives the call and is touched by `append` alone during it.
        let encoded = unsafe { WebPEncode(config, &raw mut self.0) };
        if encoded == 0 {
            return Err(self.error());
        }
        Ok(bytes)
    }

    fn error(&self) -> CodecError {
        encode_error(&format!("libwebp reports {:?}", self.0.error_code))
    }
}

impl Drop for CPicture {
    fn drop(&mut self) {
        // SAFETY: frees only what libwebp allocated itself (`memory_`), once;
        // planes lent to it are not its own.
        unsafe { WebPPictureFree(&raw mut self.0) };
    }
}

/// libwebp's output callback.
unsafe extern "C" fn append(data: *const u8, length: usize, picture: *const WebPPicture) -> c_int {
    // SAFETY: libwebp passes the picture it was given, whose `custom_ptr` is the
    // `Vec` that `encode` keeps alive, and `length` readable bytes.
    unsafe {
        let bytes = &mut *(*picture).custom_ptr.cast::<Vec<u8>>();
        bytes.extend_from_slice(std::slice::from_raw_parts(data, length));
    }
    1
}

/// Adds an EXIF chunk, which needs the extended header
/// ([container specification](https://developers.google.com/speed/webp/docs/riff_container#extended_file_format)).
fn with_exif(webp: &[u8], block: &[u8], picture: &Picture) -> Result<Vec<u8>, CodecError> {
    const EXIF_FLAG: u8 = 0x08;
    let body = webp
        .get(12..)
        .ok_or_else(|| encode_error("libwebp wrote no header"))?;
    let mut chunks = Vec::with_capacity(body.len() + block.len() + 32);
    if body.starts_with(b"VP8X") {
        chunks.extend_from_slice(body);
    } else {
        chunks.extend_from_slice(b"VP8X\x0a\0\0\0\0\0\0\0");
        for side in [picture.width(), picture.height()] {
            chunks.extend(side.saturating_sub(1).to_le_bytes().into_iter().take(3));
        }
        chunks.extend_from_slice(body);
    }
    if let Some(flags) = chunks.get_mut(8) {
        *flags |= EXIF_FLAG;
    }
    let length =
        |bytes: usize| u32::try_from(bytes).map_err(|_| encode_error("the file is too large"));
    chunks.extend_from_slice(b"EXIF");
    chunks.extend_from_slice(&length(block.len())?.to_le_bytes());
    chunks.extend_from_slice(block);
    if block.len() % 2 == 1 {
        chunks.push(0);
    }
    let size = length(chunks.len() + 4)?.to_le_bytes();
    Ok([b"RIFF", size.as_slice(), b"WEBP", &chunks].concat())
}

pub(crate) fn side(pixels: u32) -> Result<c_int, CodecError> {
    const MAX_SIDE: u32 = 16_383;
    c_int::try_from(pixels)
        .ok()
        .filter(|_| (1..=MAX_SIDE).contains(&pixels))
        .ok_or_else(|| {
            encode_error(&format!(
                "a side of {pixels} pixels is not between 1 and {MAX_SIDE}"
            ))
        })
}

pub(crate) fn encode_error(reason: &str) -> CodecError {
    CodecError::Encode {
        format: FORMAT,
        reason: reason.to_owned(),
    }
}
