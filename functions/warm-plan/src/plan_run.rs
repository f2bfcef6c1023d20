//! The use case: a run's pages become chunks in the queue of its lane.

use std::time::Duration;

use hot_list::HotList;
use lambda_kit::{Deadline, now_ms};
use telemetry::{Chain, Unit};
use tracing::{info, warn};
use warm_store::{RunPages, Versioned};
use warming::{
    Offer, PlanCursor, PlanScope, Planned, Planner, Reason, Run, Target, hot_offers, list_offers,
};

use crate::site_client::SiteClient;
use crate::walk_sitemap::{Walked, walk_sitemap};
use crate::{Deps, PlanError};

/// The run is written after so many chunks: so many are sent again by whoever goes on after a
/// plan that died.
const UNSAVED: u32 = 10;
/// Longest hot list that is read, in bytes: a thousand pages with the longest paths.
const MAX_HOT_LIST: u64 = 4 << 20;

/// A plan at work.
pub(crate) struct Plan<'a> {
    pub(crate) planner: Planner<'a>,
    /// Where it began this time.
    pub(crate) begin: PlanCursor,
    /// Sitemaps that could not be read to their end.
    pub(crate) faults: u32,
    sender: Sender<'a>,
}

/// Sends chunks, and writes how far the plan is with them.
struct Sender<'a> {
    deps: &'a Deps,
    run: Versioned<Run>,
    sent: u32,
    unsaved: u32,
}

/// Goes on with the plan of a run, and tells whether that finished it.
pub(crate) async fn plan_run(id: &str, deps: &Deps, deadline: Deadline) -> Result<bool, PlanError> {
    let now_ms = now_ms();
    let Some(stored) = deps.store.run(id).await? else {
        return Ok(false);
    };
    let run = stored.value.clone();
    let budget = &deps.site.budget.run;
    if run.is_planned || run.closed_ms.is_some() || run.is_over(budget, now_ms) {
        return Ok(false);
    }
    let target = deps.site.target(&run.target);
    let (Some(target), Some(pages), Some(client)) = (
        target,
        deps.store.run_pages(id).await?,
        deps.sites.get(&run.target),
    ) else {
        warn!(
            run = id,
            target = run.target,
            "Left a run of an unknown target alone"
        );
        return Ok(false);
    };
    let target = with_caches(target, deps).await?;
    let robots = client.robots().await?;
    let mut plan = Plan {
        planner: Planner::new(PlanScope {
            site: &deps.site,
            target: &target,
            run: &run,
            robots: &robots,
            shares: None,
            now_ms,
        }),
        begin: run.plan.cursor,
        faults: 0,
        sender: Sender {
            deps,
            run: stored,
            sent: 0,
            unsaved: 0,
        },
    };
    let walked = plan.offer_pages(&pages, &target, client, deadline).await;
    match walked {
        Ok(Walked::Whole) => plan.finish().await.map(|()| true),
        Ok(Walked::Cut) => plan.cut().await.map(|()| false),
        Err(failure) => {
            // What was sent before stands.
            plan.cut().await?;
            Err(failure)
        }
    }
}

