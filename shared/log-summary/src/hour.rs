use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::sketch::LatencySketch;
use crate::{AgentClass, Counters, Frequent, Merge, Negotiation, Network, OperatorSums, PageStats};

/// Milliseconds of an hour.
pub const HOUR_MS: i64 = 3_600_000;
/// Minutes of an hour.
pub const MINUTES: usize = 60;
/// Windows of an hour, in which what detections look at is counted.
pub const WINDOWS: usize = 12;
/// Milliseconds of a window: five minutes.
pub const WINDOW_MS: i64 = HOUR_MS / WINDOWS as i64;

/// How many pages an hour ranks exactly.
pub(crate) const PAGES: usize = 16_384;
const REFERRERS: usize = 1024;
pub(crate) const AGENTS: usize = 2048;
/// Networks of one window.
const CLIENTS: usize = 2048;

/// How many pages, by each measure, a report or a hot list has use for.
const REPORTED: usize = 1000;
/// How many networks of a window, by each measure, detections have use for.
const JUDGED: usize = 50;

/// One minute, for charts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Minute {
    /// Requests.
    pub requests: u64,
    /// Answers of 5xx.
    pub errors: u64,
    /// Bytes sent.
    pub bytes_sent: u64,
}

/// A group of paths.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RouteStats {
    /// What is counted.
    pub counters: Counters,
    /// How long requests took.
    pub latency: LatencySketch,
}

/// A user agent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentStats {
    /// What it is.
    pub class: AgentClass,
    /// Bytes sent to it.
    pub bytes_sent: u64,
}

/// What a network did in a window.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientStats {
    /// Requests.
    pub requests: u64,
    /// Bytes sent to it.
    pub bytes_sent: u64,
    /// Answers of 404.
    pub not_found: u64,
    /// Posts to a login form.
    pub logins: u64,
    /// Of these, refused ones.
    pub failed_logins: u64,
    /// Requests that climb out of a folder.
    pub traversals: u64,
    /// Requests that only scanners make.
    pub scans: u64,
    /// Answers of 403 and 429: refused by the firewall or a limit.
    pub refused: u64,
    /// The network's operator, where a log says so.
    pub asn: Option<u32>,
    /// The first and the last request, in milliseconds since 1970.
    pub first_ms: i64,
    /// See `first_ms`.
    pub last_ms: i64,
    /// A path of an attack: the first in the order of the alphabet, which does not depend on
    /// the order of files.
    pub evidence: Option<String>,
}

/// Five minutes, for detections.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Window {
    /// What is counted.
    pub counters: Counters,
    /// How long requests took.
    pub latency: LatencySketch,
    /// Who asked for much, by requests and bytes.
    pub clients: Frequent<Network, ClientStats>,
    /// Who was refused, or did what only attackers do. Apart from `clients`, so that ten
    /// attacks are not lost among a hundred thousand visits.
    pub suspects: Frequent<Network, ClientStats>,
    /// What the networks of each operator added up to before [`Hour::trim`] forgot most.
    #[serde(skip)]
    pub operators: Option<OperatorSums>,
}

/// One hour of one site, as one tier saw it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Hour {
    /// What is counted.
    pub counters: Counters,
    /// Requests of our own cache warmer, which are in nothing else here.
    pub warmer_requests: u64,
    /// Answers by status.
    pub statuses: BTreeMap<u16, u64>,
    /// How long requests took.
    pub latency: LatencySketch,
    /// How long the tiers behind took.
    pub origin_latency: LatencySketch,
    /// Sixty minutes.
    pub minutes: Vec<Minute>,
    /// Twelve windows.
    pub windows: Vec<Window>,
    /// Groups of paths.
    pub routes: BTreeMap<String, RouteStats>,
    /// Paths, with the parameters that make another page.
    pub pages: Frequent<String, PageStats>,
    /// Hosts that visitors came from.
    pub referrers: Frequent<String, ()>,
    /// User agents.
    pub agents: Frequent<String, AgentStats>,
    /// Requests by class of user agent.
    pub agent_classes: BTreeMap<AgentClass, u64>,
    /// In which forms visitors asked. Sums that were stored before it was counted have none.
    #[serde(default)]
    pub negotiation: Negotiation,
}

impl Default for Window {
    fn default() -> Self {
        Self {
            counters: Counters::default(),
            latency: LatencySketch::default(),
            clients: Frequent::new(CLIENTS),
            suspects: Frequent::new(CLIENTS),
            operators: None,
        }
    }
}

