//! The picture pipeline: plan, decode once, resize, effects, encode. Pure and synchronous.

mod transform;

pub use transform::{Fit, Gravity, MetadataPolicy, Quality, Transform, Watermark};
