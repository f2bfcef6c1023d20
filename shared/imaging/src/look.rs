//! Everything between the resize and the encoder. Outputs of one look share their pixels.

use std::borrow::Cow;

use fast_image_resize::Resizer;
use image_codecs::{CodecError, OutputFormat, Picture, Rgba};

use crate::compose;
use crate::effects;
use crate::plan::Plan;
use crate::resize::Chroma;
use crate::transform::{Transform, Watermark};
use crate::watermark::Overlay;

/// How an output looks, whatever format it is written in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Look {
    pub(crate) plan: Plan,
    blur: f32,
    sharpen: f32,
    watermark: Option<Watermark>,
    /// Colour under transparency and padding; `None` keeps both transparent.
    background: Option<[u8; 4]>,
    /// Whether the pixels have to be RGBA in the end.
    is_rgba: bool,
}

impl Look {
    /// The look of a transform on a source that is opaque or not.
    pub(crate) fn of(transform: &Transform, plan: Plan, is_opaque: bool) -> Self {
        let is_covered = is_opaque && !plan.is_padded();
        Self {
            plan,
            blur: transform.blur,
            sharpen: transform.sharpen,
            watermark: transform.watermark,
            background: if is_covered {
                None
            } else {
                compose::background(transform)
            },
            is_rgba: transform.watermark.is_some()
                || plan.is_padded()
                || matches!(transform.format, OutputFormat::Png | OutputFormat::Gif),
        }
    }

    /// The chroma geometry to resize a planar picture to.
    pub(crate) fn chroma(&self) -> Chroma {
        if self.is_rgba {
            Chroma::Full
        } else {
            Chroma::Half
        }
    }

    /// The watermark as this look wants it, if it wants one.
    ///
    /// # Errors
    /// Where the look has a watermark but there is no picture for it: an
    /// unmarked answer would be worse than none.
    pub(crate) fn overlay(
        &self,
        resizer: &mut Resizer,
        picture: Option<&Rgba>,
    ) -> Result<Option<Overlay>, CodecError> {
        let Some(watermark) = &self.watermark else {
            return Ok(None);
        };
        let picture = picture.ok_or_else(|| CodecError::Encode {
            format: "the watermark",
            reason: "no watermark picture is configured".to_owned(),
        })?;
        let canvas = (self.plan.canvas_width, self.plan.canvas_height);
        Overlay::new(resizer, picture, watermark, canvas).map(Some)
    }

    /// The resized picture with effects, background, padding and watermark.
    pub(crate) fn finish<'a>(
        &self,
        picture: &'a Picture,
        overlay: Option<&Overlay>,
    ) -> Result<Cow<'a, Picture>, CodecError> {
        let mut picture = Cow::Borrowed(picture);
        if self.blur > 0.0 || self.sharpen > 0.0 {
            picture = Cow::Owned(effects::apply(
                picture.into_owned(),
                self.blur,
                self.sharpen,
            )?);
        }
        match picture.as_ref() {
            Picture::Yuv(yuv) if self.is_rgba => {
                let rgba = self.composed(Cow::Owned(yuv.to_rgba()), overlay);
                Ok(Cow::Owned(Picture::Rgba(rgba.into_owned())))
            }
            Picture::Rgba(rgba) if self.changes(rgba) => {
                let rgba = self.composed(Cow::Borrowed(rgba), overlay);
                Ok(Cow::Owned(Picture::Rgba(rgba.into_owned())))
            }
            _ => Ok(picture),
        }
    }

    fn changes(&self, rgba: &Rgba) -> bool {
        self.plan.is_padded()
            || self.watermark.is_some()
            || (self.background.is_some() && !rgba.opaque)
    }

    fn composed<'a>(&self, picture: Cow<'a, Rgba>, overlay: Option<&Overlay>) -> Cow<'a, Rgba> {
        let mut picture = compose::pad(picture, &self.plan, self.background);
        if let Some(colour) = self.background.filter(|_| !picture.opaque) {
            compose::flatten(picture.to_mut(), colour);
        }
        if let Some(overlay) = overlay {
            overlay.apply(picture.to_mut());
        }
        picture
    }
}
