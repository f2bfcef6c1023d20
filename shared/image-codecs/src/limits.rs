//! What a picture may cost. Checked from headers, before pixels are decoded.

/// Upper bounds for one job. Every bound is inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Encoded source size in bytes.
    pub max_input_bytes: u64,
    /// Pixels of one source frame (width × height).
    pub max_pixels: u64,
    /// Width or height of a source, in pixels.
    pub max_side: u32,
    /// Frames of an animation.
    pub max_frames: u32,
    /// Pixels of all frames of an animation together.
    pub max_animation_pixels: u64,
    /// Scans of a progressive JPEG.
    pub max_jpeg_scans: u32,
    /// Bytes of one metadata block (ICC profile, EXIF), after inflation.
    pub max_metadata_bytes: usize,
    /// Width or height of an output, in pixels.
    pub max_output_side: u32,
    /// Pixels of one output frame (width × height).
    pub max_output_pixels: u64,
}

impl Limits {
    /// Defaults: 25 MiB, 50 megapixels (imgproxy's default), 12,000 px a side
    /// (imageflow's), 100 frames with 100 megapixels in all.
    pub const DEFAULT: Self = Self {
        max_input_bytes: 25 * 1024 * 1024,
        max_pixels: 50_000_000,
        max_side: 12_000,
        max_frames: 100,
        max_animation_pixels: 100_000_000,
        max_jpeg_scans: 50,
        max_metadata_bytes: 8 * 1024 * 1024,
        max_output_side: 8_192,
        max_output_pixels: 25_000_000,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
