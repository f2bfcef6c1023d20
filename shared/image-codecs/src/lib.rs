//! Bytes to pixels and back: one safe door to every codec.
//!
//! Pure and synchronous. [`probe`] reads headers and holds them against
//! [`Limits`] before a single pixel is allocated; [`decode`] and
//! [`decode_frames`] give pixels; the `encode_*` functions and the animation
//! writers give bytes.
//!
//! JPEG goes through libjpeg-turbo (shrink on load, planar `YCbCr`). PNG, GIF,
//! WebP and TIFF are read by memory-safe Rust decoders. WebP and AVIF are written
//! by libwebp and libaom, which never see hostile bytes. This is the only crate
//! of the workspace with `unsafe` code (`webp_encode.rs`, `webp_animation.rs`,
//! `avif_encode.rs`).

mod colour;
mod error;
mod exif;
mod format;
mod gif_header;
mod icc;
mod jpeg_decode;
mod jpeg_encode;
mod jpeg_header;
mod limits;
mod orientation;
mod picture;
mod png_decode;
mod probe;
mod sniff;
mod still;
mod webp_header;

pub use error::CodecError;
pub use exif::Tags;
pub use format::{InputFormat, OutputFormat};
pub use jpeg_encode::{JpegOptions, encode_jpeg};
pub use limits::Limits;
pub use orientation::Orientation;
pub use picture::{Frame, Picture, Plane, Rgba, Subsampling, Yuv};
pub use probe::{Probe, probe, read_tags};
pub use still::decode;
