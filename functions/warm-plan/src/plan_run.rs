//! The use case: a run's pages become chunks in the queue of its lane.
//!
//! In which forms visitors ask for pages is looked up once for a run and kept with it, before its
//! first chunk: whoever goes on with the plan sends the same chunks.

use std::time::Duration;

use hot_list::HotList;
use lambda_kit::{Deadline, now_ms};
use telemetry::Unit;
use tracing::{info, warn};
use warm_store::{RunPages, Versioned};
use warming::{
    Offer, PlanCursor, PlanScope, Planned, Planner, Reason, Run, Target, hot_offers, list_offers,
};

use crate::read_hot_list::read_hot_list;
use crate::site_client::SiteClient;
use crate::walk_sitemap::{Walked, walk_sitemap};
use crate::{Deps, PlanError};

/// The run is written after so many chunks: so many are sent again by whoever goes on after a
/// plan that died.
const UNSAVED: u32 = 10;

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
    let run = &stored.value;
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
    let hot = match (&pages, &run.shares) {
        // A sitemap that is gone on with needs nothing of the list any more.
        (RunPages::Sitemap { .. }, Some(_)) => None,
        _ => read_hot_list(&target.site, deps).await?,
    };
    let mut sender = Sender {
        deps,
        run: stored,
        sent: 0,
        unsaved: 0,
    };
    sender.keep_shares(hot.as_ref()).await?;
    let run = sender.run.value.clone();
    let mut plan = Plan {
        planner: Planner::new(PlanScope {
            site: &deps.site,
            target: &target,
            run: &run,
            robots: &robots,
            now_ms,
        }),
        begin: run.plan.cursor,
        faults: 0,
        sender,
    };
    let walked = plan.offer_pages(&pages, hot.as_ref(), client, deadline);
    match walked.await {
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
        hot: Option<&HotList>,
        client: &SiteClient,
        deadline: Deadline,
    ) -> Result<Walked, PlanError> {
        let freshness = &self.sender.deps.site.freshness;
        let offers = match pages {
            RunPages::Sitemap { path } => {
                return walk_sitemap(self, client, path, deadline).await;
            }
            RunPages::Hot { top } => hot
                .map(|list| hot_offers(list, *top, freshness))
                .unwrap_or_default(),
            RunPages::List { paths } => {
                let is_invalidated = self.sender.run.value.reason == Reason::Invalidation;
                list_offers(paths, hot, is_invalidated, freshness)
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
    /// Keeps with a run that is planned for the first time in which forms visitors ask for pages.
    async fn keep_shares(&mut self, hot: Option<&HotList>) -> Result<(), PlanError> {
        if self.run.value.shares.is_some() {
            return Ok(());
        }
        let shares = hot.map(|list| list.variants.clone());
        self.run.value.shares = Some(shares.unwrap_or_default());
        self.save().await
    }

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
