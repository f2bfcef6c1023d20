//! One source, one output: plan, decode, resize, finish, encode.

use fast_image_resize::Resizer;
use image_codecs::{CodecError, Limits, OutputFormat, Probe, Rgba, Tags, probe, read_tags};

use crate::animation::{self, Animation};
use crate::encode;
use crate::look::Look;
use crate::plan::{Plan, plan};
use crate::smart_crop;
use crate::source::Source;
use crate::transform::{Fit, Gravity, MetadataPolicy, Transform};

/// How much CPU an encoder may spend on fewer bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// Someone is waiting: WebP method 2, AVIF speed 8.
    Interactive,
    /// Made once, served often: WebP method 4, AVIF speed 6.
    Batch,
}

/// What a job is done with, beside the source and the transform.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// What the job may cost.
    pub limits: &'a Limits,
    /// The picture for [`Transform::watermark`]. A transform that wants one fails without it.
    pub watermark: Option<&'a Rgba>,
    /// How hard the encoders try.
    pub effort: Effort,
    /// Asked between stages and between frames: true ends the job with
    /// [`CodecError::TimeLimit`]. A stage that has begun is finished.
    pub should_stop: &'a dyn Fn() -> bool,
}

impl std::fmt::Debug for Context<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Context")
            .field("limits", self.limits)
            .field("has_watermark", &self.watermark.is_some())
            .field("effort", &self.effort)
            .finish_non_exhaustive()
    }
}

impl Context<'_> {
    /// Ends the job where its time is up.
    pub(crate) fn begin(&self, stage: &'static str) -> Result<(), CodecError> {
        if (self.should_stop)() {
            Err(CodecError::TimeLimit { stage })
        } else {
            Ok(())
        }
    }
}

/// An encoded picture.
#[derive(Debug, Clone)]
pub struct Output {
    /// The file.
    pub bytes: Vec<u8>,
    /// Its format.
    pub format: OutputFormat,
    /// Width in pixels, with padding.
    pub width: u32,
    /// Height in pixels, with padding.
    pub height: u32,
    /// Frames; 1 for a still picture.
    pub frames: u32,
    /// The encoder's quality (1 to 100); `None` for PNG and GIF.
    pub quality: Option<u8>,
}

/// Makes one output. The same bytes, transform and version of this crate give
/// the same output, byte for byte.
///
/// # Errors
/// Any [`CodecError`]: a source that cannot be read, a limit passed (by the
/// source or by the output), the time limit.
pub fn transform(
    bytes: &[u8],
    transform: &Transform,
    context: &Context<'_>,
) -> Result<Output, CodecError> {
    context.begin("probing")?;
    let probe = probe(bytes, context.limits)?;
    let plan = plan(probe.upright_size(), transform, context.limits)?;
    if keeps_frames(&probe, transform) {
        let mut animation = Animation::new(transform, plan, (bytes, &probe), context)?;
        animation::render(bytes, &probe, std::slice::from_mut(&mut animation), context)?;
        return animation.finish();
    }
    context.begin("decoding")?;
    let source = Source::decode(bytes, &probe, &[plan], context.limits)?;
    context.begin("resizing")?;
    let mut resizer = Resizer::new();
    let plan = placed(&source, &mut resizer, transform, &plan)?;
    let look = Look::of(transform, plan, source.is_opaque());
    let overlay = look.overlay(&mut resizer, context.watermark)?;
    let resized = source.resized(&mut resizer, &plan, look.chroma())?;
    drop(source);
    let picture = look.finish(&resized.picture, overlay.as_ref())?;
    context.begin("encoding")?;
    let tags = tags(bytes, &probe, transform, context.limits);
    encode::still(&picture, transform, &tags, context.effort)
}

/// True where the output is an animation.
pub(crate) fn keeps_frames(probe: &Probe, transform: &Transform) -> bool {
    transform.animate && probe.is_animated() && transform.format.can_animate()
}

/// The metadata the transform keeps.
pub(crate) fn tags(bytes: &[u8], probe: &Probe, transform: &Transform, limits: &Limits) -> Tags {
    match transform.metadata {
        MetadataPolicy::Strip => Tags::default(),
        MetadataPolicy::Copyright => read_tags(bytes, probe, limits),
    }
}

/// The plan, with a content-aware crop where the transform asks for one.
pub(crate) fn placed(
    source: &Source,
    resizer: &mut Resizer,
    transform: &Transform,
    plan: &Plan,
) -> Result<Plan, CodecError> {
    if (transform.fit, transform.gravity) == (Fit::Cover, Gravity::Smart) {
        return smart_crop::placed(source, resizer, plan);
    }
    Ok(*plan)
}
