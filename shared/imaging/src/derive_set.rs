//! One source, many outputs: decode once, resize from the nearest larger
//! picture already made, share pixels between formats.

use fast_image_resize::Resizer;
use image_codecs::{CodecError, InputFormat, Picture, Probe, probe};

use crate::animation::{self, Animation};
use crate::encode;
use crate::look::Look;
use crate::pipeline::{Context, Output, keeps_frames, placed, tags};
use crate::placeholder;
use crate::plan::{Plan, plan};
use crate::resize::Chroma;
use crate::source::Source;
use crate::transform::Transform;

/// A picture is resized from another output only where that one is at least
/// this many times larger. Measured with SSIMULACRA2, 1.6 (from 2048 to 1280
/// pixels) costs less than the encoder's own noise, and saves every width after
/// the first a pass over the whole source.
const MIN_PARENT_SHRINK: f64 = 1.59;

/// What a page wants to know about a source before its pictures are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceSummary {
    /// The source's format.
    pub format: InputFormat,
    /// Width in pixels, upright.
    pub width: u32,
    /// Height in pixels, upright.
    pub height: u32,
    /// Frames; 1 for a still picture.
    pub frames: u32,
    /// True where some pixel is not opaque.
    pub has_alpha: bool,
    /// The colour that stands out, sRGB (not the mean, which is grey for most photographs).
    pub dominant_colour: [u8; 3],
    /// `ThumbHash` (<https://evanw.github.io/thumbhash/>), about 25 bytes.
    pub thumbhash: Vec<u8>,
}

/// Makes every output of a set from one decode. `each` is called as soon as an
/// output is encoded, with its index in `transforms`; largest pictures first.
/// Bytes are the same at every call with the same arguments, but may differ from
/// [`crate::transform`]'s, which resizes each picture from the source itself.
///
/// # Errors
/// Any [`CodecError`], for the first output that cannot be made; geometry and
/// output limits of the whole set are checked before anything is decoded. An
/// error of `each` ends the set.
pub fn derive_set(
    bytes: &[u8],
    transforms: &[Transform],
    context: &Context<'_>,
    each: &mut dyn FnMut(usize, Output) -> Result<(), CodecError>,
) -> Result<SourceSummary, CodecError> {
    context.begin("probing")?;
    let probe = probe(bytes, context.limits)?;
    let jobs = jobs(&probe, transforms, context)?;
    let (moving, still): (Vec<Job<'_>>, Vec<Job<'_>>) = jobs
        .into_iter()
        .partition(|job| keeps_frames(&probe, job.transform));
    context.begin("decoding")?;
    let plans: Vec<Plan> = still
        .iter()
        .map(|job| job.plan)
        .chain([placeholder::plan(&probe)])
        .collect();
    let source = Source::decode(bytes, &probe, &plans, context.limits)?;
    let mut cascade = Cascade {
        source,
        made: Vec::new(),
        resizer: Resizer::new(),
    };
    for (look, jobs) in looks(&still, &mut cascade)? {
        context.begin("resizing")?;
        let overlay = look.overlay(&mut cascade.resizer, context.watermark)?;
        let picture = look.finish(cascade.picture(&look)?, overlay.as_ref())?;
        for job in jobs {
            context.begin("encoding")?;
            let tags = tags(bytes, &probe, job.transform, context.limits);
            each(
                job.index,
                encode::still(&picture, job.transform, &tags, context.effort)?,
            )?;
        }
    }
    let summary = cascade.summary(&probe)?;
    drop(cascade);
    animations(bytes, &probe, &moving, context, each)?;
    Ok(summary)
}

/// One output of the set.
#[derive(Debug, Clone, Copy)]
struct Job<'a> {
    index: usize,
    transform: &'a Transform,
    plan: Plan,
}