impl Default for Hour {
    fn default() -> Self {
        Self {
            counters: Counters::default(),
            warmer_requests: 0,
            statuses: BTreeMap::new(),
            latency: LatencySketch::default(),
            origin_latency: LatencySketch::default(),
            minutes: vec![Minute::default(); MINUTES],
            windows: vec![Window::default(); WINDOWS],
            routes: BTreeMap::new(),
            pages: Frequent::new(PAGES),
            referrers: Frequent::new(REFERRERS),
            agents: Frequent::new(AGENTS),
            agent_classes: BTreeMap::new(),
            negotiation: Negotiation::default(),
        }
    }
}

impl Hour {
    /// Adds another part of the same hour.
    pub fn merge(&mut self, other: &Self) {
        self.counters.merge(&other.counters);
        self.warmer_requests += other.warmer_requests;
        merge_counts(&mut self.statuses, &other.statuses);
        self.latency.merge(&other.latency);
        self.origin_latency.merge(&other.origin_latency);
        for (mine, theirs) in self.minutes.iter_mut().zip(&other.minutes) {
            mine.requests += theirs.requests;
            mine.errors += theirs.errors;
            mine.bytes_sent = mine.bytes_sent.saturating_add(theirs.bytes_sent);
        }
        for (mine, theirs) in self.windows.iter_mut().zip(&other.windows) {
            mine.counters.merge(&theirs.counters);
            mine.latency.merge(&theirs.latency);
            mine.clients.merge(&theirs.clients);
            mine.suspects.merge(&theirs.suspects);
            mine.operators = None;
        }
        for (route, theirs) in &other.routes {
            let mine = self.routes.entry(route.clone()).or_default();
            mine.counters.merge(&theirs.counters);
            mine.latency.merge(&theirs.latency);
        }
        self.pages.merge(&other.pages);
        self.referrers.merge(&other.referrers);
        self.agents.merge(&other.agents);
        merge_counts(&mut self.agent_classes, &other.agent_classes);
        self.negotiation.merge(&other.negotiation);
    }
}

impl Hour {
    /// Leaves the rankings' heads: what stands high by any of what reports and detections ask
    /// for. Days of hours fit into memory then.
    pub fn trim(&mut self) {
        self.pages.keep_highest(
            REPORTED,
            &[
                |count, _| count,
                |_, page| page.reads,
                |_, page| page.errors,
                |_, page| page.bytes_sent,
                |_, page| page.origin_us,
                |_, page| page.duration_us,
            ],
        );
        self.referrers.keep_highest(REPORTED, &[|count, _| count]);
        self.agents.keep_highest(REPORTED, &[|count, _| count]);
        for window in &mut self.windows {
            window.operators = Some(window.by_operator().into_owned());
            window.clients.keep_highest(
                JUDGED,
                &[|_, client| client.requests, |_, client| client.bytes_sent],
            );
            window.suspects.keep_highest(
                JUDGED,
                &[
                    |_, client| client.not_found,
                    |_, client| client.failed_logins,
                    |_, client| client.traversals,
                    |_, client| client.scans,
                    |_, client| client.refused,
                ],
            );
        }
    }
}

fn merge_counts<K: Ord + Copy>(mine: &mut BTreeMap<K, u64>, theirs: &BTreeMap<K, u64>) {
    for (key, count) in theirs {
        *mine.entry(*key).or_default() += count;
    }
}

/// Where the count itself is all that is kept.
impl Merge for () {
    fn merge(&mut self, (): &Self) {}
}

impl Merge for AgentStats {
    fn merge(&mut self, other: &Self) {
        self.bytes_sent = self.bytes_sent.saturating_add(other.bytes_sent);
    }
}

impl Merge for ClientStats {
    fn merge(&mut self, other: &Self) {
        self.requests += other.requests;
        self.bytes_sent = self.bytes_sent.saturating_add(other.bytes_sent);
        self.not_found += other.not_found;
        self.logins += other.logins;
        self.failed_logins += other.failed_logins;
        self.traversals += other.traversals;
        self.scans += other.scans;
        self.refused += other.refused;
        self.asn = self.asn.max(other.asn);
        self.first_ms = self.first_ms.min(other.first_ms);
        self.last_ms = self.last_ms.max(other.last_ms);
        self.evidence = match (self.evidence.take(), &other.evidence) {
            (Some(mine), Some(theirs)) => Some(mine.min(theirs.clone())),
            (mine, theirs) => mine.or_else(|| theirs.clone()),
        };
    }
}
