//! What is asked of a worker and what it answers: one JSON line each way, the
//! same for our worker and for sharp's (`sharp/worker.mjs`).

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// A picture to make outputs of.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Job {
    /// The source file. Reading it is not part of the measurement.
    pub(crate) input: PathBuf,
    /// How the worker goes about it.
    pub(crate) technique: Technique,
    /// What to make.
    pub(crate) outputs: Vec<OutputSpec>,
    /// A file for every output; `None` throws them away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) save_to: Option<Vec<PathBuf>>,
}

/// How the outputs are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Technique {
    /// sharp: a `clone()` of one pipeline for every output.
    Documented,
    /// sharp: decode once to raw pixels, every width from the next larger one.
    Cascade,
    /// sharp: not measured, unpacks a picture for the quality metric.
    Decode,
    /// Ours: `imaging::transform` for one output, `imaging::derive_set` for more.
    Ours,
}

/// One output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OutputSpec {
    /// Width in pixels; the height follows, nothing is enlarged.
    pub(crate) width: u32,
    /// The format in sharp's words: `jpeg`, `webp`, `avif`, `png`, `gif`.
    pub(crate) format: Format,
    /// Keep the frames of an animation.
    pub(crate) animated: bool,
    /// sharp: passed to `toFormat` as it is. Ours: the quality is taken from it.
    pub(crate) options: EncodeOptions,
}

/// Output formats of the bench.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    Jpeg,
    Webp,
    Avif,
    Png,
    Gif,
}

impl Format {
    /// The file name ending, which is also sharp's name of the format.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Webp => "webp",
            Self::Avif => "avif",
            Self::Png => "png",
            Self::Gif => "gif",
        }
    }
}

/// Encoder settings under sharp's names (<https://sharp.pixelplumbing.com/api-output>);
/// what is left out takes sharp's default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EncodeOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) quality: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) effort: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) chroma_subsampling: Option<String>,
}

/// What a worker says after a job.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Reply {
    Done(Done),
    Failed { error: String },
}

/// A finished job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Done {
    /// CPU time of the whole process during the job, user and system.
    #[serde(default)]
    pub(crate) cpu_ms: f64,
    /// Time on the clock.
    #[serde(default)]
    pub(crate) wall_ms: f64,
    /// High-water mark of the process's resident set so far.
    #[serde(default)]
    pub(crate) peak_kib: u64,
    /// The outputs in the order of the job.
    pub(crate) outputs: Vec<OutputFacts>,
}

/// What came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OutputFacts {
    pub(crate) width: u32,
    /// Height of one frame.
    pub(crate) height: u32,
    pub(crate) bytes: u64,
}

impl Job {
    /// The same job, writing `{stem}-{index}.{extension}` into `directory`.
    pub(crate) fn saving_to(&self, directory: &Path, stem: &str) -> Self {
        let path = |(index, output): (usize, &OutputSpec)| {
            directory.join(format!("{stem}-{index}.{}", output.format.extension()))
        };
        Self {
            save_to: Some(self.outputs.iter().enumerate().map(path).collect()),
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_speak_sharps_words() {
        let job = Job {
            input: "a.jpg".into(),
            technique: Technique::Documented,
            outputs: vec![OutputSpec {
                width: 640,
                format: Format::Avif,
                animated: false,
                options: EncodeOptions {
                    quality: Some(50),
                    effort: Some(3),
                    chroma_subsampling: Some("4:2:0".into()),
                },
            }],
            save_to: None,
        };
        assert_eq!(
            serde_json::to_string(&job).unwrap(),
            r#"{"input":"a.jpg","technique":"documented","outputs":[{"width":640,"format":"avif","animated":false,"options":{"quality":50,"effort":3,"chromaSubsampling":"4:2:0"}}]}"#
        );
    }

    #[test]
    fn replies_are_results_or_faults() {
        let done = r#"{"cpu_ms":1.5,"wall_ms":2,"peak_kib":9,"outputs":[{"width":1,"height":2,"bytes":3}]}"#;
        assert!(matches!(serde_json::from_str(done), Ok(Reply::Done(done)) if done.peak_kib == 9));
        let failed = serde_json::from_str(r#"{"error":"no"}"#);
        assert!(matches!(failed, Ok(Reply::Failed { error }) if error == "no"));
    }
}
