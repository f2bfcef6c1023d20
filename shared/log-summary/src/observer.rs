use std::collections::BTreeMap;

use log_formats::{Request, Source};

use crate::groups::Groups;
use crate::hour::HOUR_MS;
use crate::live::Live;
use crate::page_name::{MAX_PAGE_BYTES, page_name};
use crate::path::is_query_traversal;
use crate::{AgentClass, HourKey, PathTraits, Summary, SummaryRules};

/// The most hours of one file: a file has the requests of minutes, or of a day when it comes
/// late. Requests of further hours are counted as skewed.
const MAX_HOURS: usize = 50;

/// Adds up the requests of one log file.
#[derive(Debug)]
pub struct Observer<'a> {
    rules: &'a SummaryRules,
    source: Source,
    hours: Vec<Live>,
    skewed: u64,
    groups: Groups,
    page: Vec<u8>,
    /// The host of the last request and its site: most are like the one before.
    host: (Vec<u8>, usize),
    /// The place of the last request's hour.
    place: usize,
}

impl<'a> Observer<'a> {
    /// Begins a file of a tier.
    #[must_use]
    pub fn new(rules: &'a SummaryRules, source: Source) -> Self {
        Self {
            rules,
            source,
            hours: Vec::new(),
            skewed: 0,
            groups: Groups::of(rules),
            page: Vec::new(),
            host: (Vec::new(), rules.site_of(&[])),
            place: 0,
        }
    }

    /// Counts one request.
    pub fn observe(&mut self, request: &Request<'_>) {
        if request.host != self.host.0 {
            self.host = (request.host.to_vec(), self.rules.site_of(request.host));
        }
        let (site, index) = (self.host.1, request.time_ms.div_euclid(HOUR_MS));
        let Some(place) = self.place_of(site, index) else {
            self.skewed += 1;
            return;
        };
        let live = &mut self.hours[place];
        let (class, browser) = live.count_agent(request, &self.rules.warmer);
        // Anybody can call themselves our warmer: what it never does counts all the same.
        let reads = matches!(request.method, b"GET" | b"HEAD") && request.status < 400;
        if class == AgentClass::Warmer && reads {
            live.hour.warmer_requests += 1;
            return;
        }
        if reads {
            live.hour.negotiation.count(request, class, browser);
        }
        page_name(request, self.rules, &mut self.page);
        live.count_totals(request);
        let (route, mut traits) =
            live.count_page(request, &self.page, self.rules, &mut self.groups);
        live.count_route(request, route);
        live.count_referrer(request);
        if request.path.len() > MAX_PAGE_BYTES {
            // Its page may be another path's, too: they are the same as far as they are kept.
            traits = PathTraits::of(request.path, &self.rules.logins, &self.rules.scans);
        }
        if !request.query.is_empty() {
            traits.is_traversal |= is_query_traversal(request.query);
        }
        live.count_client(request, traits);
    }

    #[inline]
    fn place_of(&mut self, site: usize, index: i64) -> Option<usize> {
        let is_it = |live: &Live| live.index == index && live.site == site;
        if self.hours.get(self.place).is_some_and(is_it) {
            return Some(self.place);
        }
        let place = self.hours.iter().position(is_it);
        let place = match place {
            Some(place) => place,
            None if self.hours.len() >= MAX_HOURS => return None,
            None => {
                self.hours.push(Live::new(site, index));
                self.hours.len() - 1
            }
        };
        self.place = place;
        Some(place)
    }

    /// What the requests add up to.
    #[must_use]
    pub fn finish(self) -> Summary {
        let mut hours = BTreeMap::new();
        for live in self.hours {
            let key = HourKey {
                site: self
                    .rules
                    .sites
                    .get(live.site)
                    .map_or_else(String::new, |site| site.name.clone()),
                source: self.source,
                hour: live.index,
            };
            hours.insert(key, live.finish(&self.groups));
        }
        Summary {
            hours,
            skewed: self.skewed,
        }
    }
}

#[cfg(test)]
#[path = "observer_tests.rs"]
mod tests;
