use serde::{Deserialize, Serialize};

use crate::brake::{Brake, Demand};
use crate::latency::{Latency, Verdict};
use crate::share::Shares;
use crate::{Health, Outcome, Rules, Sample, Share};

/// How many requests may be in flight at one origin: the state that its workers share.
///
/// Store it on condition that the stored [`Limiter::version`] is the one that was read.
/// Otherwise read again, [`Limiter::lease`] and [`Limiter::fold`] once more, and store that.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Limiter {
    version: u64,
    limit: f64,
    /// When the limit last changed; answers to earlier requests say nothing about it.
    changed_ms: i64,
    latency: Latency,
    brake: Brake,
    health: Health,
    health_at_ms: i64,
    shares: Shares,
}

/// Samples of one worker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// Who took them.
    pub worker: String,
    /// How many it had taken before.
    pub first: u64,
    /// In the order in which the outcomes became known.
    pub samples: Vec<Sample>,
}

impl Limiter {
    /// For an origin that nothing is known about.
    #[must_use]
    pub fn new(rules: &Rules) -> Self {
        Self {
            version: 0,
            limit: rules.start,
            changed_ms: i64::MIN,
            latency: Latency::default(),
            brake: Brake::default(),
            health: Health::Unknown,
            health_at_ms: i64::MIN,
            shares: Shares::default(),
        }
    }

    /// Rises with every change.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// How many requests all workers together may have in flight. Below 1, one request and a
    /// rest ([`Limiter::rest_ms`]); 1 at most from a refusal until a request has gone well; 0 while
    /// the site is down.
    #[must_use]
    pub fn limit(&self) -> f64 {
        self.limit.min(self.health.cap()).min(self.brake.cap())
    }

    /// Until when no request may start at all; a time in the past where none is paused.
    #[must_use]
    pub fn paused_until_ms(&self) -> i64 {
        self.brake.paused_until_ms
    }

    /// What the health checks said last.
    #[must_use]
    pub const fn health(&self) -> Health {
        self.health
    }

    /// How fast the origin answers without us, as far as is known.
    #[must_use]
    pub fn baseline_ms(&self) -> Option<f64> {
        self.latency.baseline_ms()
    }

    /// How many requests this worker may have in flight now: its part of the limit, and 0 in
    /// a pause, while the site is down, without a lease, and where others have all there is.
    /// Some live worker has at least one, unless nobody may have any.
    #[must_use]
    pub fn slots(&self, worker: &str, now_ms: i64) -> u32 {
        let limit = self.limit();
        if now_ms < self.brake.paused_until_ms || limit <= 0.0 {
            return 0;
        }
        // At most `Rules::max`, which fits.
        let total = limit.max(1.0) as u32;
        self.shares.part(worker, total, now_ms)
    }

    /// How long the one request that a limit below 1 allows is rested from before the next.
    #[must_use]
    pub fn rest_ms(&self) -> i64 {
        let limit = self.limit();
        if limit <= 0.0 || limit >= 1.0 {
            return 0;
        }
        let answer_ms = self.latency.last_ms().unwrap_or(0.0);
        (answer_ms * (1.0 / limit - 1.0)).ceil() as i64
    }

    /// Workers whose leases have not ended, in the order of their names.
    pub fn live(&self, now_ms: i64) -> impl Iterator<Item = &Share> {
        self.shares.live(now_ms)
    }

    /// Makes a worker count, or go on counting. The first one after all were gone resumes at
    /// half of the limit; long after, from the start.
    pub fn lease(&mut self, rules: &Rules, worker: &str, now_ms: i64) {
        if self.live(now_ms).next().is_none() {
            self.resume(rules, now_ms);
        }
        let until_ms = now_ms.saturating_add(rules.lease_ms);
        let share = self.shares.of(worker, now_ms);
        share.lease_until_ms = share.lease_until_ms.max(until_ms);
        self.version += 1;
    }

    /// Makes a worker that has ended not count.
    pub fn release(&mut self, worker: &str, now_ms: i64) {
        let share = self.shares.of(worker, now_ms);
        share.lease_until_ms = share.lease_until_ms.min(now_ms);
        self.version += 1;
    }

    fn resume(&mut self, rules: &Rules, now_ms: i64) {
        self.latency.drop_window();
        self.latency.forget(rules, now_ms);
        let half = match self.latency.baseline_ms() {
            Some(_) => (self.limit / 2.0).max(rules.start),
            None => rules.start,
        };
        self.limit = self.limit.min(half);
        self.changed_ms = self.changed_ms.max(now_ms);
    }

    /// Takes in what the health checks said at a time, unless something later is known.
    /// Whatever was allowed before, after trouble the limit rises from the start again.
    pub fn hear(&mut self, rules: &Rules, health: Health, at_ms: i64) {
        if at_ms < self.health_at_ms {
            return;
        }
        if health != Health::Good && self.health == Health::Good {
            self.set_limit(self.limit.min(rules.start), at_ms);
        }
        self.health = health;
        self.health_at_ms = at_ms;
        self.version += 1;
    }

    /// Takes in what a worker saw; what it sends again is not counted again. Whether anything
    /// was new.
    pub fn fold(&mut self, rules: &Rules, batch: &Batch, now_ms: i64) -> bool {
        let workers = self.live(now_ms).count().max(1);
        let share = self.shares.of(&batch.worker, now_ms);
        let known = share.folded.saturating_sub(batch.first);
        let known = usize::try_from(known).unwrap_or(usize::MAX);
        let new = batch.samples.get(known..).unwrap_or_default();
        if new.is_empty() {
            return false;
        }
        let end = batch.first.saturating_add(batch.samples.len() as u64);
        share.folded = share.folded.max(end);
        for sample in new {
            self.take(rules, &sample.known_by(now_ms), workers);
        }
        self.version += 1;
        true
    }

    fn take(&mut self, rules: &Rules, sample: &Sample, workers: usize) {
        let ended_ms = sample.ended_ms();
        let is_new = sample.started_ms >= self.changed_ms;
        match self.brake.judge(rules, sample) {
            Demand::Stop => self.set_limit(self.limit.min(1.0), ended_ms),
            Demand::Halve if is_new => {
                self.set_limit((self.limit / 2.0).max(self.limit.min(1.0)), ended_ms);
            }
            Demand::Halve | Demand::Nothing => {}
        }
        if sample.outcome != Outcome::Ok || !is_new {
            return;
        }
        let window = self.latency.add(rules, self.limit, sample);
        let Some((verdict, in_flight)) = window else {
            return;
        };
        let is_used = f64::from(in_flight) * workers as f64 * 2.0 >= self.limit;
        match verdict {
            Verdict::Bad => {
                let lower = (self.limit * rules.factor).max(rules.min);
                self.set_limit(lower, ended_ms);
            }
            Verdict::Good if is_used => self.rise(rules, ended_ms),
            Verdict::Good | Verdict::Fair => {}
        }
    }

    fn rise(&mut self, rules: &Rules, at_ms: i64) {
        let higher = if self.limit < 1.0 {
            (self.limit * rules.regain).min(1.0)
        } else {
            (self.limit + rules.step).min(rules.max)
        };
        self.set_limit(higher, at_ms);
    }

    fn set_limit(&mut self, limit: f64, at_ms: i64) {
        if limit.total_cmp(&self.limit).is_ne() {
            self.limit = limit;
            self.changed_ms = self.changed_ms.max(at_ms);
            self.latency.drop_window();
        }
    }
}
