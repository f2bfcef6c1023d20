//! Frames to an animated WebP, through libwebp's animation encoder.
#![expect(
    unsafe_code,
    reason = "libwebp is a C library; each call says why it is sound"
)]

use std::ffi::{CStr, c_int};
use std::mem::MaybeUninit;
use std::ptr::{self, NonNull};

use libwebp_sys::{
    WebPAnimEncoder, WebPAnimEncoderAdd, WebPAnimEncoderAssemble, WebPAnimEncoderDelete,
    WebPAnimEncoderGetError, WebPAnimEncoderNewInternal, WebPAnimEncoderOptionsInitInternal,
    WebPConfig, WebPData, WebPDataClear, WebPGetMuxABIVersion,
};

use crate::webp_encode::{CPicture, config, encode_error, side};
use crate::{CodecError, Frame, WebpOptions};

/// Writes an animated lossy WebP frame by frame.
pub struct WebpWriter {
    encoder: Encoder,
    config: WebPConfig,
    width: u32,
    height: u32,
    /// When the next frame starts.
    now_ms: c_int,
}

impl WebpWriter {
    /// Starts an animation of this size that is played `loop_count` times, 0 for ever.
    ///
    /// # Errors
    /// [`CodecError::Encode`] where a side is 0 or above 16,383.
    pub fn new(
        width: u32,
        height: u32,
        loop_count: u32,
        options: &WebpOptions,
    ) -> Result<Self, CodecError> {
        let config = config(options)?;
        let encoder = Encoder::new(side(width)?, side(height)?, loop_count)?;
        Ok(Self {
            encoder,
            config,
            width,
            height,
            now_ms: 0,
        })
    }

    /// Adds a canvas of the animation's size.
    ///
    /// # Errors
    /// [`CodecError::Encode`] where the canvas is of another size, or where libwebp fails.
    pub fn push(&mut self, frame: &Frame) -> Result<(), CodecError> {
        if (frame.canvas.width, frame.canvas.height) != (self.width, self.height) {
            return Err(encode_error("a frame is not as large as the animation"));
        }
        let mut picture = CPicture::from_rgba(&frame.canvas, true)?;
        self.encoder
            .add(Some(&mut picture), self.now_ms, &self.config)?;
        let delay = c_int::try_from(frame.delay_ms).unwrap_or(c_int::MAX);
        self.now_ms = self.now_ms.saturating_add(delay);
        Ok(())
    }

    /// Ends the animation.
    ///
    /// # Errors
    /// [`CodecError::Encode`] where there was no frame, or where libwebp fails.
    pub fn finish(mut self) -> Result<Vec<u8>, CodecError> {
        self.encoder.add(None, self.now_ms, &self.config)?;
        self.encoder.assemble()
    }
}

/// The C encoder, deleted on drop.
struct Encoder(NonNull<WebPAnimEncoder>);

// SAFETY: libwebp's encoder has no thread of its own and no thread-local state;
// it is only reached through `&mut`.
unsafe impl Send for Encoder {}

impl Encoder {
    fn new(width: c_int, height: c_int, loop_count: u32) -> Result<Self, CodecError> {
        let version = WebPGetMuxABIVersion();
        let mut options = MaybeUninit::uninit();
        // SAFETY: the call fills the whole struct where it returns non-zero.
        let mut options = unsafe {
            if WebPAnimEncoderOptionsInitInternal(options.as_mut_ptr(), version) == 0 {
                return Err(encode_error("libwebp is of another version"));
            }
            options.assume_init()
        };
        options.anim_params.loop_count = c_int::from(u16::try_from(loop_count).unwrap_or(u16::MAX));
        // Fully transparent; the default is opaque white.
        options.anim_params.bgcolor = 0;
        // SAFETY: the options are initialised; a null result is handled.
        let encoder =
            unsafe { WebPAnimEncoderNewInternal(width, height, &raw const options, version) };
        NonNull::new(encoder)
            .map(Self)
            .ok_or_else(|| encode_error("libwebp has no memory"))
    }

    /// Adds a picture, or with `None` the end of the last one.
    fn add(
        &mut self,
        picture: Option<&mut CPicture>,
        at_ms: c_int,
        config: &WebPConfig,
    ) -> Result<(), CodecError> {
        let picture = picture.map_or(ptr::null_mut(), CPicture::as_mut_ptr);
        // SAFETY: the encoder lives until drop, the picture (if any) and the
        // configuration for the call; libwebp copies what it keeps.
        let added = unsafe { WebPAnimEncoderAdd(self.0.as_ptr(), picture, at_ms, config) };
        self.check(added)
    }

    fn assemble(&mut self) -> Result<Vec<u8>, CodecError> {
        let mut data = WebPData::default();
        // SAFETY: on success `data` owns `size` bytes of libwebp's heap, which
        // are copied out and freed once.
        unsafe {
            let assembled = WebPAnimEncoderAssemble(self.0.as_ptr(), &raw mut data);
            self.check(assembled)?;
            let bytes = std::slice::from_raw_parts(data.bytes, data.size).to_vec();
            WebPDataClear(&mut data);
            Ok(bytes)
        }
    }

    fn check(&self, succeeded: c_int) -> Result<(), CodecError> {
        if succeeded != 0 {
            return Ok(());
        }
        // SAFETY: the message is a NUL-terminated string inside the live encoder.
        let message = unsafe { CStr::from_ptr(WebPAnimEncoderGetError(self.0.as_ptr())) };
        Err(encode_error(&message.to_string_lossy()))
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: the pointer came from the constructor and is deleted once.
        unsafe { WebPAnimEncoderDelete(self.0.as_ptr()) };
    }
}
