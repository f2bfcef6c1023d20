//! A worker at a chunk: starts requests as it may, takes in their answers, and writes down what
//! they were.

use std::sync::Arc;
use std::time::Duration;

use lambda_kit::{Deadline, now_ms};
use origin_limit::{Cost, Limiter, Sample};
use tokio::task::JoinSet;
use tokio::time::sleep;
use warm_store::Versioned;
use warming::{Chunk, ChunkProgress, Completions, ItemResult, Run, SkipReason, Stop};

use crate::allowance::{Allowance, Denied, Purse};
use crate::brake::Heard;
use crate::pace::{Leave, Place, SHORTEST, leave, wait_after};
use crate::site_target::SiteTarget;
use crate::tell::{self, Told};
use crate::time::duration;
use crate::warm_chunk::Ended;
use crate::warm_item::{Ask, Warmed, warm_item};
use crate::{Deps, PagesError};

/// Longest wait before rows are looked after.
const TICK_MS: i64 = 250;

/// Where a worker works, and on what.
pub(crate) struct Workplace<'a> {
    pub(crate) deps: &'a Deps,
    pub(crate) chunk: &'a Chunk,
    pub(crate) run: &'a Run,
    pub(crate) target: Arc<SiteTarget>,
    /// The worker's name.
    pub(crate) name: String,
    pub(crate) deadline: Deadline,
}

/// A worker at a chunk of its own.
pub(crate) struct Worker<'a> {
    pub(crate) at: Workplace<'a>,
    pub(crate) progress: Versioned<ChunkProgress>,
    pub(crate) limiter: Versioned<Limiter>,
    pub(crate) heard: Heard,
    /// Results that are not written yet.
    pub(crate) completions: Completions,
    /// Samples that are not folded yet, and how many are.
    pub(crate) samples: Vec<Sample>,
    pub(crate) folded: u64,
    /// Whether others must hear of a sample at once.
    pub(crate) is_urgent: bool,
    pub(crate) folded_ms: i64,
    pub(crate) saved_ms: i64,
    /// Whether the end of the chunk is written.
    pub(crate) is_finished: bool,
    pub(crate) told: Told,
    /// The next item to start.
    next: u32,
    flights: JoinSet<(u32, Warmed)>,
    ended_ms: i64,
    idle_since_ms: i64,
    allowance: Option<Allowance>,
    stop: Option<Stop>,
    /// How long the chunk waits then, where that is not for the limiter to say.
    wait: Option<Duration>,
}

impl<'a> Worker<'a> {
    pub(crate) fn new(
        at: Workplace<'a>,
        progress: Versioned<ChunkProgress>,
        limiter: Versioned<Limiter>,
        heard: Heard,
    ) -> Self {
        let next = progress.value.next;
        let now_ms = now_ms();
        Self {
            at,
            progress,
            limiter,
            heard,
            completions: Completions::new(next),
            samples: Vec::new(),
            folded: 0,
            is_urgent: false,
            folded_ms: now_ms,
            saved_ms: now_ms,
            is_finished: false,
            told: Told::default(),
            next,
            flights: JoinSet::new(),
            ended_ms: 0,
            idle_since_ms: now_ms,
            allowance: None,
            stop: None,
            wait: None,
        }
    }

    /// Works until the chunk is done or something stops it.
    pub(crate) async fn work(mut self) -> Result<Ended, PagesError> {
        let worked = self.work_on().await;
        // Whatever failed: answers that were asked for are read to their end.
        while self.flights.join_next().await.is_some() {}
        worked?;
        self.save(true).await?;
        self.leave_origin().await?;
        let now_ms = now_ms();
        self.settle(now_ms).await?;
        if self.progress.value.is_done {
            tell::done(&self.at, &self.told);
            return Ok(Ended::Over);
        }
        let stop = self.stop.unwrap_or(Stop::TimeUp);
        let after = wait_after(
            stop,
            self.at.chunk.lane,
            &self.limiter.value,
            self.heard.ill_ms,
            now_ms,
        );
        let after = self.wait.unwrap_or(after);
        tell::stopped(&self.at, &self.told, stop, after);
        Ok(Ended::HandBack { after })
    }

    async fn work_on(&mut self) -> Result<(), PagesError> {
        self.fold().await?;
        loop {
            let wait_ms = self.start().await?;
            if self.flights.is_empty() && (self.stop.is_some() || self.next >= self.items()) {
                return Ok(());
            }
            tokio::select! {
                Some(joined) = self.flights.join_next(), if !self.flights.is_empty() => {
                    let (index, warmed) = joined?;
                    self.take(index, warmed);
                }
                () = sleep(duration(wait_ms)) => {}
            }
            self.look_after_rows().await?;
        }
    }

