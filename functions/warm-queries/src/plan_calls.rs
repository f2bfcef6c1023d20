//! Pure: which queries are to be called, and for what.

use std::collections::{BTreeMap, BTreeSet};

use hot_list::{HotList, HotPage, VariantShares};
use serde::Deserialize;
use warming::{Query, QueryCall};

/// Calls of one run at most; a page that is not among them is none that visitors wait for.
const MAX_CALLS: usize = 5_000;

/// What `warm.requested` asks for: its `detail`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Request {
    /// Pages that changed; one with a `*` at its end stands for others.
    #[serde(default)]
    pub(crate) paths: Vec<String>,
    /// Tags of the answers that ended.
    #[serde(default)]
    pub(crate) tags: Vec<String>,
}

/// One call.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Planned<'a> {
    pub(crate) query: &'a Query,
    pub(crate) call: QueryCall,
}

/// The calls of a run, in the order in which they are made: queries as they stand in the file,
/// and each of them for the pages that are worth most. With a request only what it is about:
/// the answers of its tags; those of its pages come first. One that names neither is about all.
pub(crate) fn plan_calls<'a>(
    queries: &'a [Query],
    lists: &BTreeMap<String, HotList>,
    request: Option<&Request>,
) -> Vec<Planned<'a>> {
    let empty = Request {
        paths: Vec::new(),
        tags: Vec::new(),
    };
    let request = request.unwrap_or(&empty);
    let tags: BTreeSet<&str> = request.tags.iter().map(String::as_str).collect();
    let is_about_all = request.tags.is_empty() && request.paths.is_empty();
    let changed = changed_pages(&request.paths);
    let mut seen = BTreeSet::new();
    let mut planned = Vec::new();
    for query in queries {
        let of_changed = calls_for(query, &changed);
        let of_hot = query.calls(lists.get(&query.target));
        let is_meant = |call: &QueryCall| {
            is_about_all || call.tags.iter().any(|tag| tags.contains(tag.as_str()))
        };
        let calls = of_changed.chain(of_hot.into_iter().filter(is_meant));
        let new = calls.filter(|call| seen.insert(call.key.clone()));
        planned.extend(new.map(|call| Planned { query, call }));
    }
    planned.truncate(MAX_CALLS);
    planned
}

/// The pages of a request as a hot list: the one form in which queries take pages.
fn changed_pages(paths: &[String]) -> HotList {
    let named = paths.iter().filter(|path| !path.ends_with('*'));
    let page = |path: &String| HotPage {
        path: path.clone(),
        heat: 0.0,
        origin_ms: None,
        saved_ms: 0.0,
        hit_ratio: None,
        last_status: 200,
    };
    HotList {
        site: String::new(),
        made_ms: 0,
        pages: named.map(page).collect(),
        variants: VariantShares::default(),
    }
}

/// A query without names has one call whatever the pages are: it is only made for its own page.
fn calls_for(query: &Query, changed: &HotList) -> impl Iterator<Item = QueryCall> {
    let mut pages = changed.pages.iter();
    let is_named = pages.any(|page| query.paths.values(&page.path).is_some());
    let calls = is_named.then(|| query.calls(Some(changed)));
    calls.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use warming::SiteWarming;

    use super::*;

    fn lists(paths: &[&str]) -> BTreeMap<String, HotList> {
        let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
        BTreeMap::from([("shop".to_owned(), changed_pages(&paths))])
    }

    fn keys(hot: &[&str], request: Option<&Request>) -> Vec<String> {
        let site = SiteWarming::of_site().unwrap();
        let planned = plan_calls(&site.queries, &lists(hot), request);
        planned
            .into_iter()
            .map(|planned| planned.call.key)
            .collect()
    }

    fn request(paths: &[&str], tags: &[&str]) -> Request {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Request {
            paths: owned(paths),
            tags: owned(tags),
        }
    }

    #[test]
    fn the_schedule_calls_each_query_for_its_hot_pages() {
        let hot = [
            "/products/b",
            "/products/a",
            "/blog/x",
            "/products/b?utm_source=y",
        ];
        let keys = keys(&hot, None);
        let at = |key: &str| keys.iter().position(|known| known == key);
        assert!(at("home").is_some() && at("sitemap").is_some(), "{keys:?}");
        assert!(at("product:b").unwrap() < at("product:a").unwrap());
        assert!(at("article:x").is_some() && at("article:y").is_none());
        let unique: BTreeSet<&String> = keys.iter().collect();
        assert_eq!(unique.len(), keys.len());
    }

    #[test]
    fn an_invalidation_is_about_its_tags_and_pages() {
        let hot = ["/products/a", "/products/b", "/blog/x"];
        let published = request(
            &["/", "/blog", "/blog/new", "/feed.xml"],
            &["article-new", "blog"],
        );
        let called: BTreeSet<String> = keys(&hot, Some(&published)).into_iter().collect();
        // A page that no visitor has seen yet, but is about to.
        assert!(called.contains("article:new"), "{called:?}");
        assert!(called.contains("home") && called.contains("blog"));
        assert!(!called.contains("article:x") && !called.contains("product:a"));
        let changed = keys(&hot, Some(&request(&["/products/b"], &["product-b"])));
        assert_eq!(changed, ["product:b"]);
    }

    #[test]
    fn searches_are_those_of_the_hot_list_and_of_events() {
        let hot = ["/search?q=cup", "/search?q=mug", "/search"];
        let called: BTreeSet<String> = keys(&hot, None).into_iter().collect();
        assert!(called.contains("search:cup") && called.contains("search:mug"));
        let changed = keys(&hot, Some(&request(&["/search?q=bowl"], &[])));
        assert_eq!(changed, ["search:bowl"]);
    }

    #[test]
    fn one_that_names_nothing_is_about_all() {
        let deploy = request(&[], &[]);
        assert_eq!(keys(&["/blog/x"], Some(&deploy)), keys(&["/blog/x"], None));
        // A pattern names no page that could be called for.
        assert_eq!(
            keys(&["/blog/x"], Some(&request(&["/*"], &[]))),
            Vec::<String>::new()
        );
    }
}
