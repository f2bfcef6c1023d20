//! What is measured, and which goal a case counts for.

use serde::Serialize;

use crate::corpus::{Corpus, Photo};
use crate::job::{EncodeOptions, Format, Job, OutputSpec, Technique};

/// Widths of a responsive set.
pub(crate) const WIDTHS: [u32; 4] = [320, 640, 1280, 2048];

/// Cases that share a goal. Ratios are sharp ÷ ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Group {
    Jpeg,
    SetAgainstClone,
    SetAgainstCascade,
    MixedSet,
    Webp,
    AvifAgainstDefault,
    AvifAgainstTuned,
    Png,
    Animation,
    FreshStart,
    FreshJob,
}

impl Group {
    pub(crate) const ALL: [Self; 11] = [
        Self::Jpeg,
        Self::SetAgainstClone,
        Self::SetAgainstCascade,
        Self::MixedSet,
        Self::Webp,
        Self::AvifAgainstDefault,
        Self::AvifAgainstTuned,
        Self::Png,
        Self::Animation,
        Self::FreshStart,
        Self::FreshJob,
    ];

    /// Heading in the report.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Jpeg => "One JPEG",
            Self::SetAgainstClone => "Four JPEGs, sharp with clone()",
            Self::SetAgainstCascade => "Four JPEGs, sharp as a hand-tuned cascade",
            Self::MixedSet => "Four JPEGs and four WebPs, sharp with clone()",
            Self::Webp => "One WebP, method 4 on both sides",
            Self::AvifAgainstDefault => "One AVIF, sharp's defaults",
            Self::AvifAgainstTuned => "One AVIF, sharp tuned (effort 3, 4:2:0)",
            Self::Png => "One PNG with transparency",
            Self::Animation => "Animated GIF",
            Self::FreshStart => "Fresh process, a small first picture",
            Self::FreshJob => "Fresh process, a large first job",
        }
    }
}

/// One comparison.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) group: Group,
    pub(crate) name: String,
    pub(crate) sharp: Job,
    pub(crate) ours: Job,
}

impl Case {
    fn new(
        group: Group,
        source: &Photo,
        label: &str,
        technique: Technique,
        outputs: &[OutputSpec],
    ) -> Self {
        let job = |technique| Job {
            input: source.path.clone(),
            technique,
            outputs: outputs.to_vec(),
            save_to: None,
        };
        Self {
            group,
            name: format!("{} → {label}", source.name),
            sharp: job(technique),
            ours: job(Technique::Ours),
        }
    }

    /// Measured from the start of a process to its end, not inside one.
    pub(crate) fn is_fresh(&self) -> bool {
        matches!(self.group, Group::FreshStart | Group::FreshJob)
    }

    /// Quality numbers of the two sides are no common scale where the encoders
    /// or the pixels they get differ: ours is moved until the pictures look alike.
    pub(crate) fn needs_equal_quality(&self) -> bool {
        matches!(
            self.group,
            Group::Webp | Group::AvifAgainstDefault | Group::AvifAgainstTuned
        )
    }
}

/// All cases, dearest last within each group.
pub(crate) fn all(corpus: &Corpus) -> Vec<Case> {
    let mut cases = Vec::new();
    for photo in &corpus.photos {
        cases.extend(singles(photo));
        cases.extend(sets(photo));
    }
    for cutout in &corpus.cutouts {
        for width in [720, 1280] {
            let png = output(width, Format::Png, EncodeOptions::default());
            cases.push(single(Group::Png, cutout, png));
        }
    }
    for format in [Format::Gif, Format::Webp] {
        let options = match format {
            Format::Gif => EncodeOptions::default(),
            _ => quality(80),
        };
        let moving = OutputSpec {
            animated: true,
            ..output(320, format, options)
        };
        cases.push(single(Group::Animation, &corpus.animation, moving));
    }
    cases.extend(fresh(corpus));
    cases
}

fn singles(photo: &Photo) -> Vec<Case> {
    let jpeg = |width| single(Group::Jpeg, photo, output(width, Format::Jpeg, quality(80)));
    let webp = |width| single(Group::Webp, photo, output(width, Format::Webp, quality(80)));
    let default = |width| {
        single(
            Group::AvifAgainstDefault,
            photo,
            output(width, Format::Avif, quality(50)),
        )
    };
    let tuned = |width| {
        let options = EncodeOptions {
            effort: Some(3),
            chroma_subsampling: Some("4:2:0".to_owned()),
            ..quality(50)
        };
        single(
            Group::AvifAgainstTuned,
            photo,
            output(width, Format::Avif, options),
        )
    };
    let widths = WIDTHS.into_iter();
    widths
        .clone()
        .map(jpeg)
        .chain(widths.clone().map(webp))
        .chain(widths.clone().map(default))
        .chain(widths.map(tuned))
        .collect()
}

fn sets(photo: &Photo) -> Vec<Case> {
    let four = |format| WIDTHS.map(|width| output(width, format, quality(80)));
    let jpegs = four(Format::Jpeg);
    let mixed = [jpegs.clone(), four(Format::Webp)].concat();
    vec![
        Case::new(
            Group::SetAgainstClone,
            photo,
            "4 JPEG",
            Technique::Documented,
            &jpegs,
        ),
        Case::new(
            Group::SetAgainstCascade,
            photo,
            "4 JPEG",
            Technique::Cascade,
            &jpegs,
        ),
        Case::new(
            Group::MixedSet,
            photo,
            "4 JPEG + 4 WebP",
            Technique::Documented,
            &mixed,
        ),
    ]
}

fn fresh(corpus: &Corpus) -> Vec<Case> {
    let jpeg = |width| output(width, Format::Jpeg, quality(80));
    let mut cases = vec![single(Group::FreshStart, &corpus.small, jpeg(320))];
    if let [medium, _, large, ..] = corpus.photos.as_slice() {
        let set = WIDTHS.map(jpeg);
        cases.push(single(Group::FreshJob, medium, jpeg(1280)));
        cases.push(single(Group::FreshJob, large, jpeg(320)));
        cases.push(Case::new(
            Group::FreshJob,
            medium,
            "4 JPEG",
            Technique::Documented,
            &set,
        ));
    }
    cases
}

fn single(group: Group, photo: &Photo, output: OutputSpec) -> Case {
    let label = format!("{} {}", output.format.extension(), output.width);
    Case::new(group, photo, &label, Technique::Documented, &[output])
}

fn output(width: u32, format: Format, options: EncodeOptions) -> OutputSpec {
    OutputSpec {
        width,
        format,
        animated: false,
        options,
    }
}

fn quality(quality: u8) -> EncodeOptions {
    EncodeOptions {
        quality: Some(quality),
        ..EncodeOptions::default()
    }
}
