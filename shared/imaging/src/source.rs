//! A picture to make others from: the decoded source, or an already made larger output.

use fast_image_resize::{FilterType, Resizer};
use image_codecs::{CodecError, Limits, Orientation, Picture, Probe, Rgba};

use crate::orient::{self, Turn};
use crate::plan::{CropBox, Plan};
use crate::resize::{self, Chroma, Resize};

/// Decoded pixels and which part of the upright source they show.
#[derive(Debug)]
pub(crate) struct Source {
    /// The pixels, as stored.
    pub(crate) picture: Picture,
    turn: Turn,
    shows: CropBox,
}

impl Source {
    /// Decodes a source no larger than the plans need.
    pub(crate) fn decode(
        bytes: &[u8],
        probe: &Probe,
        plans: &[Plan],
        limits: &Limits,
    ) -> Result<Self, CodecError> {
        let shrink = plans.iter().map(Plan::shrink).fold(f64::INFINITY, f64::min);
        let at_least = load_size((probe.width, probe.height), shrink);
        let picture = image_codecs::decode(bytes, probe, at_least, limits)?;
        Ok(Self::new(picture, probe))
    }

    /// A whole picture as stored.
    pub(crate) fn new(picture: Picture, probe: &Probe) -> Self {
        let (width, height) = probe.upright_size();
        Self {
            picture,
            turn: Turn::of(probe.orientation),
            shows: CropBox::whole(width, height),
        }
    }

    /// Samples of this picture for one pixel of the plan's, on the axis where
    /// there are fewer; `None` where the plan needs more than this picture shows.
    pub(crate) fn shrink_to(&self, plan: &Plan) -> Option<f64> {
        const ROUNDING: f64 = 1e-6;
        let (crop, shows) = (plan.crop, self.shows);
        let is_inside = crop.left >= shows.left - ROUNDING
            && crop.top >= shows.top - ROUNDING
            && crop.left + crop.width <= shows.left + shows.width + ROUNDING
            && crop.top + crop.height <= shows.top + shows.height + ROUNDING;
        let (x, y) = self.samples_per_pixel();
        is_inside.then(|| {
            (crop.width * x / f64::from(plan.width)).min(crop.height * y / f64::from(plan.height))
        })
    }

    /// Makes the plan's picture: cropped, resized, upright, without padding.
    pub(crate) fn resized(
        &self,
        resizer: &mut Resizer,
        plan: &Plan,
        chroma: Chroma,
    ) -> Result<Self, CodecError> {
        let size = (plan.width, plan.height);
        let picture = self.resize(resizer, plan.crop, size, chroma, FilterType::Lanczos3)?;
        Ok(Self {
            picture,
            turn: Turn::of(Orientation::UPRIGHT),
            shows: plan.crop,
        })
    }

    /// A small upright copy of all that is shown, at most `side` pixels wide and high.
    pub(crate) fn thumbnail(&self, resizer: &mut Resizer, side: u32) -> Result<Rgba, CodecError> {
        let shown = (
            self.shows.width.round() as u32,
            self.shows.height.round() as u32,
        );
        let plan = Plan::thumbnail(shown, side);
        let size = (plan.width, plan.height);
        // A triangle kernel is plenty for statistics, and a third of the work of Lanczos.
        let picture = self.resize(
            resizer,
            self.shows,
            size,
            Chroma::Full,
            FilterType::Bilinear,
        )?;
        Ok(match picture {
            Picture::Yuv(yuv) => yuv.to_rgba(),
            Picture::Rgba(rgba) => rgba,
        })
    }

    /// True where no pixel is transparent.
    pub(crate) fn is_opaque(&self) -> bool {
        match &self.picture {
            Picture::Yuv(_) => true,
            Picture::Rgba(rgba) => rgba.opaque,
        }
    }

    /// The part of the upright source this picture shows.
    pub(crate) fn shows(&self) -> CropBox {
        self.shows
    }

    fn resize(
        &self,
        resizer: &mut Resizer,
        crop: CropBox,
        size: (u32, u32),
        chroma: Chroma,
        filter: FilterType,
    ) -> Result<Picture, CodecError> {
        let (x, y) = self.samples_per_pixel();
        let area = CropBox {
            left: (crop.left - self.shows.left) * x,
            top: (crop.top - self.shows.top) * y,
            width: crop.width * x,
            height: crop.height * y,
        };
        let area = self.turn.to_stored(area, self.extent());
        let (width, height) = self.turn.swap(size);
        let resize = Resize {
            area,
            width,
            height,
            mirrored: self.turn.mirrored(),
            filter,
        };
        let picture = match &self.picture {
            Picture::Yuv(yuv) => Picture::Yuv(resize::resize_yuv(resizer, yuv, resize, chroma)?),
            Picture::Rgba(rgba) => Picture::Rgba(resize::resize_rgba(resizer, rgba, resize)?),
        };
        Ok(orient::upright(picture, self.turn))
    }

    /// Exact upright extent of the pixels, in samples.
    fn extent(&self) -> (f64, f64) {
        self.turn.swap(match &self.picture {
            Picture::Yuv(yuv) => (yuv.true_width, yuv.true_height),
            Picture::Rgba(rgba) => (f64::from(rgba.width), f64::from(rgba.height)),
        })
    }

    fn samples_per_pixel(&self) -> (f64, f64) {
        let (width, height) = self.extent();
        (width / self.shows.width, height / self.shows.height)
    }
}

/// Shrink on load: the stored size at which a picture that is to be `shrink`
/// times smaller is decoded, `None` for the full size.
///
/// The scales are 1/2, 1/4 and 1/8, which a JPEG decoder reaches by smaller
/// inverse transforms. Scale 1/f is taken from f + 1 on, so that there is
/// always something left for Lanczos to do: the decoder's own low-pass is a
/// poor one. libvips and sharp draw the line at the same place. Rounded down,
/// as a side that is no multiple of the factor loses a fraction of a sample.
fn load_size((width, height): (u32, u32), shrink: f64) -> Option<(u32, u32)> {
    let factor = [8_u32, 4, 2]
        .into_iter()
        .find(|factor| shrink >= f64::from(factor + 1))?;
    Some((width / factor, height / factor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_no_larger_than_needed() {
        let size = (4032, 3025);
        assert_eq!(load_size(size, 1.0), None);
        assert_eq!(load_size(size, 2.9), None);
        assert_eq!(load_size(size, 3.0), Some((2016, 1512)));
        assert_eq!(load_size(size, 4.9), Some((2016, 1512)));
        assert_eq!(load_size(size, 8.9), Some((1008, 756)));
        assert_eq!(load_size(size, 40.0), Some((504, 378)));
    }
}
