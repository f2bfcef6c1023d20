//! Pure geometry: which part of the upright source is kept, how large it
//! becomes, and where it sits on the output.
//!
//! Rules, with `w × h` the upright source and `W × H` the asked box:
//!
//! | fit | scale | picture | canvas |
//! |---|---|---|---|
//! | inside | min(W/w, H/h) | source × scale | the picture |
//! | outside | max(W/w, H/h) | source × scale | the picture |
//! | cover | max(W/w, H/h) | W × H, cut from the source | the picture |
//! | fill | W/w and H/h | W × H | the picture |
//! | contain | min(W/w, H/h) | source × scale | W × H |
//!
//! A side that is not given follows from the other one and the aspect ratio, so
//! that all fits agree; with neither given the source's size is kept. Without
//! `enlarge` no scale is above 1: inside and outside keep the source's size, and
//! the box of cover, contain and fill shrinks at its own aspect ratio until the
//! picture in it is not enlarged. Sizes round to the nearest pixel and are at
//! least 1.

use image_codecs::{CodecError, Limits};

use crate::transform::{Fit, Gravity, Transform};

/// A rectangle in pixels, with fractional edges.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CropBox {
    /// Distance from the left edge.
    pub left: f64,
    /// Distance from the top edge.
    pub top: f64,
    /// Extent to the right.
    pub width: f64,
    /// Extent downwards.
    pub height: f64,
}

impl CropBox {
    /// The whole of a `width × height` picture.
    #[must_use]
    pub fn whole(width: u32, height: u32) -> Self {
        Self {
            left: 0.0,
            top: 0.0,
            width: f64::from(width),
            height: f64::from(height),
        }
    }
}

/// Geometry of one output. All coordinates are upright (orientation applied).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// Part of the upright source that is shown, inside the source.
    /// For [`Gravity::Smart`] it is centred until the pixels are known.
    pub crop: CropBox,
    /// Width the crop is resized to, in pixels.
    pub width: u32,
    /// Height the crop is resized to, in pixels.
    pub height: u32,
    /// Width of the output, in pixels: `width` and the padding beside it.
    pub canvas_width: u32,
    /// Height of the output, in pixels: `height` and the padding above and below.
    pub canvas_height: u32,
    /// Padding on the left of the picture, in pixels.
    pub left: u32,
    /// Padding above the picture, in pixels.
    pub top: u32,
}

impl Plan {
    /// All of a source, at most `side` pixels wide and high.
    pub(crate) fn thumbnail(source: (u32, u32), side: u32) -> Self {
        let size = (f64::from(source.0.max(1)), f64::from(source.1.max(1)));
        scaled(size, f64::from(side) / size.0.max(size.1), false)
    }

    /// True where the output is larger than the picture on it.
    #[must_use]
    pub fn is_padded(&self) -> bool {
        (self.canvas_width, self.canvas_height) != (self.width, self.height)
    }

    /// Source pixels for one output pixel, on the axis where there are fewer.
    #[must_use]
    pub fn shrink(&self) -> f64 {
        (self.crop.width / f64::from(self.width)).min(self.crop.height / f64::from(self.height))
    }
}

/// Plans one output of a source whose upright size is `source`. Sizes of 0 count as 1.
///
/// # Errors
/// [`CodecError::LimitExceeded`] where the output would pass
/// [`Limits::max_output_side`] or [`Limits::max_output_pixels`].
pub fn plan(
    source: (u32, u32),
    transform: &Transform,
    limits: &Limits,
) -> Result<Plan, CodecError> {
    let (source_width, source_height) = (source.0.max(1), source.1.max(1));
    let size = (f64::from(source_width), f64::from(source_height));
    let plan = match (transform.width, transform.height) {
        (Some(width), Some(height)) => {
            let asked = (f64::from(width.max(1)), f64::from(height.max(1)));
            fit_box(size, asked, transform)
        }
        (Some(width), None) => scaled(size, f64::from(width.max(1)) / size.0, transform.enlarge),
        (None, Some(height)) => scaled(size, f64::from(height.max(1)) / size.1, transform.enlarge),
        (None, None) => scaled(size, 1.0, false),
    };
    check_output(&plan, limits)?;
    Ok(plan)
}

fn fit_box(source: (f64, f64), asked: (f64, f64), transform: &Transform) -> Plan {
    let (horizontal, vertical) = (asked.0 / source.0, asked.1 / source.1);
    let (smaller, larger) = (horizontal.min(vertical), horizontal.max(vertical));
    let shrink_box = |scale: f64| {
        let factor = if transform.enlarge {
            1.0
        } else {
            1.0 / scale.max(1.0)
        };
        (asked.0 * factor, asked.1 * factor)
    };
    match transform.fit {
        Fit::Inside => scaled(source, smaller, transform.enlarge),
        Fit::Outside => scaled(source, larger, transform.enlarge),
        Fit::Cover => covered(source, shrink_box(larger), transform.gravity),
        Fit::Fill => filled(source, shrink_box(larger)),
        Fit::Contain => {
            let picture = scaled(source, smaller, transform.enlarge);
            contained(picture, shrink_box(smaller), transform.gravity)
        }
    }
}