/// The outputs, largest first, those that may share pixels side by side.
fn jobs<'a>(
    probe: &Probe,
    transforms: &'a [Transform],
    context: &Context<'_>,
) -> Result<Vec<Job<'a>>, CodecError> {
    let mut jobs = Vec::with_capacity(transforms.len());
    for (index, transform) in transforms.iter().enumerate() {
        let plan = plan(probe.upright_size(), transform, context.limits)?;
        jobs.push(Job {
            index,
            transform,
            plan,
        });
    }
    jobs.sort_by_key(|job| {
        let size = (
            u64::from(job.plan.width) * u64::from(job.plan.height),
            job.plan.width,
        );
        (std::cmp::Reverse(size), job.index)
    });
    Ok(jobs)
}

/// The jobs by look. With the placing of content-aware crops all geometry is known.
fn looks<'a>(
    jobs: &[Job<'a>],
    cascade: &mut Cascade,
) -> Result<Vec<(Look, Vec<Job<'a>>)>, CodecError> {
    let mut looks: Vec<(Look, Vec<Job<'a>>)> = Vec::with_capacity(jobs.len());
    let is_opaque = cascade.source.is_opaque();
    for job in jobs {
        let plan = placed(
            &cascade.source,
            &mut cascade.resizer,
            job.transform,
            &job.plan,
        )?;
        let look = Look::of(job.transform, plan, is_opaque);
        match looks.iter_mut().find(|(other, _)| *other == look) {
            Some((_, jobs)) => jobs.push(*job),
            None => looks.push((look, vec![*job])),
        }
    }
    Ok(looks)
}

/// The decoded source and the resized pictures made from it so far, without effects.
struct Cascade {
    source: Source,
    made: Vec<(Plan, Chroma, Source)>,
    resizer: Resizer,
}

impl Cascade {
    /// The look's resized picture, made from the smallest one that is large enough.
    fn picture(&mut self, look: &Look) -> Result<&Picture, CodecError> {
        let wanted = (look.plan, look.chroma());
        let index = match self.made.iter().position(|made| (made.0, made.1) == wanted) {
            Some(index) => index,
            None => {
                let parent = parent(&self.source, &self.made, &look.plan);
                let resized = parent.resized(&mut self.resizer, &look.plan, look.chroma())?;
                self.made.push((look.plan, look.chroma(), resized));
                self.made.len() - 1
            }
        };
        Ok(&self.made[index].2.picture)
    }

    fn summary(&mut self, probe: &Probe) -> Result<SourceSummary, CodecError> {
        let plan = placeholder::plan(probe);
        let side = placeholder::THUMBNAIL_SIDE;
        let has_alpha = !self.source.is_opaque();
        let parent = parent(&self.source, &self.made, &plan);
        let thumbnail = parent.thumbnail(&mut self.resizer, side)?;
        let (width, height) = probe.upright_size();
        Ok(SourceSummary {
            format: probe.format,
            width,
            height,
            frames: probe.frames,
            has_alpha,
            dominant_colour: placeholder::dominant_colour(&thumbnail),
            thumbhash: placeholder::thumbhash(&thumbnail),
        })
    }
}

/// The smallest picture to make the plan's from.
fn parent<'a>(source: &'a Source, made: &'a [(Plan, Chroma, Source)], plan: &Plan) -> &'a Source {
    made.iter()
        .filter_map(|(_, _, made)| Some((made.shrink_to(plan)?, made)))
        .filter(|(shrink, _)| *shrink >= MIN_PARENT_SHRINK)
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map_or(source, |(_, made)| made)
}

/// All animated outputs from one pass over the frames.
fn animations(
    bytes: &[u8],
    probe: &Probe,
    jobs: &[Job<'_>],
    context: &Context<'_>,
    each: &mut dyn FnMut(usize, Output) -> Result<(), CodecError>,
) -> Result<(), CodecError> {
    if jobs.is_empty() {
        return Ok(());
    }
    let mut animations = Vec::with_capacity(jobs.len());
    for job in jobs {
        animations.push(Animation::new(
            job.transform,
            job.plan,
            (bytes, probe),
            context,
        )?);
    }
    animation::render(bytes, probe, &mut animations, context)?;
    for (job, animation) in jobs.iter().zip(animations) {
        each(job.index, animation.finish()?)?;
    }
    Ok(())
}
