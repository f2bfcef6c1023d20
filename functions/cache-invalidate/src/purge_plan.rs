//! Pure: from rows of the outbox to what the CDN is told.

use std::collections::BTreeSet;
use std::time::Duration;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use sha2::{Digest, Sha256};

/// Most paths of one invalidation. CloudFront takes 3,000 at once for a distribution:
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html>.
const MAX_PATHS: usize = 1_000;
/// Most of them with a `*`: CloudFront takes 15 at once.
const MAX_WILDCARDS: usize = 10;
/// Most bytes of their texts: they have to fit into one event of 256 KB.
const MAX_BYTES: usize = 150 * 1024;
/// Longest path; longer ones are no pages.
const MAX_PATH_BYTES: usize = 2_048;

/// When the second pass is due: by then no reverse proxy has a copy from before, which it keeps
/// for ten seconds at most (docs/edge.md), and two to be sure.
const SETTLED: Duration = Duration::from_secs(12);

/// What CloudFront wants percent-encoded: all but letters, digits and these.
const ENCODED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b'#');

/// A row of the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) id: i64,
    pub(crate) tag: String,
    pub(crate) paths: Vec<String>,
    /// In microseconds since 1970.
    pub(crate) created_us: i64,
}

/// What the CDN is to be told, in one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewPurge {
    /// The same for the same events, and only for them.
    pub(crate) reference: String,
    pub(crate) paths: Vec<String>,
    pub(crate) tags: Vec<String>,
    /// When the oldest of its events was written, in microseconds since 1970.
    pub(crate) changed_us: i64,
    /// From now.
    pub(crate) due_in: Duration,
}

/// What some events ask for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Plan {
    pub(crate) purges: Vec<NewPurge>,
    /// Paths that are none, and left out.
    pub(crate) bad_paths: Vec<String>,
}

/// Plans what follows some events, in the order of their ids: each path twice with a CDN, at
/// once and when the proxies have settled; without one, the warmer hears of it when they have.
pub(crate) fn plan(events: &[Event], has_distribution: bool) -> Plan {
    let Some(changed_us) = events.iter().map(|event| event.created_us).min() else {
        return Plan::default();
    };
    let (paths, bad_paths) = paths_of(events);
    let tags: BTreeSet<&str> = events.iter().map(|event| event.tag.as_str()).collect();
    let tags: Vec<String> = tags.into_iter().map(str::to_owned).collect();
    let passes: &[Duration] = match (paths.is_empty(), has_distribution) {
        // Redis has forgotten: whatever fills it may begin.
        (true, _) => &[Duration::ZERO],
        (false, true) => &[Duration::ZERO, SETTLED],
        (false, false) => &[SETTLED],
    };
    let mut purges = Vec::new();
    for (pass, due_in) in (1..).zip(passes) {
        for (number, paths) in (1..).zip(parts(&paths)) {
            purges.push(NewPurge {
                reference: reference(events, pass, number, &paths),
                // Once is enough: the other parts are about other pages.
                tags: if number == 1 {
                    tags.clone()
                } else {
                    Vec::new()
                },
                paths,
                changed_us,
                due_in: *due_in,
            });
        }
    }
    Plan { purges, bad_paths }
}

/// Every path once, and what is none.
fn paths_of(events: &[Event]) -> (BTreeSet<String>, Vec<String>) {
    let (mut paths, mut bad) = (BTreeSet::new(), Vec::new());
    for path in events.iter().flat_map(|event| &event.paths) {
        if path.starts_with('/') && path.len() <= MAX_PATH_BYTES {
            paths.insert(utf8_percent_encode(path, ENCODED).to_string());
        } else {
            bad.push(path.chars().take(80).collect());
        }
    }
    (paths, bad)
}

/// Paths in parts that are one request each; one part without any where there is none.
fn parts(paths: &BTreeSet<String>) -> Vec<Vec<String>> {
    let mut parts = vec![Vec::new()];
    let (mut wildcards, mut bytes) = (0, 0);
    for path in paths {
        let is_wildcard = path.ends_with('*');
        let is_full = parts.last().is_some_and(|part| part.len() == MAX_PATHS)
            || (is_wildcard && wildcards == MAX_WILDCARDS)
            || bytes + path.len() > MAX_BYTES;
        if is_full {
            parts.push(Vec::new());
            (wildcards, bytes) = (0, 0);
        }
        wildcards += usize::from(is_wildcard);
        bytes += path.len();
        if let Some(part) = parts.last_mut() {
            part.push(path.clone());
        }
    }
    parts
}