    /// Starts what may start, and tells how long to wait for leave to start more.
    async fn start(&mut self) -> Result<i64, PagesError> {
        while self.stop.is_none() && self.next < self.items() {
            if self.at.deadline.has_passed() {
                self.stop(Stop::TimeUp);
                break;
            }
            let now_ms = now_ms();
            match leave(&self.limiter.value, &self.place(), now_ms) {
                Leave::Start => {}
                Leave::Wait { until_ms } => return Ok((until_ms - now_ms).min(TICK_MS)),
                Leave::Stop(stop) => {
                    self.stop(stop);
                    break;
                }
            }
            if self.is_allowed(now_ms).await? {
                self.start_one();
            }
        }
        Ok(TICK_MS)
    }

    fn start_one(&mut self) {
        let index = self.next;
        self.next += 1;
        let Some(item) = self.at.chunk.items.get(index as usize) else {
            return;
        };
        let Some(page) = self.at.target.getter.page(&item.path) else {
            let skipped = ItemResult::Skipped(SkipReason::Invalid);
            self.completions.put(index, skipped);
            return;
        };
        let verify = &self.at.deps.site.verify;
        let checks = verify.is_sampled(&self.at.chunk.run, item);
        if let Some(allowance) = &mut self.allowance {
            allowance.start(1 + u64::from(checks));
        }
        let ask = Ask {
            variant: item.variant.clone(),
            checks,
            in_flight: self.in_flight() + 1,
        };
        let (target, path) = (Arc::clone(&self.at.target), item.path.clone());
        // A task of its own: how long an answer takes must not depend on what else is done
        // meanwhile.
        self.flights.spawn(async move {
            let policy = target.target.cache_policy(&path);
            (index, warm_item(&target.getter, policy, &page, ask).await)
        });
    }

    fn take(&mut self, index: u32, warmed: Warmed) {
        let Warmed {
            visit,
            samples,
            ended_ms,
        } = warmed;
        self.ended_ms = self.ended_ms.max(ended_ms);
        self.idle_since_ms = ended_ms;
        if let Some(allowance) = &mut self.allowance {
            allowance.spend(Cost {
                requests: u64::from(visit.requests),
                bytes: visit.bytes,
                origin_ms: visit.origin_ms,
            });
        }
        self.is_urgent |= samples.iter().any(|sample| sample.outcome.is_error());
        self.samples.extend(samples);
        self.told.take(&visit);
        self.completions.put(index, ItemResult::Visited(visit));
    }

    /// Whether the budgets allow another request. Where the run's do not, what is left of the
    /// chunk is skipped: later there is not more of them.
    async fn is_allowed(&mut self, now_ms: i64) -> Result<bool, PagesError> {
        if self.allowance.as_ref().is_some_and(Allowance::is_left) {
            return Ok(true);
        }
        self.settle(now_ms).await?;
        // Each page twice: that is the most that can be asked.
        let requests = u64::from(self.items().saturating_sub(self.next)) * 2;
        match self.purse().open(requests, now_ms).await? {
            Ok(allowance) => {
                self.allowance = Some(allowance);
                return Ok(true);
            }
            Err(Denied::Run(refusal)) => {
                self.stop(refusal.into());
                self.skip_rest(refusal.into());
            }
            Err(Denied::Day(refusal)) => self.stop(refusal.into()),
            Err(Denied::Held(refusal)) => {
                self.wait = Some(SHORTEST);
                self.stop(refusal.into());
            }
        }
        Ok(false)
    }

    fn stop(&mut self, stop: Stop) {
        self.stop = Some(stop);
        self.progress.value.note_stop(stop);
    }

    fn skip_rest(&mut self, stop: Stop) {
        let reason = match stop {
            Stop::Deadline => SkipReason::Deadline,
            _ => SkipReason::Budget,
        };
        while self.next < self.items() {
            self.completions.put(self.next, ItemResult::Skipped(reason));
            self.next += 1;
        }
    }

    async fn settle(&mut self, now_ms: i64) -> Result<(), PagesError> {
        if let Some(allowance) = self.allowance.take() {
            self.purse().settle(&allowance, now_ms).await?;
        }
        Ok(())
    }

    fn purse(&self) -> Purse<'_> {
        let budget = &self.at.deps.site.budget;
        let of_run = budget.run.budget(self.at.run.started_ms);
        Purse {
            store: &self.at.deps.store,
            run: &self.at.chunk.run,
            target: &self.at.chunk.target,
            of_day: budget.day.budget(of_run.until_ms),
            of_run,
            settled_by_ms: now_ms() + crate::worker_rows::SETTLED_MS,
        }
    }

    fn place(&self) -> Place<'_> {
        Place {
            worker: &self.at.name,
            lane: self.at.chunk.lane,
            in_flight: self.in_flight(),
            ended_ms: self.ended_ms,
            idle_since_ms: self.idle_since_ms,
        }
    }

    fn in_flight(&self) -> u32 {
        u32::try_from(self.flights.len()).unwrap_or(u32::MAX)
    }

    fn items(&self) -> u32 {
        u32::try_from(self.at.chunk.items.len()).unwrap_or(u32::MAX)
    }
}
