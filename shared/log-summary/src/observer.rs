use std::collections::BTreeMap;

use log_formats::{Request, Source};

use crate::groups::Groups;
use crate::hour::HOUR_MS;
use crate::live::Live;
use crate::path::is_query_traversal;
use crate::{AgentClass, HourKey, PathTraits, Summary, SummaryRules};

/// The most hours of one file: a file has the requests of minutes, or of a day when it comes
/// late. Requests of further hours are counted as skewed.
const MAX_HOURS: usize = 50;
/// The longest name of a page, in bytes; what is longer is cut.
pub(crate) const MAX_PAGE_BYTES: usize = 512;

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
        let class = live.count_agent(request, &self.rules.warmer);
        // Anybody can call themselves our warmer: what it never does counts all the same.
        let reads = matches!(request.method, b"GET" | b"HEAD") && request.status < 400;
        if class == AgentClass::Warmer && reads {
            live.hour.warmer_requests += 1;
            return;
        }
        page_name(request, &self.rules.page_parameters, &mut self.page);
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

/// The path, with the query's parameters that make another page, in the query's order.
fn page_name(request: &Request<'_>, parameters: &[String], name: &mut Vec<u8>) {
    name.clear();
    name.extend_from_slice(&request.path[..request.path.len().min(MAX_PAGE_BYTES)]);
    if request.query.is_empty() || parameters.is_empty() {
        return;
    }
    for pair in request.query.split(|byte| *byte == b'&').take(64) {
        let key = pair.split(|byte| *byte == b'=').next().unwrap_or(pair);
        let is_kept = parameters
            .iter()
            .any(|parameter| parameter.as_bytes() == key);
        if is_kept && name.len() + pair.len() < MAX_PAGE_BYTES {
            name.push(if name.contains(&b'?') { b'&' } else { b'?' });
            name.extend_from_slice(pair);
        }
    }
}

#[cfg(test)]
mod tests {
    use log_formats::{CacheResult, Text};
    use proptest::prelude::*;

    use super::*;
    use crate::Hour;
    use crate::rules::{MAX_ROUTES, Site};

    const NOW_MS: i64 = 1_795_774_830_000;

    fn rules() -> SummaryRules {
        SummaryRules {
            sites: vec![Site {
                name: "shop".to_owned(),
                hosts: Vec::new(),
            }],
            page_parameters: vec!["page".to_owned()],
            logins: vec!["/login".to_owned()],
            scans: vec!["/.env".to_owned()],
            warmer: "Sidetier-Warmer".to_owned(),
            ..SummaryRules::default()
        }
    }

    fn request<'a>(path: &'a str, agent: &'a str) -> Request<'a> {
        Request {
            time_ms: NOW_MS,
            client: b"203.0.113.9",
            method: b"GET",
            host: b"halden.example",
            path: path.as_bytes(),
            status: 200,
            bytes_sent: 100,
            duration_us: Some(20_000),
            origin_us: Some(10_000),
            cache: CacheResult::Miss,
            user_agent: Text::plain(agent.as_bytes()),
            ..Request::default()
        }
    }

