//! Decoded pixels: planar `YCbCr` straight from a JPEG, or straight-alpha sRGB RGBA.

/// Chroma subsampling of a [`Yuv`] picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subsampling {
    /// Chroma at full resolution.
    S444,
    /// Chroma at half width.
    S422,
    /// Chroma at half width and half height.
    S420,
    /// Chroma at half height.
    S440,
    /// No chroma: both chroma planes are empty.
    Gray,
}

/// One 8-bit plane. Rows are `stride` bytes apart; `data.len() >= stride * height`.
#[derive(Debug, Clone, Default)]
pub struct Plane {
    /// Samples, row by row.
    pub data: Vec<u8>,
    /// Bytes from one row to the next.
    pub stride: usize,
    /// Samples in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

/// Full-range BT.601 `YCbCr` as JFIF defines it.
///
/// A decode at n/8 scale rounds its size up; `true_width` and `true_height`
/// are the exact fractional extent (`original * n / 8`), so that a resize can
/// crop the fraction instead of stretching it.
#[derive(Debug, Clone)]
pub struct Yuv {
    /// Luma.
    pub y: Plane,
    /// Blue difference (empty for [`Subsampling::Gray`]).
    pub u: Plane,
    /// Red difference (empty for [`Subsampling::Gray`]).
    pub v: Plane,
    /// How the chroma planes relate to the luma plane.
    pub subsampling: Subsampling,
    /// Luma samples in a row, without padding.
    pub width: u32,
    /// Luma rows, without padding.
    pub height: u32,
    /// Exact extent of the picture in luma samples, at most `width`.
    pub true_width: f64,
    /// Exact extent of the picture in luma rows, at most `height`.
    pub true_height: f64,
}

/// 8-bit sRGB with straight (not premultiplied) alpha, no row padding.
#[derive(Debug, Clone)]
pub struct Rgba {
    /// `width * height * 4` bytes.
    pub data: Vec<u8>,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// True where every alpha is 255.
    pub opaque: bool,
}

/// A decoded still picture, in the cheapest form its source allows.
#[derive(Debug, Clone)]
pub enum Picture {
    /// From a `YCbCr` or grey JPEG without a foreign colour profile.
    Yuv(Yuv),
    /// From everything else.
    Rgba(Rgba),
}

impl Picture {
    /// Pixel width, as decoded (before orientation is applied).
    #[must_use]
    pub fn width(&self) -> u32 {
        match self {
            Self::Yuv(yuv) => yuv.width,
            Self::Rgba(rgba) => rgba.width,
        }
    }

    /// Pixel height, as decoded (before orientation is applied).
    #[must_use]
    pub fn height(&self) -> u32 {
        match self {
            Self::Yuv(yuv) => yuv.height,
            Self::Rgba(rgba) => rgba.height,
        }
    }
}

/// One frame of an animation: the whole canvas, already composited.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The canvas as it is shown.
    pub canvas: Rgba,
    /// How long it is shown, in milliseconds.
    pub delay_ms: u32,
}
