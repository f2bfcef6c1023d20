//! Bytes to pixels and back: one safe door to every codec.
//!
//! Pure and synchronous. JPEG goes through libjpeg-turbo (shrink on load, planar
//! `YCbCr`), PNG, GIF, WebP and TIFF are read by memory-safe Rust decoders, WebP
//! and AVIF are written by libwebp and libaom, which never see hostile bytes.
//! This is the only crate of the workspace with `unsafe` code (`webp_encode.rs`, `avif_encode.rs`).

mod error;
mod limits;
mod picture;

pub use error::CodecError;
pub use limits::Limits;
pub use picture::{Frame, Picture, Plane, Rgba, Subsampling, Yuv};

/// A format this crate writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OutputFormat {
    /// Baseline JPEG.
    Jpeg,
    /// PNG, 8 bits per channel.
    Png,
    /// Lossy WebP; animated where there are frames.
    WebP,
    /// AVIF still picture, 8 bits, 4:2:0.
    Avif,
    /// GIF; animated where there are frames.
    Gif,
}
