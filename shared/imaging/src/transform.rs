//! What to do with a picture: plain data, filled by the URL grammar or a preset.

use image_codecs::OutputFormat;

/// How the picture is fitted into `width` × `height`
/// (the five modes of CSS `object-fit` and of sharp's `fit`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Fit {
    /// Keep the aspect ratio, be at most as large as the box. Never pads.
    #[default]
    Inside,
    /// Fill the box, keep the aspect ratio, crop what sticks out (see [`Gravity`]).
    Cover,
    /// Keep the aspect ratio, be at most as large as the box, pad to the box with the background.
    Contain,
    /// Fill the box, ignore the aspect ratio.
    Fill,
    /// Keep the aspect ratio, be at least as large as the box. Never crops.
    Outside,
}

/// Which part a [`Fit::Cover`] crop keeps, and where a [`Fit::Contain`] picture sits.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Gravity {
    /// The middle.
    #[default]
    Center,
    /// Top edge.
    North,
    /// Top right corner.
    NorthEast,
    /// Right edge.
    East,
    /// Bottom right corner.
    SouthEast,
    /// Bottom edge.
    South,
    /// Bottom left corner.
    SouthWest,
    /// Left edge.
    West,
    /// Top left corner.
    NorthWest,
    /// A focal point, as fractions of the upright picture (0,0 = top left, 1,1 = bottom right).
    Focal {
        /// Fraction from the left, 0 to 1.
        x: f32,
        /// Fraction from the top, 0 to 1.
        y: f32,
    },
    /// Content-aware: the window with the most detail and colour contrast.
    Smart,
}

/// How hard the encoder squeezes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quality {
    /// The encoder's own 1–100 scale.
    Fixed(u8),
    /// Chosen per format so that the result looks as good as JPEG at quality 80
    /// (SSIMULACRA2 about 75, <https://github.com/cloudinary/ssimulacra2>), with one encode.
    Auto,
}

impl Default for Quality {
    fn default() -> Self {
        Self::Fixed(80)
    }
}

/// Which metadata survives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MetadataPolicy {
    /// None at all.
    #[default]
    Strip,
    /// EXIF Copyright and Artist only; never GPS.
    Copyright,
}

/// A watermark to lay over the result. The picture itself is in [`crate::Context`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Watermark {
    /// Where it sits (a compass point; [`Gravity::Smart`] is refused by the grammar).
    pub gravity: Gravity,
    /// 0 to 1.
    pub opacity: f32,
    /// Width of the watermark as a fraction of the output's width, 0 to 1.
    pub scale: f32,
}

/// Everything one output asks for. Sizes are device pixels: the grammar has
/// multiplied by the device pixel ratio already.
#[derive(Debug, Clone, PartialEq)]
pub struct Transform {
    /// Target width in pixels; `None` follows from the height and the aspect ratio.
    pub width: Option<u32>,
    /// Target height in pixels; `None` follows from the width and the aspect ratio.
    pub height: Option<u32>,
    /// How to fit the box.
    pub fit: Fit,
    /// Which part to keep.
    pub gravity: Gravity,
    /// Allow results larger than the source. Off, the box is shrunk to fit the source.
    pub enlarge: bool,
    /// Colour under transparency and in [`Fit::Contain`] padding; `None` keeps
    /// transparency where the output format can, and is white where it cannot.
    pub background: Option<[u8; 4]>,
    /// Gaussian blur radius (sigma) in output pixels; 0 is none.
    pub blur: f32,
    /// Unsharp-mask amount, 0 to 10; 0 is none.
    pub sharpen: f32,
    /// Watermark, if any.
    pub watermark: Option<Watermark>,
    /// Keep an animation's frames where the output format can hold them.
    pub animate: bool,
    /// The output's format.
    pub format: OutputFormat,
    /// How hard to squeeze.
    pub quality: Quality,
    /// What metadata to keep.
    pub metadata: MetadataPolicy,
}

impl Transform {
    /// A transform that only re-encodes as `format`.
    #[must_use]
    pub fn to_format(format: OutputFormat) -> Self {
        Self {
            width: None,
            height: None,
            fit: Fit::default(),
            gravity: Gravity::default(),
            enlarge: false,
            background: None,
            blur: 0.0,
            sharpen: 0.0,
            watermark: None,
            animate: true,
            format,
            quality: Quality::default(),
            metadata: MetadataPolicy::default(),
        }
    }
}
