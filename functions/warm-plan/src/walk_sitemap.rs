//! A sitemap, or an index and the sitemaps in it, one after the other.

use std::collections::BTreeMap;

use lambda_kit::Deadline;
use sitemap::{BadReason, Cursor, Entry, Hosts, ReadOptions};
use telemetry::Chain;
use tracing::warn;
use url::{Position, Url};
use warming::{Offer, PlanCursor, SkipReason};

use crate::PlanError;
use crate::plan_run::Plan;
use crate::site_client::SiteClient;
use crate::sitemap_stream::{OutOfTime, SitemapStream};

/// Sitemaps of an index that are read, each of up to 50,000 pages: far more than a budget holds.
const MAX_CHILDREN: usize = 1_000;

/// How far a walk came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Walked {
    /// To the end.
    Whole,
    /// To the deadline.
    Cut,
}

/// Offers the pages of a sitemap from the plan's cursor on. Document 0 is the sitemap itself;
/// where it is an index, those after it are the sitemaps in it, in its order. An index within an
/// index, which the protocol does not allow, is passed over.
pub(crate) async fn walk_sitemap(
    plan: &mut Plan<'_>,
    client: &SiteClient,
    path: &str,
    deadline: Deadline,
) -> Result<Walked, PlanError> {
    let begin = plan.begin;
    let mut walk = Walk {
        plan,
        client,
        hosts: Hosts::new([client.host().as_str()])?,
        deadline,
        begin,
        children: Vec::new(),
    };
    // Whatever the cursor: the index says what comes after it.
    if walk.read(path, 0).await? == Walked::Cut {
        return Ok(Walked::Cut);
    }
    let children = std::mem::take(&mut walk.children);
    for (document, child) in (1..).zip(children) {
        if document >= begin.document && walk.read(&child, document).await? == Walked::Cut {
            return Ok(Walked::Cut);
        }
    }
    Ok(Walked::Whole)
}

struct Walk<'w, 'a> {
    plan: &'w mut Plan<'a>,
    client: &'w SiteClient,
    hosts: Hosts,
    deadline: Deadline,
    begin: PlanCursor,
    children: Vec<String>,
}

impl Walk<'_, '_> {
    async fn read(&mut self, path: &str, document: u32) -> Result<Walked, PlanError> {
        // An index before the cursor is read again for its sitemaps only.
        let is_planned = document < self.begin.document;
        let is_begun = document == self.begin.document;
        let from = if is_begun { self.begin.entry } else { 0 };
        if !is_planned {
            self.plan.planner.begin_document(document, from);
        }
        let response = self.client.open(path).await?;
        if !response.status().is_success() {
            let status = response.status().as_u16();
            warn!(path, status, "Left a sitemap out that is not there");
            self.plan.faults += 1;
            return Ok(Walked::Whole);
        }
        let options = ReadOptions {
            hosts: self.hosts.clone(),
            from: Cursor(from),
            ..ReadOptions::default()
        };
        let mut stream = SitemapStream::open(response, options);
        loop {
            let entry = match stream.next(self.deadline).await {
                Ok(Some(entry)) => entry,
                Ok(None) => break,
                Err(OutOfTime) => return Ok(Walked::Cut),
            };
            if document == 0
                && let Entry::Sitemap(child) = &entry
            {
                self.note_child(&child.location);
            }
            if !is_planned {
                self.offer(&entry).await?;
            }
        }
        self.end(stream, path, is_planned).await
    }

    fn note_child(&mut self, location: &str) {
        if self.children.len() == MAX_CHILDREN {
            warn!(MAX_CHILDREN, "Left the last sitemaps of an index out");
        }
        let path = Url::parse(location);
        let path = path.map(|url| url[Position::BeforePath..Position::AfterQuery].to_owned());
        if self.children.len() <= MAX_CHILDREN
            && let Ok(path) = path
        {
            self.children.push(path);
        }
    }

    async fn offer(&mut self, entry: &Entry) -> Result<(), PlanError> {
        match entry {
            Entry::Sitemap(_) => self.plan.planner.pass(1),
            Entry::Page(page) => match Offer::of_page(page) {
                Some(offer) => self.plan.offer(&offer).await?,
                None => self.plan.planner.skip(SkipReason::Invalid, 1),
            },
        }
        Ok(())
    }

    async fn end(
        &mut self,
        stream: SitemapStream,
        path: &str,
        is_planned: bool,
    ) -> Result<Walked, PlanError> {
        let end = stream.end().await?;
        if let Some(broken) = end.broken {
            return Err(PlanError::Site {
                path: path.to_owned(),
                source: broken.into(),
            });
        }
        if let Some(fault) = &end.fault {
            // What stands before the fault is as good as in any other sitemap.
            let code = fault.code();
            warn!(path, error.code = code, error = %Chain(fault), "A sitemap has a fault");
            self.plan.faults += 1;
        }
        if !is_planned {
            for (reason, entries) in skipped(&end.totals.bad) {
                self.plan.planner.skip(reason, entries);
            }
        }
        Ok(Walked::Whole)
    }
}

fn skipped(bad: &BTreeMap<BadReason, u64>) -> impl Iterator<Item = (SkipReason, u64)> + '_ {
    bad.iter().map(|(reason, entries)| match reason {
        BadReason::OtherHost => (SkipReason::ForeignHost, *entries),
        _ => (SkipReason::Invalid, *entries),
    })
}
