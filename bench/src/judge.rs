//! Scores saved outputs against their source.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::job::{Job, OutputFacts, Technique};
use crate::quality::{Frames, reference, score};
use crate::worker_process::Worker;

/// Unpacks pictures of both sides with one decoder (sharp's) and scores them.
/// Keeps the references of the source it saw last.
pub(crate) struct Judge {
    decoder: Worker,
    scratch: PathBuf,
    input: PathBuf,
    source: Option<Frames>,
    references: HashMap<(u32, u32), Frames>,
}

impl Judge {
    pub(crate) fn new(decoder: Worker, scratch: PathBuf) -> Self {
        Self {
            decoder,
            scratch,
            input: PathBuf::new(),
            source: None,
            references: HashMap::new(),
        }
    }

    /// SSIMULACRA2 of every output that `job` saved.
    pub(crate) fn scores(&mut self, job: &Job, facts: &[OutputFacts]) -> Result<Vec<f64>> {
        if self.input != job.input {
            self.source = None;
            self.references.clear();
            self.input.clone_from(&job.input);
        }
        let saved = job
            .save_to
            .as_deref()
            .context("the outputs were not saved")?;
        saved
            .iter()
            .zip(facts)
            .map(|(path, facts)| {
                let output = self.decode(path)?;
                let size = (facts.width, facts.height);
                if !self.references.contains_key(&size) {
                    let ideal = self.make_reference(size)?;
                    self.references.insert(size, ideal);
                }
                score(&self.references[&size], &output)
                    .with_context(|| format!("failed to score {}", path.display()))
            })
            .collect()
    }

    fn make_reference(&mut self, (width, height): (u32, u32)) -> Result<Frames> {
        let source = match self.source.take() {
            Some(source) => source,
            None => self.decode(&self.input.clone())?,
        };
        let ideal = reference(&source, width, height);
        self.source = Some(source);
        ideal
    }

    fn decode(&mut self, path: &Path) -> Result<Frames> {
        let raw = self.scratch.join("decoded.rgb");
        let done = self.decoder.run(&Job {
            input: path.to_owned(),
            technique: Technique::Decode,
            outputs: Vec::new(),
            save_to: Some(vec![raw.clone()]),
        })?;
        let facts = done
            .outputs
            .first()
            .context("the decoder returned no picture")?;
        Ok(Frames {
            width: facts.width,
            height: facts.height,
            pixels: fs::read(raw)?,
        })
    }
}