    fn observed<'a>(requests: impl IntoIterator<Item = &'a Request<'a>>) -> Summary {
        let rules = rules();
        let mut observer = Observer::new(&rules, Source::Alb);
        requests
            .into_iter()
            .for_each(|request| observer.observe(request));
        observer.finish()
    }

    fn only_hour(summary: &Summary) -> &Hour {
        assert_eq!(summary.hours.len(), 1);
        summary.hours.values().next().unwrap()
    }

    #[test]
    fn the_warmers_requests_are_in_nothing_but_their_own_count() {
        let summary = observed(&[
            request("/a", "Sidetier-Warmer/1"),
            request("/a", "Mozilla/5.0"),
        ]);
        let hour = only_hour(&summary);
        assert_eq!((hour.counters.requests, hour.warmer_requests), (1, 1));
        assert_eq!(hour.pages.ranking()[0].1, 1);
    }

    #[test]
    fn parameters_that_make_no_other_page_are_left_out() {
        let mut one = request("/shop", "x");
        one.query = b"utm_source=mail&page=2&token=secret";
        let summary = observed(&[one]);
        assert_eq!(only_hour(&summary).pages.ranking()[0].0, "/shop?page=2");
    }

    #[test]
    fn attacks_are_counted_for_their_network() {
        let mut login = request("/login", "x");
        (login.method, login.status) = (b"POST", 401);
        let mut climb = request("/download", "x");
        climb.query = b"file=..%2f..%2fetc%2fpasswd";
        let summary = observed(&[login, climb, request("/.env", "x")]);
        let window = &only_hour(&summary).windows[4];
        let (network, requests, client) = window.suspects.ranking()[0];
        assert_eq!(
            (network.to_string().as_str(), requests),
            ("203.0.113.0/24", 3)
        );
        assert_eq!(window.clients.ranking()[0].2.requests, 3);
        assert_eq!(
            (client.failed_logins, client.traversals, client.scans),
            (1, 1, 1)
        );
        assert_eq!(client.evidence.as_deref(), Some("/.env"));
    }

    #[test]
    fn attacks_behind_long_paths_or_under_our_name_are_counted() {
        let harmless = format!("/{}/x", "a".repeat(600));
        let attack = format!("/{}/../../etc/passwd", "a".repeat(600));
        let mut named = request("/.env", "Sidetier-Warmer/1");
        named.status = 404;
        let summary = observed(&[request(&harmless, "x"), request(&attack, "x"), named]);
        let window = &only_hour(&summary).windows[4];
        let suspect = window.suspects.ranking()[0].2;
        assert_eq!((suspect.traversals, suspect.scans), (1, 1));
    }

    #[test]
    fn configured_groups_are_there_whoever_comes_first() {
        let mut rules = rules();
        rules.routes = vec![crate::Route {
            name: "shop".to_owned(),
            paths: vec!["/shop/*".to_owned()],
        }];
        let mut observer = Observer::new(&rules, Source::Alb);
        let word = |one: u8| {
            format!(
                "/{}{}",
                char::from(b'a' + one / 20),
                char::from(b'a' + one % 20)
            )
        };
        let scans: Vec<_> = (0..200).map(word).collect();
        scans
            .iter()
            .for_each(|path| observer.observe(&request(path, "x")));
        observer.observe(&request("/shop/cups", "x"));
        let summary = observer.finish();
        assert_eq!(only_hour(&summary).routes["shop"].counters.requests, 1);
    }

    #[test]
    fn a_few_attacks_are_found_among_many_visits() {
        let visitors: Vec<_> = (0..20_000u32)
            .map(|one| format!("{}.{}.{}.1", 11 + one % 99, one / 99 % 256, one / 7 % 256))
            .collect();
        let mut requests = Vec::new();
        for (number, visitor) in visitors.iter().enumerate() {
            let mut visit = request("/", "x");
            visit.client = visitor.as_bytes();
            requests.push(visit);
            if number % 2000 == 0 {
                requests.push(request("/.env", "x"));
            }
        }
        let summary = observed(&requests);
        let window = &only_hour(&summary).windows[4];
        assert!(
            window.clients.error() > 0,
            "there were too few visitors to say"
        );
        let (network, _, suspect) = window.suspects.ranking()[0];
        assert_eq!(
            (network.to_string().as_str(), suspect.scans),
            ("203.0.113.0/24", 10)
        );
    }

    #[test]
    fn referrers_are_other_hosts() {
        let mut inner = request("/", "x");
        inner.referer = Text::plain(b"https://halden.example/shop");
        let mut outer = request("/", "x");
        outer.referer = Text::plain(b"https://search.example:443/?q=cups");
        let summary = observed(&[inner, outer]);
        let referrers = only_hour(&summary).referrers.ranking();
        assert_eq!(referrers, [(&"search.example".to_owned(), 1, &())]);
    }

    #[test]
    fn routes_are_at_most_a_hundred() {
        let paths: Vec<_> = (0..500)
            .map(|one| format!("/{}", "ab".repeat(one % 9) + &"c".repeat(one / 40)))
            .collect();
        let requests: Vec<_> = paths.iter().map(|path| request(path, "x")).collect();
        let summary = observed(&requests);
        let hour = only_hour(&summary);
        assert!(hour.routes.len() <= MAX_ROUTES);
        let in_routes: u64 = hour
            .routes
            .values()
            .map(|route| route.counters.requests)
            .sum();
        assert_eq!(in_routes, 500);
    }

    proptest! {
        #[test]
        fn order_and_spread_over_files_do_not_matter(
            requests in proptest::collection::vec((0usize..6, 0i64..3, 200u16..600, 0u32..9_000_000), 0..60),
            order in any::<u64>(),
            at in 0usize..60,
        ) {
            let paths = ["/", "/shop/1", "/login", "/a/b/c", "/.env", "/x/../y"];
            let requests: Vec<_> = requests.iter().map(|(path, hours, status, us)| {
                let mut one = request(paths[*path], ["a", "Mozilla/"][usize::from(*status) % 2]);
                (one.time_ms, one.status, one.duration_us) = (NOW_MS - hours * HOUR_MS, *status, Some(*us));
                one
            }).collect();
            let mut mixed = requests.clone();
            mixed.sort_by_key(|one| (u64::from(one.status) ^ order).wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let (one, other) = mixed.split_at(at.min(mixed.len()));
            let mut merged = observed(other);
            merged.merge(&observed(one));
            let whole = observed(&requests);
            prop_assert_eq!(merged.hours.len(), whole.hours.len());
            for (mine, theirs) in merged.hours.values().zip(whole.hours.values()) {
                prop_assert_eq!(serde_json::to_string(mine).unwrap(), serde_json::to_string(theirs).unwrap());
            }
        }
    }
}
