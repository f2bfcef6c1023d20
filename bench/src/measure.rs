//! Runs one case: both sides in turn, the same file, the same number of times.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::cases::Case;
use crate::job::{Done, Job};
use crate::judge::Judge;
use crate::outcome::{Outcome, SCORE_SLACK, Side};
use crate::sharp::Sharp;
use crate::worker_process::{Worker, run_fresh};

/// Both workers and the judge, kept for the whole run.
pub(crate) struct Lab {
    sharp: Sharp,
    sharp_worker: Worker,
    our_worker: Worker,
    judge: Judge,
    scratch: PathBuf,
    rounds: u32,
}

/// A case that costs sharp more CPU than this, in milliseconds, is run in fewer rounds.
const DEAR_CPU_MS: f64 = 3_000.0;
const DEAR_ROUNDS: u32 = 2;

impl Lab {
    pub(crate) fn open(sharp: Sharp, scratch: PathBuf, rounds: u32) -> Result<Self> {
        let judge = Judge::new(Worker::start(sharp.worker())?, scratch.clone());
        Ok(Self {
            sharp_worker: Worker::start(sharp.worker())?,
            our_worker: Worker::start(our_worker()?)?,
            judge,
            sharp,
            scratch,
            rounds,
        })
    }

    /// Measures `case`.
    pub(crate) fn run(&mut self, case: &Case) -> Result<Outcome> {
        let sharp_job = case.sharp.saving_to(&self.scratch, "sharp");
        let warm = self.sharp_worker.run(&sharp_job).context("sharp failed")?;
        let sharp_scores = self.judge.scores(&sharp_job, &warm.outputs)?;
        let (ours, our_done, our_scores) = self.warm_up_ours(case, &sharp_scores)?;

        let mut sharp = Side::new(&warm, sharp_scores);
        let mut our_side = Side::new(&our_done, our_scores);
        let is_dear = warm.cpu_ms > DEAR_CPU_MS;
        let rounds = if is_dear {
            self.rounds.min(DEAR_ROUNDS)
        } else {
            self.rounds
        };
        for round in 0..rounds {
            // Whoever goes second finds a warmer or a hotter machine: take turns.
            if round % 2 == 0 {
                self.measure_sharp(case, &mut sharp)?;
                self.measure_ours(case, &ours, &mut our_side)?;
            } else {
                self.measure_ours(case, &ours, &mut our_side)?;
                self.measure_sharp(case, &mut sharp)?;
            }
        }
        let our_quality = case
            .needs_equal_quality()
            .then(|| {
                ours.outputs
                    .first()
                    .and_then(|output| output.options.quality)
            })
            .flatten();
        let name = case.name.clone();
        Ok(Outcome {
            group: case.group,
            name,
            sharp,
            ours: our_side,
            our_quality,
        })
    }

    /// One unmeasured run of ours, with its scores; at sharp's score where the case asks for it.
    fn warm_up_ours(&mut self, case: &Case, sharp_scores: &[f64]) -> Result<(Job, Done, Vec<f64>)> {
        let mut job = case.ours.saving_to(&self.scratch, "ours");
        let wanted = sharp_scores.first().copied().unwrap_or_default();
        if case.needs_equal_quality() {
            let (mut too_low, mut enough) = (15, 90);
            while enough - too_low > 1 {
                let middle = u8::midpoint(too_low, enough);
                set_quality(&mut job, middle);
                let done = self.our_worker.run(&job)?;
                let scores = self.judge.scores(&job, &done.outputs)?;
                if scores.iter().all(|score| *score >= wanted - SCORE_SLACK) {
                    enough = middle;
                } else {
                    too_low = middle;
                }
            }
            set_quality(&mut job, enough);
        }
        let done = self.our_worker.run(&job).context("our pipeline failed")?;
        let scores = self.judge.scores(&job, &done.outputs)?;
        Ok((
            Job {
                save_to: None,
                ..job
            },
            done,
            scores,
        ))
    }

    fn measure_sharp(&mut self, case: &Case, side: &mut Side) -> Result<()> {
        if case.is_fresh() {
            side.add_whole(&run_fresh(self.sharp.worker(), &case.sharp)?);
        } else {
            side.add(&self.sharp_worker.run(&case.sharp)?);
        }
        Ok(())
    }

    fn measure_ours(&mut self, case: &Case, job: &Job, side: &mut Side) -> Result<()> {
        if case.is_fresh() {
            side.add_whole(&run_fresh(our_worker()?, job)?);
        } else {
            side.add(&self.our_worker.run(job)?);
        }
        Ok(())
    }
}

fn set_quality(job: &mut Job, quality: u8) {
    for output in &mut job.outputs {
        output.options.quality = Some(quality);
    }
}

/// This program as a worker.
fn our_worker() -> Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("worker");
    Ok(command)
}
