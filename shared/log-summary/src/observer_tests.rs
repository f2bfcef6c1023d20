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
