//! Our side of the bench: the pipeline, driven by JSON lines like sharp's worker.

use std::fs;
use std::io::{BufRead, Write};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use image_codecs::{Limits, OutputFormat};
use imaging::{Context, Effort, Output, Quality, Transform};

use crate::job::{Done, Format, Job, OutputFacts, OutputSpec, Reply};
use crate::usage::{own_cpu, own_peak_kib};

/// Answers jobs until the input ends.
pub(crate) fn serve(jobs: impl BufRead, mut replies: impl Write) -> Result<()> {
    for line in jobs.lines() {
        let reply = match serde_json::from_str(&line?)
            .map_err(Into::into)
            .and_then(|job| run(&job))
        {
            Ok(done) => Reply::Done(done),
            Err(error) => Reply::Failed {
                error: format!("{error:#}"),
            },
        };
        serde_json::to_writer(&mut replies, &reply)?;
        replies.write_all(b"\n")?;
        replies.flush()?;
    }
    Ok(())
}

fn run(job: &Job) -> Result<Done> {
    let bytes =
        fs::read(&job.input).with_context(|| format!("failed to read {}", job.input.display()))?;
    let transforms: Vec<Transform> = job.outputs.iter().map(transform).collect();
    let (cpu, clock) = (own_cpu()?, Instant::now());
    let outputs = produce(&bytes, &transforms)?;
    let (wall, cpu) = (clock.elapsed(), own_cpu()?.saturating_sub(cpu));
    for (path, output) in job.save_to.iter().flatten().zip(&outputs) {
        fs::write(path, &output.bytes)?;
    }
    let facts = |output: &Output| OutputFacts {
        width: output.width,
        height: output.height,
        bytes: output.bytes.len() as u64,
    };
    Ok(Done {
        cpu_ms: cpu.as_secs_f64() * 1e3,
        wall_ms: wall.as_secs_f64() * 1e3,
        peak_kib: own_peak_kib()?,
        outputs: outputs.iter().map(facts).collect(),
    })
}

fn produce(bytes: &[u8], transforms: &[Transform]) -> Result<Vec<Output>> {
    let context = Context {
        limits: &Limits::DEFAULT,
        watermark: None,
        effort: Effort::Batch,
        should_stop: &|| false,
    };
    match transforms {
        [] => bail!("the job has no outputs"),
        [single] => Ok(vec![imaging::transform(bytes, single, &context)?]),
        set => {
            let mut outputs = vec![None; set.len()];
            imaging::derive_set(bytes, set, &context, &mut |index, output| {
                outputs[index] = Some(output);
                Ok(())
            })?;
            let all: Option<Vec<Output>> = outputs.into_iter().collect();
            all.context("an output of the set is missing")
        }
    }
}

fn transform(spec: &OutputSpec) -> Transform {
    Transform {
        width: Some(spec.width),
        animate: spec.animated,
        quality: spec
            .options
            .quality
            .map_or_else(Quality::default, Quality::Fixed),
        ..Transform::to_format(match spec.format {
            Format::Jpeg => OutputFormat::Jpeg,
            Format::Webp => OutputFormat::WebP,
            Format::Avif => OutputFormat::Avif,
            Format::Png => OutputFormat::Png,
            Format::Gif => OutputFormat::Gif,
        })
    }
}
