//! Bytes to pixels and back: one safe door to every codec.
//!
//! Pure and synchronous. [`probe`] reads headers and holds them against
//! [`Limits`] before a single pixel is allocated; [`decode`] and
//! [`decode_frames`] give pixels; the `encode_*` functions and the animation
//! writers give bytes.
//!
//! JPEG goes through libjpeg-turbo (shrink on load, planar `YCbCr`), but for the
//! pixels of small thumbnails of plain JPEGs, which Rust decodes faster. PNG, GIF,
//! WebP and TIFF are read by memory-safe Rust decoders. WebP and AVIF are written
//! by libwebp and libaom, which never see hostile bytes. This is the only crate
//! of the workspace with `unsafe` code (`webp_encode.rs`, `webp_animation.rs`,
//! `avif_encode.rs`).

mod animation;
mod avif_encode;
mod colour;
mod error;
mod exif;
mod format;
mod gif_encode;
mod gif_header;
mod icc;
mod jpeg_dc;
mod jpeg_decode;
mod jpeg_encode;
mod jpeg_header;
mod jpeg_huffman;
mod jpeg_scan;
mod limits;
mod orientation;
mod picture;
mod png_decode;
mod png_encode;
mod probe;
mod sniff;
mod still;
mod webp_animation;
mod webp_encode;
mod webp_header;

pub use animation::{decode_frames, loop_count};
pub use avif_encode::{AvifOptions, encode_avif};
pub use error::CodecError;
pub use exif::Tags;
pub use format::{InputFormat, OutputFormat};
pub use gif_encode::{GifOptions, GifWriter};
pub use jpeg_encode::{JpegOptions, encode_jpeg};
pub use limits::Limits;
pub use orientation::Orientation;
pub use picture::{Frame, Picture, Plane, Rgba, Subsampling, Yuv};
pub use png_encode::{PngCompression, PngOptions, encode_png};
pub use probe::{Probe, probe, read_tags};
pub use still::decode;
pub use webp_animation::WebpWriter;
pub use webp_encode::{WebpOptions, encode_webp};