impl Plan<'_> {
    async fn offer_pages(
        &mut self,
        pages: &RunPages,
        target: &Target,
        client: &SiteClient,
        deadline: Deadline,
    ) -> Result<Walked, PlanError> {
        let deps = self.sender.deps;
        let freshness = &deps.site.freshness;
        let offers = match pages {
            RunPages::Sitemap { path } => {
                return walk_sitemap(self, client, path, deadline).await;
            }
            RunPages::Hot { top } => {
                let list = hot_list(target, deps).await?;
                list.map(|list| hot_offers(&list, *top, freshness))
                    .unwrap_or_default()
            }
            RunPages::List { paths } => {
                let is_invalidated = self.sender.run.value.reason == Reason::Invalidation;
                let list = hot_list(target, deps).await?;
                list_offers(paths, list.as_ref(), is_invalidated, freshness)
            }
        };
        self.offer_all(&offers, deadline).await
    }

    /// Offers a list from the plan's cursor on.
    async fn offer_all(
        &mut self,
        offers: &[Offer],
        deadline: Deadline,
    ) -> Result<Walked, PlanError> {
        self.planner.begin_document(0, self.begin.entry);
        let entry = usize::try_from(self.begin.entry).unwrap_or(usize::MAX);
        for offer in offers.get(entry..).unwrap_or_default() {
            if deadline.has_passed() {
                return Ok(Walked::Cut);
            }
            self.offer(offer).await?;
        }
        Ok(Walked::Whole)
    }

    /// Offers a page, and sends the chunk that this fills.
    pub(crate) async fn offer(&mut self, offer: &Offer) -> Result<(), PlanError> {
        if let Some(planned) = self.planner.offer(offer) {
            self.sender.send(planned).await?;
        }
        Ok(())
    }

    /// Leaves the rest to the next minute. Pages that do not fill a chunk are offered again
    /// then: chunks are the same wherever a plan is cut.
    async fn cut(mut self) -> Result<(), PlanError> {
        if self.sender.unsaved > 0 {
            self.sender.save().await?;
        }
        self.sender.tell(self.faults);
        Ok(())
    }

    async fn finish(self) -> Result<(), PlanError> {
        let Self {
            planner,
            faults,
            mut sender,
            ..
        } = self;
        sender.run.value.out_of_reach = planner.out_of_reach().to_vec();
        let (planned, state) = planner.finish();
        if let Some(planned) = planned {
            sender.send(planned).await?;
        }
        sender.run.value.plan = state;
        sender.run.value.is_planned = true;
        sender.save().await?;
        sender.tell(faults);
        Ok(())
    }
}

impl Sender<'_> {
    async fn send(&mut self, planned: Planned) -> Result<(), PlanError> {
        let lanes = &self.deps.lanes;
        lanes.send(&planned.chunk, Duration::ZERO).await?;
        self.run.value.plan = planned.after;
        self.sent += 1;
        self.unsaved += 1;
        if self.unsaved == UNSAVED {
            self.save().await?;
        }
        Ok(())
    }

    async fn save(&mut self) -> Result<(), PlanError> {
        let store = &self.deps.store;
        if !store.put_run(&self.run, now_ms()).await? {
            // A call that was repeated after its answer got lost finds what it wrote itself.
            let stored = store.run(&self.run.value.id).await?;
            if stored.is_none_or(|stored| stored.value != self.run.value) {
                return Err(PlanError::Contended {
                    run: self.run.value.id.clone(),
                });
            }
        }
        self.run.version += 1;
        self.unsaved = 0;
        Ok(())
    }

    fn tell(&self, faults: u32) {
        let Run { id, lane, plan, .. } = &self.run.value;
        let mut metrics = self.deps.config.telemetry.metrics();
        metrics.dimension("lane", lane.as_str());
        metrics.add("WarmChunksSent", Unit::Count, f64::from(self.sent));
        metrics.add("SitemapFaults", Unit::Count, f64::from(faults));
        metrics.flush();
        let (items, chunks) = (plan.items, plan.chunks);
        info!(run = id, items, chunks, "Sent chunks of a run");
    }
}

/// The target, with the cache policies that CloudFront has.
async fn with_caches(target: &Target, deps: &Deps) -> Result<Target, PlanError> {
    let mut target = target.clone();
    if deps.config.distribution_id.is_some()
        && let Some(caches) = deps.store.caches(&target.id).await?
    {
        target.caches = caches;
    }
    Ok(target)
}

/// Which pages a warm cache spares the origin most; `None` where no log says so, or the list
/// cannot be read.
async fn hot_list(target: &Target, deps: &Deps) -> Result<Option<HotList>, PlanError> {
    let key = format!("hot-lists/{}.json", target.site);
    let Some(object) = deps.results.get(&key, MAX_HOT_LIST).await? else {
        return Ok(None);
    };
    let list = serde_json::from_slice(&object.bytes);
    let list = list.inspect_err(|error| warn!(key, error = %Chain(error), "Left a hot list out"));
    Ok(list.ok())
}