/// The whole source at one scale.
fn scaled(source: (f64, f64), scale: f64, enlarge: bool) -> Plan {
    let scale = if enlarge { scale } else { scale.min(1.0) };
    filled(source, (source.0 * scale, source.1 * scale))
}

/// The whole source stretched to a size.
fn filled(source: (f64, f64), size: (f64, f64)) -> Plan {
    let (width, height) = (pixels(size.0), pixels(size.1));
    Plan {
        crop: CropBox {
            left: 0.0,
            top: 0.0,
            width: source.0,
            height: source.1,
        },
        width,
        height,
        canvas_width: width,
        canvas_height: height,
        left: 0,
        top: 0,
    }
}

/// The largest part of the source with the aspect ratio of `size`.
fn covered(source: (f64, f64), size: (f64, f64), gravity: Gravity) -> Plan {
    let mut plan = filled(source, size);
    let (width, height) = (f64::from(plan.width), f64::from(plan.height));
    let scale = (width / source.0).max(height / source.1);
    let crop_width = (width / scale).min(source.0);
    let crop_height = (height / scale).min(source.1);
    let (x, y) = crop_position(gravity, source, (crop_width, crop_height));
    plan.crop = CropBox {
        left: x,
        top: y,
        width: crop_width,
        height: crop_height,
    };
    plan
}

/// The whole source on a canvas of `size`.
fn contained(mut plan: Plan, size: (f64, f64), gravity: Gravity) -> Plan {
    plan.canvas_width = pixels(size.0).max(plan.width);
    plan.canvas_height = pixels(size.1).max(plan.height);
    let (x, y) = fractions(gravity);
    plan.left = rounded(f64::from(plan.canvas_width - plan.width) * x);
    plan.top = rounded(f64::from(plan.canvas_height - plan.height) * y);
    plan
}

/// Top left corner of a crop: a compass point shares out what is cut off, a
/// focal point is put in the middle as far as the edges let it.
fn crop_position(gravity: Gravity, source: (f64, f64), crop: (f64, f64)) -> (f64, f64) {
    let spare = (source.0 - crop.0, source.1 - crop.1);
    let (x, y) = fractions(gravity);
    if matches!(gravity, Gravity::Focal { .. }) {
        let left = (source.0 * x - crop.0 / 2.0).clamp(0.0, spare.0);
        let top = (source.1 * y - crop.1 / 2.0).clamp(0.0, spare.1);
        return (left, top);
    }
    (spare.0 * x, spare.1 * y)
}

/// Gravity as fractions from the left and from the top. A focal point outside
/// the picture counts as its nearest edge, one that is not a number as the middle.
pub(crate) fn fractions(gravity: Gravity) -> (f64, f64) {
    let fraction = |value: f32| {
        if value.is_nan() {
            0.5
        } else {
            f64::from(value).clamp(0.0, 1.0)
        }
    };
    match gravity {
        Gravity::Center | Gravity::Smart => (0.5, 0.5),
        Gravity::North => (0.5, 0.0),
        Gravity::NorthEast => (1.0, 0.0),
        Gravity::East => (1.0, 0.5),
        Gravity::SouthEast => (1.0, 1.0),
        Gravity::South => (0.5, 1.0),
        Gravity::SouthWest => (0.0, 1.0),
        Gravity::West => (0.0, 0.5),
        Gravity::NorthWest => (0.0, 0.0),
        Gravity::Focal { x, y } => (fraction(x), fraction(y)),
    }
}

fn check_output(plan: &Plan, limits: &Limits) -> Result<(), CodecError> {
    let (width, height) = (plan.canvas_width, plan.canvas_height);
    let side = width.max(height);
    if side > limits.max_output_side {
        return Err(CodecError::LimitExceeded {
            limit: "max_output_side",
            actual: u64::from(side),
            allowed: u64::from(limits.max_output_side),
        });
    }
    let area = u64::from(width) * u64::from(height);
    if area > limits.max_output_pixels {
        return Err(CodecError::LimitExceeded {
            limit: "max_output_pixels",
            actual: area,
            allowed: limits.max_output_pixels,
        });
    }
    Ok(())
}

/// Nearest whole number of pixels, at least 1. The cast saturates, and the
/// limits refuse what is that large.
fn pixels(length: f64) -> u32 {
    rounded(length).max(1)
}

fn rounded(length: f64) -> u32 {
    length.round() as u32
}
