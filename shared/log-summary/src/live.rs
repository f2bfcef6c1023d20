use log_formats::{Request, Text};

use crate::browser::Browser;
use crate::groups::Groups;
use crate::hour::{AGENTS, ClientStats, HOUR_MS, Hour, PAGES, RouteStats, WINDOW_MS, Window};
use crate::page::LivePage;
use crate::page_name::MAX_PAGE_BYTES;
use crate::{AgentClass, AgentStats, Frequent, Merge, Network, PathTraits, SummaryRules};

/// Statuses have three digits.
const STATUSES: usize = 1000;

/// An hour while its requests come in: keyed by what stands in the log, so that nothing has
/// to be decoded for each line.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) site: usize,
    pub(crate) index: i64,
    pub(crate) hour: Hour,
    routes: Vec<RouteStats>,
    statuses: Vec<u64>,
    /// Requests by class, in the order of `AgentClass::ALL`.
    classes: [u64; AgentClass::ALL.len()],
    pages: Frequent<Box<[u8]>, LivePage>,
    agents: Frequent<Box<[u8]>, LiveAgent>,
}

#[derive(Debug, Clone, Default)]
struct LiveAgent {
    text: String,
    class: AgentClass,
    browser: Option<Browser>,
    bytes_sent: u64,
}

/// The host of a referer, without its port.
fn referer_host<'a>(referer: &Text<'a>) -> Option<&'a [u8]> {
    let at = memchr::memmem::find(referer.raw, b"://")?;
    let rest = &referer.raw[at + 3..];
    let end = rest
        .iter()
        .position(|byte| matches!(byte, b'/' | b':' | b'?' | b'#'));
    let host = &rest[..end.unwrap_or(rest.len()).min(MAX_PAGE_BYTES)];
    // A name and a password before the host are somebody's.
    let authority = rest.split(|byte| *byte == b'/').next().unwrap_or(rest);
    (memchr::memchr(b'@', authority).is_none() && host.iter().all(u8::is_ascii_graphic))
        .then_some(host)
}

fn owned(bytes: &[u8]) -> String {
    Text::plain(bytes).decode().into_owned()
}

impl Live {
    pub(crate) fn new(site: usize, index: i64) -> Self {
        Self {
            site,
            index,
            hour: Hour::default(),
            routes: Vec::new(),
            statuses: vec![0; STATUSES],
            classes: [0; AgentClass::ALL.len()],
            pages: Frequent::new(PAGES),
            agents: Frequent::new(AGENTS),
        }
    }

    /// Counts a user agent, and tells what it is.
    #[inline]
    pub(crate) fn count_agent(
        &mut self,
        request: &Request<'_>,
        warmer: &str,
    ) -> (AgentClass, Option<Browser>) {
        let raw = &request.user_agent.raw[..request.user_agent.raw.len().min(MAX_PAGE_BYTES)];
        let agent = self.agents.count(raw, |raw| {
            let text = Text {
                raw,
                ..request.user_agent
            };
            let text = text.decode().into_owned();
            let class = AgentClass::of(&text, warmer);
            let agent = LiveAgent {
                browser: (class == AgentClass::Browser).then(|| Browser::of(&text)),
                text,
                class,
                ..LiveAgent::default()
            };
            (raw.into(), agent)
        });
        agent.bytes_sent = agent.bytes_sent.saturating_add(request.bytes_sent);
        self.classes[agent.class as usize] += 1;
        (agent.class, agent.browser)
    }

    /// Counts what stands for the whole hour; its counters are the sums of its windows.
    #[inline]
    pub(crate) fn count_totals(&mut self, request: &Request<'_>) {
        if let Some(count) = self.statuses.get_mut(usize::from(request.status)) {
            *count += 1;
        }
        if let Some(origin_us) = request.origin_us {
            self.hour.origin_latency.add(origin_us);
        }
        let minute = request.time_ms.rem_euclid(HOUR_MS) / 60_000;
        if let Some(minute) = usize::try_from(minute)
            .ok()
            .and_then(|at| self.hour.minutes.get_mut(at))
        {
            minute.requests += 1;
            minute.errors += u64::from(request.status >= 500);
            minute.bytes_sent = minute.bytes_sent.saturating_add(request.bytes_sent);
        }
    }

    /// Counts a page; what its path says is found out once.
    #[inline]
    pub(crate) fn count_page(
        &mut self,
        request: &Request<'_>,
        name: &[u8],
        rules: &SummaryRules,
        groups: &mut Groups,
    ) -> (u8, PathTraits) {
        let page = self.pages.count(name, |name| {
            let route = groups.place(rules.route_of(request.path));
            let traits = PathTraits::of(request.path, &rules.logins, &rules.scans);
            let page = LivePage::new(route, traits);
            (name.into(), page)
        });
        page.add(request);
        (page.route, page.traits)
    }

