//! What is tried, and what came of it.

use std::ops::Range;

use origin_limit::{Outcome, Rules, Sample};

use crate::random::Random;

/// How long the origin works on a page, 50 ms in the mean.
#[derive(Clone, Copy)]
pub(crate) enum Service {
    Lognormal,
    Exponential,
}

pub(crate) const MEAN_MS: f64 = 50.0;

#[derive(Clone)]
pub(crate) struct Scenario {
    pub(crate) seed: u64,
    pub(crate) servers: usize,
    pub(crate) service: Service,
    /// Seconds, and the share of the capacity that users need in them.
    pub(crate) loads: Vec<(u32, f64)>,
    /// Milliseconds in which the origin answers 503, at once.
    pub(crate) storm: Range<i64>,
    /// Of the warmer; 0 is a site without one.
    pub(crate) workers: usize,
    pub(crate) rules: Rules,
}

impl Scenario {
    pub(crate) fn capacity_rps(&self) -> f64 {
        self.servers as f64 * 1000.0 / MEAN_MS
    }

    pub(crate) fn service_us(&self, random: &mut Random) -> i64 {
        let ms = match self.service {
            Service::Lognormal => random.lognormal(MEAN_MS, 0.6),
            Service::Exponential => random.exponential(MEAN_MS),
        };
        (ms * 1000.0) as i64
    }

    pub(crate) fn end_us(&self) -> i64 {
        self.loads
            .iter()
            .map(|(s, _)| i64::from(*s) * 1_000_000)
            .sum()
    }

    /// When users come and what their pages need: the same with and without a warmer.
    pub(crate) fn users(&self) -> Vec<(i64, i64)> {
        let mut random = Random(self.seed);
        let (mut users, mut at_us, mut end_us) = (Vec::new(), 0.0, 0.0);
        for (seconds, load) in &self.loads {
            end_us += f64::from(*seconds) * 1e6;
            let mean_us = 1e6 / (self.capacity_rps() * load);
            loop {
                at_us += random.exponential(mean_us);
                if at_us >= end_us {
                    at_us = end_us;
                    break;
                }
                users.push((at_us as i64, self.service_us(&mut random)));
            }
        }
        users
    }
}

/// What happened.
#[derive(Default)]
pub(crate) struct Run {
    /// When a user came, and how long the answer took, in microseconds.
    pub(crate) users: Vec<(i64, i64)>,
    /// The warmer's, in the order of their ends.
    pub(crate) samples: Vec<Sample>,
    /// When the limit became what, in milliseconds.
    pub(crate) limits: Vec<(i64, f64)>,
}

impl Run {
    /// A percentile of the users' waiting in milliseconds.
    pub(crate) fn user_ms(&self, percentile: f64, ms: Range<i64>) -> f64 {
        let within = |(at, _): &&(i64, i64)| ms.contains(&(at / 1000));
        let mut waits: Vec<i64> = self
            .users
            .iter()
            .filter(within)
            .map(|user| user.1)
            .collect();
        waits.sort_unstable();
        waits[(waits.len() as f64 * percentile / 100.0) as usize] as f64 / 1000.0
    }

    /// Pages that the warmer got a second.
    pub(crate) fn warmed_rps(&self, ms: Range<i64>) -> f64 {
        let seconds = (ms.end - ms.start) as f64 / 1000.0;
        let is_warmed = |s: &&Sample| s.outcome == Outcome::Ok && ms.contains(&s.ended_ms());
        self.samples.iter().filter(is_warmed).count() as f64 / seconds
    }

    /// The limit at a time.
    pub(crate) fn limit_at(&self, ms: i64) -> f64 {
        let before = self.limits.iter().rev().find(|(at, _)| *at <= ms);
        before.map_or(1.0, |(_, limit)| *limit)
    }
}
