//! The formats by name.

/// A format this crate reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum InputFormat {
    /// JPEG: baseline, progressive or arithmetic, 8 bits; grey, `YCbCr`, RGB, CMYK or YCCK.
    Jpeg,
    /// PNG; of an animated one, the default picture.
    Png,
    /// WebP, lossy or lossless, still or animated.
    WebP,
    /// GIF, still or animated.
    Gif,
    /// TIFF; of several pages, the first.
    Tiff,
}

impl InputFormat {
    /// Short lowercase name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::WebP => "webp",
            Self::Gif => "gif",
            Self::Tiff => "tiff",
        }
    }

    /// Media type, as for a `Content-Type` header.
    #[must_use]
    pub const fn mime_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
            Self::Gif => "image/gif",
            Self::Tiff => "image/tiff",
        }
    }

    /// Usual file name extension, without the dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::WebP => "webp",
            Self::Gif => "gif",
            Self::Tiff => "tiff",
        }
    }

    /// The name as error messages write it.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::WebP => "WebP",
            Self::Gif => "GIF",
            Self::Tiff => "TIFF",
        }
    }
}

/// A format this crate writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OutputFormat {
    /// Baseline or progressive JPEG.
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

impl OutputFormat {
    /// Short lowercase name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::WebP => "webp",
            Self::Avif => "avif",
            Self::Gif => "gif",
        }
    }

    /// Media type, as for a `Content-Type` header.
    #[must_use]
    pub const fn mime_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
            Self::Avif => "image/avif",
            Self::Gif => "image/gif",
        }
    }

    /// Usual file name extension, without the dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::WebP => "webp",
            Self::Avif => "avif",
            Self::Gif => "gif",
        }
    }

    /// True where this crate can write frames.
    #[must_use]
    pub const fn can_animate(self) -> bool {
        matches!(self, Self::WebP | Self::Gif)
    }

    /// True where a pixel can be transparent (in a GIF: wholly or not at all).
    #[must_use]
    pub const fn has_alpha(self) -> bool {
        !matches!(self, Self::Jpeg)
    }
}
