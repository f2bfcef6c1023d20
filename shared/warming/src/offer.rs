use std::collections::BTreeMap;

use hot_list::{HALF_LIFE_HOURS, HotList, HotPage};
use sitemap::Page;
use url::Url;

use crate::config::FreshnessRules;

/// Reads an hour of a page that no log mentions: once in four days.
const TAIL_READS: f64 = 0.01;
/// Milliseconds of the origin for a page that no log has a time of.
const UNKNOWN_ORIGIN_MS: f64 = 200.0;
/// How likely a page is not in the cache when nobody knows.
const UNKNOWN_MISS_SHARE: f64 = 0.5;
/// The priority that a sitemap leaves out, in thousandths.
/// <https://www.sitemaps.org/protocol.html#xmlTagDefinitions>
const USUAL_PRIORITY: u16 = 500;

/// A page that may be warmed, and what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// Path and query.
    pub path: String,
    /// Reads that are expected in an hour.
    pub hits_per_hour: f64,
    /// Milliseconds that the origin takes for it.
    pub origin_ms: f64,
    /// How likely it is not in the cache: 1 for what was just made invalid.
    pub miss_share: f64,
    /// Until when a cache is known to have it, in milliseconds since 1970.
    pub fresh_until_ms: Option<i64>,
}

impl Offer {
    /// A page that nothing is known of.
    #[must_use]
    pub fn unknown(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            hits_per_hour: TAIL_READS,
            origin_ms: UNKNOWN_ORIGIN_MS,
            miss_share: UNKNOWN_MISS_SHARE,
            fresh_until_ms: None,
        }
    }

    /// A page of the hot list.
    #[must_use]
    pub fn of_hot(page: &HotPage) -> Self {
        Self {
            path: page.path.clone(),
            hits_per_hour: page.heat * share_of_an_hour(),
            origin_ms: page.origin_ms.unwrap_or(UNKNOWN_ORIGIN_MS),
            miss_share: page.hit_ratio.map_or(UNKNOWN_MISS_SHARE, |hits| 1.0 - hits),
            fresh_until_ms: None,
        }
    }

    /// A page of a sitemap: its priority there makes it worth more or less. `None` when its
    /// location is no URL.
    #[must_use]
    pub fn of_page(page: &Page) -> Option<Self> {
        let url = Url::parse(&page.location).ok()?;
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let priority = f64::from(page.priority.unwrap_or(USUAL_PRIORITY));
        Some(Self {
            hits_per_hour: TAIL_READS * priority / f64::from(USUAL_PRIORITY),
            ..Self::unknown(path)
        })
    }

    /// Milliseconds of the origin's work that warming it is expected to save.
    #[must_use]
    pub fn value(&self, rules: &FreshnessRules) -> f64 {
        let hours = rules.assume.ms() as f64 / 3_600_000.0;
        let value = self.hits_per_hour * hours * self.origin_ms * self.miss_share;
        if value.is_finite() {
            value.max(0.0)
        } else {
            0.0
        }
    }
}

/// The share of a page's heat that was read in the last hour, when it is read evenly: heat is
/// the sum of each hour's reads, which count half after [`HALF_LIFE_HOURS`].
fn share_of_an_hour() -> f64 {
    1.0 - (-1.0 / HALF_LIFE_HOURS).exp2()
}

/// The hottest pages, what is worth most first.
#[must_use]
pub fn hot_offers(list: &HotList, top: usize, rules: &FreshnessRules) -> Vec<Offer> {
    let mut offers: Vec<_> = list.pages.iter().map(Offer::of_hot).collect();
    sort(&mut offers, rules);
    offers.truncate(top);
    offers
}