    #[inline]
    pub(crate) fn count_route(&mut self, request: &Request<'_>, route: u8) {
        let route = usize::from(route);
        if route >= self.routes.len() {
            self.routes.resize_with(route + 1, RouteStats::default);
        }
        let route = &mut self.routes[route];
        route.counters.add(request);
        if let Some(duration_us) = request.duration_us {
            route.latency.add(duration_us);
        }
    }

    /// Counts where a visitor came from, unless that is the site itself.
    #[inline]
    pub(crate) fn count_referrer(&mut self, request: &Request<'_>) {
        let Some(host) = referer_host(&request.referer) else {
            return;
        };
        if host != request.host && !host.is_empty() {
            let host = std::str::from_utf8(host).unwrap_or("(not UTF-8)");
            self.hour
                .referrers
                .count(host, |host| (host.to_owned(), ()));
        }
    }

    #[inline]
    pub(crate) fn count_client(&mut self, request: &Request<'_>, traits: PathTraits) {
        let window = request.time_ms.rem_euclid(HOUR_MS) / WINDOW_MS;
        let window = usize::try_from(window)
            .ok()
            .and_then(|at| self.hour.windows.get_mut(at));
        let Some(Window {
            counters,
            latency,
            clients,
            suspects,
            operators: _,
        }) = window
        else {
            return;
        };
        counters.add(request);
        if let Some(duration_us) = request.duration_us {
            latency.add(duration_us);
        }
        let Some(network) = Network::of(request.client) else {
            return;
        };
        let new = |network: &Network| (*network, ClientStats::new(request.time_ms));
        // Who takes much in a few requests is as heavy as who asks often.
        let weight = 1 + (request.bytes_sent >> 16);
        clients.weigh(&network, weight, new).add_volume(request);
        if traits != PathTraits::default() || (400..500).contains(&request.status) {
            suspects.count(&network, new).add_suspicion(request, traits);
        }
    }

    pub(crate) fn finish(mut self, groups: &Groups) -> Hour {
        for window in &self.hour.windows {
            self.hour.counters.merge(&window.counters);
            self.hour.latency.merge(&window.latency);
        }
        for (name, route) in groups.names.iter().zip(self.routes) {
            if route.counters.requests > 0 {
                self.hour.routes.insert(name.clone(), route);
            }
        }
        for (status, count) in self
            .statuses
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 0)
        {
            if let Ok(status) = u16::try_from(status) {
                self.hour.statuses.insert(status, *count);
            }
        }
        self.hour.pages = self.pages.convert(|name, page| (owned(name), page.stats()));
        let classes = AgentClass::ALL.into_iter().zip(self.classes);
        self.hour.agent_classes = classes.filter(|(_, requests)| *requests > 0).collect();
        self.hour.agents = self.agents.convert(|_, agent| {
            let (class, bytes_sent) = (agent.class, agent.bytes_sent);
            (agent.text.clone(), AgentStats { class, bytes_sent })
        });
        self.hour
    }
}

impl ClientStats {
    fn new(time_ms: i64) -> Self {
        Self {
            first_ms: time_ms,
            last_ms: time_ms,
            ..Self::default()
        }
    }

    #[inline]
    fn add_volume(&mut self, request: &Request<'_>) {
        self.requests += 1;
        self.bytes_sent = self.bytes_sent.saturating_add(request.bytes_sent);
        self.see(request);
    }

    #[inline]
    fn see(&mut self, request: &Request<'_>) {
        self.first_ms = self.first_ms.min(request.time_ms);
        self.last_ms = self.last_ms.max(request.time_ms);
        if request.asn.is_some() {
            self.asn = self.asn.max(request.asn);
        }
    }

    fn add_suspicion(&mut self, request: &Request<'_>, traits: PathTraits) {
        self.see(request);
        self.not_found += u64::from(request.status == 404);
        self.refused += u64::from(matches!(request.status, 403 | 429));
        if traits == PathTraits::default() {
            return;
        }
        if traits.is_login && request.method == b"POST" {
            self.logins += 1;
            self.failed_logins += u64::from(matches!(request.status, 400..=499));
        }
        self.traversals += u64::from(traits.is_traversal);
        self.scans += u64::from(traits.is_scan);
        if traits.is_traversal || traits.is_scan {
            let path = owned(&request.path[..request.path.len().min(200)]);
            if self
                .evidence
                .as_ref()
                .is_none_or(|evidence| path < *evidence)
            {
                self.evidence = Some(path);
            }
        }
    }
}
