//! The figures, and their ratios.

use std::fmt;

use serde::Serialize;

use crate::statistics::{median, percentile};

/// What was measured: the peer first.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) sides: [Side; 2],
}

/// One side.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Side {
    pub(crate) name: String,
    /// CPU time of one post, by round.
    pub(crate) cpu_ms: Vec<f64>,
    /// Posts a second without pauses, by round.
    pub(crate) rates: Vec<f64>,
    pub(crate) at_rates: Vec<AtRate>,
}

/// A fixed rate.
#[derive(Debug, Serialize)]
pub(crate) struct AtRate {
    /// Posts a second.
    pub(crate) rate: f64,
    /// From the moment at which each was meant to be sent.
    pub(crate) latencies_ms: Vec<f64>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [peer, ours] = &self.sides;
        writeln!(f, "{} against {}, one process each", ours.name, peer.name)?;
        writeln!(f, "{:<36} {:>10} {:>10} {:>8}", "", "peer", "ours", "ratio")?;
        let cpu = [peer, ours].map(|side| median(&side.cpu_ms));
        row(f, "CPU of a submission, ms", cpu, cpu[0] / cpu[1])?;
        let rate = [peer, ours].map(|side| median(&side.rates));
        row(f, "sustained, submissions/s", rate, rate[1] / rate[0])?;
        for (peer, ours) in peer.at_rates.iter().zip(&ours.at_rates) {
            for percent in [50.0, 99.0] {
                let values = [peer, ours].map(|at| percentile(&at.latencies_ms, percent));
                let title = format!("at {:.0}/s: p{percent}, ms", peer.rate);
                row(f, &title, values, values[0] / values[1])?;
            }
        }
        write!(f, "Ratios above 1 speak for ours.")
    }
}

fn row(f: &mut fmt::Formatter<'_>, title: &str, values: [f64; 2], ratio: f64) -> fmt::Result {
    let [peer, ours] = values;
    writeln!(f, "{title:<36} {peer:>10.2} {ours:>10.2} {ratio:>8.2}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_above_one_speak_for_ours() {
        let side = |name: &str, cpu, rate, latency| Side {
            name: name.to_owned(),
            cpu_ms: vec![cpu],
            rates: vec![rate],
            at_rates: vec![AtRate {
                rate: 50.0,
                latencies_ms: vec![latency],
            }],
        };
        let sides = [side("peer", 4.0, 100.0, 9.0), side("ours", 1.0, 300.0, 3.0)];
        let text = Report { sides }.to_string();
        for row in [
            "4.00       1.00     4.00",
            "100.00     300.00     3.00",
            "at 50/s: p99, ms",
        ] {
            assert!(text.contains(row), "{text}");
        }
    }
}