/// Pages that somebody names, what is worth most first. A path with `*` stands for the hot
/// pages that are like it: nobody else knows which there are. What was made invalid is in no
/// cache.
#[must_use]
pub fn list_offers(
    paths: &[String],
    hot: Option<&HotList>,
    is_invalidated: bool,
    rules: &FreshnessRules,
) -> Vec<Offer> {
    let pages = hot.map_or(&[][..], |list| &list.pages);
    let mut offers: BTreeMap<&str, Offer> = BTreeMap::new();
    for path in paths {
        let like = |page: &&HotPage| health_checks::is_like(&page.path, path);
        for page in pages.iter().filter(like) {
            offers.insert(&page.path, Offer::of_hot(page));
        }
        if !path.contains('*') {
            let unknown = || Offer::unknown(path.as_str());
            offers.entry(path).or_insert_with(unknown);
        }
    }
    let mut offers: Vec<_> = offers.into_values().collect();
    if is_invalidated {
        offers.iter_mut().for_each(|offer| offer.miss_share = 1.0);
    }
    sort(&mut offers, rules);
    offers
}

fn sort(offers: &mut [Offer], rules: &FreshnessRules) {
    offers.sort_by(|a, b| {
        let value = b.value(rules).total_cmp(&a.value(rules));
        value.then_with(|| a.path.cmp(&b.path))
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hot(path: &str, heat: f64, origin_ms: Option<f64>, hit_ratio: Option<f64>) -> HotPage {
        HotPage {
            path: path.to_owned(),
            heat,
            origin_ms,
            saved_ms: 0.0,
            hit_ratio,
            last_status: 200,
        }
    }

    fn list() -> HotList {
        HotList {
            site: "shop".to_owned(),
            made_ms: 0,
            pages: vec![
                hot("/products/a", 100.0, Some(10.0), Some(0.0)),
                hot("/products/b", 50.0, Some(100.0), Some(0.5)),
                hot("/always-there", 900.0, Some(100.0), Some(1.0)),
            ],
            variants: hot_list::VariantShares::default(),
        }
    }

    fn paths(offers: &[Offer]) -> Vec<&str> {
        offers.iter().map(|offer| offer.path.as_str()).collect()
    }

    #[test]
    fn what_saves_most_comes_first_and_what_is_cached_last() {
        let rules = FreshnessRules::default();
        let offers = hot_offers(&list(), 10, &rules);
        assert_eq!(
            paths(&offers),
            ["/products/b", "/products/a", "/always-there"]
        );
        assert_eq!(hot_offers(&list(), 1, &rules).len(), 1);
        assert_eq!(offers[2].value(&rules), 0.0);
    }

    #[test]
    fn an_even_page_has_the_reads_of_an_hour() {
        let heat: f64 = (0..49)
            .map(|age| 60.0 * (-f64::from(age) / HALF_LIFE_HOURS).exp2())
            .sum();
        let offer = Offer::of_hot(&hot("/", heat, None, None));
        assert!(
            (offer.hits_per_hour - 60.0).abs() < 1.0,
            "{}",
            offer.hits_per_hour
        );
    }

    #[test]
    fn a_star_stands_for_hot_pages_and_a_path_for_itself() {
        let rules = FreshnessRules::default();
        let asked = [
            "/products/*".to_owned(),
            "/new".to_owned(),
            "/products/a".to_owned(),
        ];
        let offers = list_offers(&asked, Some(&list()), true, &rules);
        assert_eq!(paths(&offers), ["/products/b", "/products/a", "/new"]);
        assert!(offers.iter().all(|offer| offer.miss_share >= 1.0));
        assert_eq!(
            paths(&list_offers(&asked, None, false, &rules)),
            ["/new", "/products/a"]
        );
    }

    #[test]
    fn a_sitemaps_priority_counts_and_its_path_is_kept() {
        let page = |location: &str, priority| Page {
            location: location.to_owned(),
            priority,
            ..Page::default()
        };
        let usual = Offer::of_page(&page("https://a.example/x?page=2", None)).unwrap();
        let high = Offer::of_page(&page("https://a.example/", Some(1000))).unwrap();
        assert_eq!(
            (usual.path.as_str(), high.path.as_str()),
            ("/x?page=2", "/")
        );
        assert!(high.hits_per_hour > usual.hits_per_hour);
        assert_eq!(Offer::of_page(&page("/x", None)), None);
    }
}
