//! The figures of one case and what they mean.

use serde::Serialize;

use crate::cases::Group;
use crate::job::Done;
use crate::statistics::{median, minimum};
use crate::worker_process::WholeProcess;

/// How far below sharp's SSIMULACRA2 an output may be and still count as equal.
pub(crate) const SCORE_SLACK: f64 = 0.3;
/// How many times sharp's bytes an output may have and still count as equal.
pub(crate) const BYTES_SLACK: f64 = 1.02;

/// One side of a case.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Side {
    /// CPU time of every round.
    pub(crate) cpu_ms: Vec<f64>,
    /// Time on the clock of every round.
    pub(crate) wall_ms: Vec<f64>,
    /// Peak resident set of every fresh process; empty otherwise.
    pub(crate) peak_kib: Vec<f64>,
    /// Bytes of all outputs together.
    pub(crate) bytes: u64,
    /// SSIMULACRA2 of every output.
    pub(crate) scores: Vec<f64>,
}

impl Side {
    pub(crate) fn new(warm_up: &Done, scores: Vec<f64>) -> Self {
        let bytes = warm_up.outputs.iter().map(|output| output.bytes).sum();
        Self {
            cpu_ms: Vec::new(),
            wall_ms: Vec::new(),
            peak_kib: Vec::new(),
            bytes,
            scores,
        }
    }

    pub(crate) fn add(&mut self, done: &Done) {
        self.cpu_ms.push(done.cpu_ms);
        self.wall_ms.push(done.wall_ms);
    }

    pub(crate) fn add_whole(&mut self, process: &WholeProcess) {
        self.cpu_ms.push(process.cpu.as_secs_f64() * 1e3);
        self.wall_ms.push(process.wall.as_secs_f64() * 1e3);
        self.peak_kib.push(process.done.peak_kib as f64);
    }

    /// Mean score of the outputs.
    pub(crate) fn score(&self) -> f64 {
        self.scores.iter().sum::<f64>() / self.scores.len().max(1) as f64
    }
}

/// What a ratio is taken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Measure {
    Cpu,
    Wall,
    Memory,
}

/// A measured case.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Outcome {
    pub(crate) group: Group,
    pub(crate) name: String,
    pub(crate) sharp: Side,
    pub(crate) ours: Side,
    /// The quality at which ours looks like sharp's, where it was searched for.
    pub(crate) our_quality: Option<u8>,
}

impl Outcome {
    /// sharp ÷ ours of the medians; `None` where it was not measured.
    pub(crate) fn ratio(&self, measure: Measure) -> Option<f64> {
        self.ratio_of(measure, median)
    }

    /// sharp ÷ ours of the quietest rounds.
    pub(crate) fn best_ratio(&self, measure: Measure) -> Option<f64> {
        self.ratio_of(measure, minimum)
    }

    fn ratio_of(&self, measure: Measure, summary: fn(&[f64]) -> f64) -> Option<f64> {
        let values = |side: &Side| match measure {
            Measure::Cpu => summary(&side.cpu_ms),
            Measure::Wall => summary(&side.wall_ms),
            Measure::Memory => summary(&side.peak_kib),
        };
        let ratio = values(&self.sharp) / values(&self.ours);
        (ratio.is_finite() && ratio > 0.0).then_some(ratio)
    }

    /// ours ÷ sharp.
    pub(crate) fn bytes_ratio(&self) -> f64 {
        self.ours.bytes as f64 / self.sharp.bytes as f64
    }

    /// The largest loss of SSIMULACRA2 in any output; negative where every one of ours is better.
    pub(crate) fn worst_loss(&self) -> f64 {
        let pairs = self.sharp.scores.iter().zip(&self.ours.scores);
        pairs
            .map(|(sharp, ours)| sharp - ours)
            .fold(f64::NEG_INFINITY, f64::max)
    }

    /// Why the two sides cannot be compared; `None` where quality and size are equal
    /// (or better).
    pub(crate) fn inequality(&self) -> Option<&'static str> {
        match (
            self.worst_loss() > SCORE_SLACK,
            self.bytes_ratio() > BYTES_SLACK,
        ) {
            (false, false) => None,
            (true, false) => Some("worse"),
            (false, true) => Some("bigger"),
            (true, true) => Some("worse and bigger"),
        }
    }

    /// A case is won only with less CPU at equal quality and size.
    pub(crate) fn verdict(&self) -> &'static str {
        let is_faster = self.ratio(Measure::Cpu).is_some_and(|ratio| ratio > 1.0);
        self.inequality()
            .unwrap_or(if is_faster { "win" } else { "slower" })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn outcome(group: Group, cpu_ratio: f64, loss: f64, bytes_ratio: f64) -> Outcome {
        let side = |cpu: f64, score: f64, bytes: f64| Side {
            cpu_ms: vec![cpu, cpu * 3.0, cpu],
            wall_ms: vec![cpu],
            peak_kib: Vec::new(),
            bytes: bytes as u64,
            scores: vec![score],
        };
        Outcome {
            group,
            name: "a <picture>".to_owned(),
            sharp: side(10.0 * cpu_ratio, 80.0, 10_000.0),
            ours: side(10.0, 80.0 - loss, 10_000.0 * bytes_ratio),
            our_quality: None,
        }
    }

    #[test]
    fn faster_wins_only_at_equal_quality_and_size() {
        let verdict = |ratio, loss, bytes| outcome(Group::Jpeg, ratio, loss, bytes).verdict();
        assert_eq!(verdict(1.5, 0.29, 1.019), "win");
        assert_eq!(verdict(0.9, -3.0, 0.9), "slower");
        assert_eq!(verdict(5.0, 0.31, 0.5), "worse");
        assert_eq!(verdict(5.0, 0.0, 1.03), "bigger");
        assert_eq!(verdict(5.0, 1.0, 1.03), "worse and bigger");
    }

    #[test]
    fn what_was_not_measured_has_no_ratio() {
        let outcome = outcome(Group::Jpeg, 2.0, 0.0, 1.0);
        assert_eq!(outcome.ratio(Measure::Cpu), Some(2.0));
        assert_eq!(outcome.ratio(Measure::Memory), None);
    }
}
