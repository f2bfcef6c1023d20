//! Decoded pixels: planar `YCbCr` straight from a JPEG, or straight-alpha sRGB RGBA.

use crate::CodecError;

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

impl Subsampling {
    /// Luma samples per chroma sample, across and down.
    #[must_use]
    pub const fn factors(self) -> (usize, usize) {
        match self {
            Self::S444 | Self::Gray => (1, 1),
            Self::S422 => (2, 1),
            Self::S420 => (2, 2),
            Self::S440 => (1, 2),
        }
    }

    /// Width and height of a chroma plane beside a luma plane of this size.
    #[must_use]
    pub const fn chroma_size(self, width: usize, height: usize) -> (usize, usize) {
        let (across, down) = self.factors();
        match self {
            Self::Gray => (0, 0),
            _ => (width.div_ceil(across), height.div_ceil(down)),
        }
    }
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

impl Plane {
    /// The rows, without what is between them.
    pub fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.data
            .chunks(self.stride.max(1))
            .take(self.height)
            .map(|row| row.get(..self.width).unwrap_or(row))
    }

    /// True where the data can hold `width` × `height` samples.
    fn holds(&self, width: usize, height: usize) -> bool {
        let needed = height
            .checked_sub(1)
            .and_then(|rows| rows.checked_mul(self.stride))
            .and_then(|start| start.checked_add(width));
        width > 0 && self.stride >= width && needed.is_some_and(|needed| self.data.len() >= needed)
    }
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

impl Yuv {
    /// Says what is wrong where the planes do not hold what the sizes promise:
    /// encoders in C would read beyond them.
    pub(crate) fn check(&self, format: &'static str) -> Result<(), CodecError> {
        let (width, height) = (self.width as usize, self.height as usize);
        let (chroma_width, chroma_height) = self.subsampling.chroma_size(width, height);
        let chroma_fits = |plane: &Plane| {
            self.subsampling == Subsampling::Gray || plane.holds(chroma_width, chroma_height)
        };
        if self.y.holds(width, height) && chroma_fits(&self.u) && chroma_fits(&self.v) {
            return Ok(());
        }
        let reason = format!("the planes are too small for {width}x{height}");
        Err(CodecError::Encode { format, reason })
    }
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

impl Rgba {
    /// Says what is wrong where the data is not what the size promises.
    pub(crate) fn check(&self, format: &'static str) -> Result<(), CodecError> {
        let needed = u64::from(self.width) * u64::from(self.height) * 4;
        if needed > 0 && self.data.len() as u64 == needed {
            return Ok(());
        }
        let reason = format!(
            "{} bytes are not a {}x{} picture",
            self.data.len(),
            self.width,
            self.height
        );
        Err(CodecError::Encode { format, reason })
    }
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
