//! Animations: every frame through the pipeline, one at a time.
//!
//! Frames arrive as whole canvases, so memory is a frame in, a frame out and
//! the encoded files, whatever the animation's length.

use fast_image_resize::Resizer;
use image_codecs::{CodecError, Frame, GifOptions, GifWriter, Picture, Probe, WebpWriter};

use crate::encode;
use crate::look::Look;
use crate::pipeline::{Context, Output, placed};
use crate::plan::Plan;
use crate::resize::Chroma;
use crate::source::Source;
use crate::transform::Transform;
use crate::watermark::Overlay;

/// One animated output being written.
pub(crate) struct Animation<'a> {
    transform: &'a Transform,
    plan: Plan,
    context: &'a Context<'a>,
    resizer: Resizer,
    /// Settled by the first frame: a content-aware crop must not wander.
    settled: Option<Settled>,
    writer: Writer,
    frames: u32,
}

struct Settled {
    look: Look,
    overlay: Option<Overlay>,
}

enum Writer {
    Gif(GifWriter),
    WebP(WebpWriter),
}

impl<'a> Animation<'a> {
    /// Prepares an output. Frames are written at the size planned.
    ///
    /// # Errors
    /// [`CodecError::LimitExceeded`] where all output frames together would
    /// pass [`image_codecs::Limits::max_animation_pixels`].
    pub(crate) fn new(
        transform: &'a Transform,
        plan: Plan,
        source: (&[u8], &Probe),
        context: &'a Context<'a>,
    ) -> Result<Self, CodecError> {
        let (width, height) = (plan.canvas_width, plan.canvas_height);
        let (bytes, probe) = source;
        let actual = u64::from(width) * u64::from(height) * u64::from(probe.frames);
        let allowed = context.limits.max_animation_pixels;
        if actual > allowed {
            let limit = "max_animation_pixels";
            return Err(CodecError::LimitExceeded {
                limit,
                actual,
                allowed,
            });
        }
        let loop_count = image_codecs::loop_count(bytes, probe);
        let quality = encode::quality(transform.format, transform.quality);
        let writer = match quality {
            Some(quality) => {
                let options = encode::webp_options(quality, context.effort);
                Writer::WebP(WebpWriter::new(width, height, loop_count, &options)?)
            }
            None => Writer::Gif(GifWriter::new(
                width,
                height,
                loop_count,
                &GifOptions::default(),
            )?),
        };
        let resizer = Resizer::new();
        Ok(Self {
            transform,
            plan,
            context,
            resizer,
            settled: None,
            writer,
            frames: 0,
        })
    }

    fn push(&mut self, source: &Source, delay_ms: u32) -> Result<(), CodecError> {
        if self.settled.is_none() {
            let plan = placed(source, &mut self.resizer, self.transform, &self.plan)?;
            // Later frames may be transparent where the first is not.
            let look = Look::of(self.transform, plan, false);
            let overlay = look.overlay(&mut self.resizer, self.context.watermark)?;
            self.settled = Some(Settled { look, overlay });
        }
        let Some(settled) = &self.settled else {
            return Ok(());
        };
        let resized = source.resized(&mut self.resizer, &settled.look.plan, Chroma::Full)?;
        let picture = settled
            .look
            .finish(&resized.picture, settled.overlay.as_ref())?;
        let canvas = match picture.into_owned() {
            Picture::Rgba(rgba) => rgba,
            Picture::Yuv(yuv) => yuv.to_rgba(),
        };
        self.frames += 1;
        let frame = Frame { canvas, delay_ms };
        match &mut self.writer {
            Writer::Gif(writer) => writer.push(&frame),
            Writer::WebP(writer) => writer.push(&frame),
        }
    }

    /// The encoded animation.
    pub(crate) fn finish(self) -> Result<Output, CodecError> {
        let bytes = match self.writer {
            Writer::Gif(writer) => writer.finish()?,
            Writer::WebP(writer) => writer.finish()?,
        };
        Ok(Output {
            bytes,
            format: self.transform.format,
            width: self.plan.canvas_width,
            height: self.plan.canvas_height,
            frames: self.frames,
            quality: encode::quality(self.transform.format, self.transform.quality),
        })
    }
}

/// Sends every frame of the source through every animation, in one decode.
pub(crate) fn render(
    bytes: &[u8],
    probe: &Probe,
    animations: &mut [Animation<'_>],
    context: &Context<'_>,
) -> Result<(), CodecError> {
    image_codecs::decode_frames(bytes, probe, context.limits, &mut |frame| {
        let source = Source::new(Picture::Rgba(frame.canvas), probe);
        for animation in &mut *animations {
            context.begin("encoding frames")?;
            animation.push(&source, frame.delay_ms)?;
        }
        Ok(())
    })
}
