//! The picture pipeline: plan, decode once, resize, effects, encode. Pure and synchronous.
//!
//! [`transform`] makes one output, [`derive_set`] a whole responsive set from one
//! decode, [`plan`](plan()) only the geometry. A JPEG stays planar `YCbCr` from
//! the decoder through the resize into the encoder; other sources, and outputs
//! that need it (padding, watermark, PNG, GIF), go through straight-alpha RGBA.
//! All geometry is in upright pixels: EXIF orientation is applied after the
//! resize, where there is least to turn.
//!
//! This crate does no I/O and reads no clock: time limits come in as
//! [`Context::should_stop`], bytes and pictures as slices.
#![forbid(unsafe_code)]

mod animation;
mod border;
mod compose;
mod derive_set;
mod effects;
mod encode;
mod gaussian;
mod look;
mod orient;
mod pipeline;
mod placeholder;
mod plan;
mod resize;
mod smart_crop;
mod source;
mod transform;
mod watermark;

pub use derive_set::{SourceSummary, derive_set};
pub use pipeline::{Context, Effort, Output, transform};
pub use plan::{CropBox, Plan, plan};
pub use transform::{Fit, Gravity, MetadataPolicy, Quality, Transform, Watermark};