/// A name for CloudFront, which makes no second invalidation of the same name. Ids alone would
/// not do: a database that is restored gives them a second time.
fn reference(events: &[Event], pass: u8, part: u16, paths: &[String]) -> String {
    let mut digest = Sha256::new();
    for event in events {
        digest.update(event.id.to_be_bytes());
        digest.update(event.created_us.to_be_bytes());
    }
    for path in paths {
        digest.update(path.as_bytes());
        digest.update([0]);
    }
    let hash = digest.finalize();
    let hash: String = hash
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let first = events.first().map_or(0, |event| event.id);
    format!("cache-events-{first}-{pass}-{part}-{hash}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: i64, tag: &str, paths: &[&str]) -> Event {
        Event {
            id,
            tag: tag.to_owned(),
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
            created_us: 1_795_774_830_000_000 + id,
        }
    }

    #[test]
    fn each_page_is_purged_at_once_and_when_the_proxies_have_settled() {
        let events = [
            event(7, "article-a", &["/", "/blog", "/blog/a"]),
            event(8, "blog", &["/blog"]),
        ];
        let plan = plan(&events, true);
        let [first, second] = plan.purges.as_slice() else {
            panic!("{plan:?}");
        };
        assert_eq!(first.paths, ["/", "/blog", "/blog/a"]);
        assert_eq!(first.tags, ["article-a", "blog"]);
        assert_eq!(first.changed_us, events[0].created_us);
        assert_eq!((first.due_in, second.due_in), (Duration::ZERO, SETTLED));
        assert_eq!(first.paths, second.paths);
        assert_ne!(first.reference, second.reference);
    }

    #[test]
    fn a_reference_is_made_of_the_events() {
        let events = [event(7, "a", &["/a"]), event(9, "b", &[])];
        let name = |events: &[Event]| plan(events, true).purges[0].reference.clone();
        assert_eq!(name(&events), name(&events.clone()));
        assert!(name(&events).starts_with("cache-events-7-1-1-"));
        // The same ids again, in a database that was restored.
        let later = events.clone().map(|event| Event {
            created_us: event.created_us + 1,
            ..event
        });
        assert_ne!(name(&events), name(&later));
    }

    #[test]
    fn without_a_distribution_the_warmer_hears_of_it_when_pages_are_new() {
        let plan = plan(&[event(1, "a", &["/a"])], false);
        assert_eq!(plan.purges.len(), 1);
        assert_eq!(plan.purges[0].due_in, SETTLED);
    }

    #[test]
    fn tags_without_pages_are_told_at_once() {
        let purges = plan(&[event(1, "a", &[])], true).purges;
        assert_eq!(purges.len(), 1);
        assert!(purges[0].paths.is_empty() && purges[0].due_in.is_zero());
        assert_eq!(plan(&[], true), Plan::default());
    }

    #[test]
    fn parts_stay_within_what_is_taken_at_once() {
        let many: Vec<String> = (0..2_500).map(|number| format!("/p/{number}")).collect();
        let stars: Vec<String> = (0..25).map(|number| format!("/s/{number}/*")).collect();
        let long: Vec<String> = (0..200)
            .map(|n| format!("/{n}/{}", "x".repeat(2_000)))
            .collect();
        let mut all = event(1, "a", &[]);
        all.paths = [many, stars, long].concat();
        let plan = plan(&[all], true);
        assert!(plan.bad_paths.is_empty());
        let mut seen = BTreeSet::new();
        let first = plan.purges.iter().filter(|purge| purge.due_in.is_zero());
        for purge in first {
            let wildcards = purge.paths.iter().filter(|path| path.ends_with('*'));
            assert!(wildcards.count() <= MAX_WILDCARDS && purge.paths.len() <= MAX_PATHS);
            assert!(purge.paths.iter().map(String::len).sum::<usize>() <= MAX_BYTES);
            seen.extend(purge.paths.clone());
        }
        assert_eq!(seen.len(), 2_725);
        let names: BTreeSet<&String> = plan.purges.iter().map(|p| &p.reference).collect();
        assert_eq!(names.len(), plan.purges.len());
    }

    #[test]
    fn what_is_no_path_is_left_out_and_what_is_unsafe_is_encoded() {
        let long = format!("/{}", "x".repeat(MAX_PATH_BYTES));
        let plan = plan(&[event(1, "a", &["a", &long, "/å b?x=%20", "/ok/*"])], true);
        assert_eq!(plan.purges[0].paths, ["/%C3%A5%20b?x=%20", "/ok/*"]);
        assert_eq!(plan.bad_paths.len(), 2);
    }
}
