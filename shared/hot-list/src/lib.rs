//! Which pages a warm cache spares the origin most: what the cache warmer begins with.
//!
//! A page's heat is its reads, of which older ones count less ([`HALF_LIFE_HOURS`]), and what
//! it saves is its heat times what the origin takes for it. The requests of the warmer itself
//! are in no summary, so that it does not warm what only it asks for. In which forms pages are
//! asked for, [`VariantShares`] says.

mod shares;

use std::collections::BTreeMap;

use log_formats::Source;
use log_summary::{Merge, PageStats, Summary};
use serde::{Deserialize, Serialize};

use crate::shares::Shares;
pub use crate::shares::{MIN_REQUESTS, VariantShares};

/// After so many hours a read counts half.
pub const HALF_LIFE_HOURS: f64 = 6.0;

/// Reads older than these hours do not count.
pub const MAX_AGE_HOURS: i64 = 48;

/// Pages of a list at most.
const PAGES: usize = 1000;

/// The hottest pages of one site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HotList {
    /// The site's name.
    pub site: String,
    /// When it was made, in milliseconds since 1970.
    pub made_ms: i64,
    /// Pages; what saves most stands first.
    pub pages: Vec<HotPage>,
    /// In which forms visitors ask for them, of the same hours with the same weights.
    #[serde(default)]
    pub variants: VariantShares,
}

/// A page worth being warm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HotPage {
    /// Path, with the parameters that make another page.
    pub path: String,
    /// Decayed reads.
    pub heat: f64,
    /// What the origin takes for it, in milliseconds; `None` where no log says so.
    pub origin_ms: Option<f64>,
    /// Origin milliseconds that its decayed reads cost without a cache.
    pub saved_ms: f64,
    /// The share of reads that a cache answered; `None` where none was asked.
    pub hit_ratio: Option<f64>,
    /// The last status.
    pub last_status: u16,
}

/// What one tier knows of a page.
#[derive(Default)]
struct Tier {
    heat: f64,
    stats: PageStats,
}

/// Ranks the pages of a site by what a warm cache saves. The tier next to visitors knows how
/// often a page is read, those behind it what it costs; for each page the tier with the most
/// reads counts, and the slowest origin.
#[must_use]
pub fn hot_list(summary: &Summary, site: &str, now_ms: i64) -> HotList {
    let now_hour = now_ms.div_euclid(log_summary::HOUR_MS);
    let mut pages: BTreeMap<&str, BTreeMap<Source, Tier>> = BTreeMap::new();
    let mut shares = Shares::default();
    for (key, hour) in &summary.hours {
        let age = (now_hour - key.hour).max(0);
        if key.site != site || age > MAX_AGE_HOURS {
            continue;
        }
        let weight = (-(age as f64) / HALF_LIFE_HOURS).exp2();
        shares.add(key.source, &hour.negotiation, weight);
        for (path, _, stats) in hour.pages.ranking() {
            let tiers = pages.entry(path.as_str()).or_default();
            let tier = tiers.entry(key.source).or_default();
            tier.heat += stats.reads as f64 * weight;
            tier.stats.merge(stats);
        }
    }
    let mut pages: Vec<_> = pages
        .into_iter()
        .filter_map(|(path, tiers)| hot_page(path, &tiers))
        .collect();
    pages.sort_by(|a, b| {
        let by = |page: &HotPage| (page.saved_ms, page.heat);
        let order = by(b)
            .partial_cmp(&by(a))
            .unwrap_or(std::cmp::Ordering::Equal);
        order.then_with(|| a.path.cmp(&b.path))
    });
    pages.truncate(PAGES);
    let site = site.to_owned();
    HotList {
        site,
        made_ms: now_ms,
        pages,
        variants: shares.told(),
    }
}

/// `None` for what nobody read: errors, and forms that are only posted to.
fn hot_page(path: &str, tiers: &BTreeMap<Source, Tier>) -> Option<HotPage> {
    let outer = tiers.values().max_by(|a, b| a.heat.total_cmp(&b.heat))?;
    if outer.heat <= 0.0 || outer.stats.last_status >= 400 {
        return None;
    }
    let costs = tiers.values().filter_map(|tier| tier.stats.origin_ms());
    let origin_ms = costs.reduce(f64::max);
    let asked = outer.stats.cache_hits + outer.stats.cache_misses;
    Some(HotPage {
        path: path.to_owned(),
        heat: outer.heat,
        origin_ms,
        saved_ms: outer.heat * origin_ms.unwrap_or(0.0),
        hit_ratio: (asked > 0).then(|| outer.stats.cache_hits as f64 / asked as f64),
        last_status: outer.stats.last_status,
    })
}

#[cfg(test)]
mod tests {
    use log_formats::{CacheResult, Request, Text};
    use log_summary::{HOUR_MS, Observer, Site, SummaryRules};

    use super::*;

    const NOW_MS: i64 = 1_795_774_830_000;

    /// Requests of a tier: path, hours ago, status, origin's milliseconds, times.
    fn summary(source: Source, requests: &[(&str, i64, u16, u32, usize)]) -> Summary {
        let rules = SummaryRules {
            sites: vec![Site {
                name: "shop".to_owned(),
                hosts: Vec::new(),
            }],
            warmer: "Sidetier-Warmer".to_owned(),
            ..SummaryRules::default()
        };
        let mut observer = Observer::new(&rules, source);
        for (path, hours, status, ms, times) in requests {
            let request = Request {
                time_ms: NOW_MS - hours * HOUR_MS,
                method: b"GET",
                path: path.as_bytes(),
                status: *status,
                origin_us: (*ms > 0).then_some(ms * 1000),
                cache: CacheResult::Hit,
                ..Request::default()
            };
            (0..*times).for_each(|_| observer.observe(&request));
        }
        observer.finish()
    }

    #[test]
    fn what_visitors_take_is_told_by_their_browsers() {
        let rules = SummaryRules {
            sites: vec![Site {
                name: "shop".to_owned(),
                hosts: Vec::new(),
            }],
            warmer: "Sidetier-Warmer".to_owned(),
            ..SummaryRules::default()
        };
        let mut observer = Observer::new(&rules, Source::Cloudfront);
        let mut asked = |agent: &'static str, times| {
            let request = Request {
                time_ms: NOW_MS,
                method: b"GET",
                path: b"/",
                status: 200,
                user_agent: Text::plain(agent.as_bytes()),
                ..Request::default()
            };
            (0..times).for_each(|_| observer.observe(&request));
        };
        asked("Mozilla/5.0 (Windows NT 10.0) Chrome/141.0.0.0", 150);
        asked("Mozilla/5.0 (Windows NT 6.1; Trident/7.0)", 50);
        // Neither those who look after the site nor the warmer itself.
        asked("Mozilla/5.0 (compatible; Amazon-Route53-Health-Check)", 900);
        asked("Mozilla/5.0 (iPad) Sidetier-Warmer/1", 900);
        let list = hot_list(&observer.finish(), "shop", NOW_MS);
        let json = serde_json::to_string(&list).unwrap();
        let read: HotList = serde_json::from_str(&json).unwrap();
        assert_eq!(read.variants.encodings["br"], 0.75);
        assert_eq!(read.variants.encodings["gzip"], 0.25);
        assert_eq!(read.variants.pictures["avif"], 0.75);
        assert_eq!(read.variants.devices["desktop"], 1.0);
        // A list of before shares were told.
        let old = r#"{"site": "shop", "made_ms": 0, "pages": []}"#;
        let old: HotList = serde_json::from_str(old).unwrap();
        assert_eq!(old.variants, VariantShares::default());
    }

    fn paths(list: &HotList) -> Vec<&str> {
        list.pages.iter().map(|page| page.path.as_str()).collect()
    }

    #[test]
    fn what_costs_the_origin_most_stands_first() {
        let list = hot_list(
            &summary(
                Source::Nginx,
                &[
                    ("/cheap", 0, 200, 2, 50),
                    ("/dear", 0, 200, 400, 5),
                    ("/gone", 0, 404, 400, 90),
                ],
            ),
            "shop",
            NOW_MS,
        );
        assert_eq!(paths(&list), ["/dear", "/cheap"]);
        assert_eq!(list.pages[0].saved_ms, 2000.0);
    }

    #[test]
    fn reads_of_six_hours_ago_count_half_and_of_three_days_ago_not_at_all() {
        let list = hot_list(
            &summary(
                Source::Nginx,
                &[
                    ("/old", 6, 200, 10, 10),
                    ("/new", 0, 200, 10, 6),
                    ("/past", 72, 200, 10, 99),
                ],
            ),
            "shop",
            NOW_MS,
        );
        assert_eq!(paths(&list), ["/new", "/old"]);
        assert!((list.pages[1].heat - 5.0).abs() < 1e-9);
    }

    #[test]
    fn tiers_are_not_added_up() {
        let mut both = summary(Source::Cloudfront, &[("/a", 0, 200, 0, 100)]);
        both.merge(&summary(Source::Nginx, &[("/a", 0, 200, 30, 4)]));
        let list = hot_list(&both, "shop", NOW_MS);
        assert_eq!(
            (list.pages[0].heat, list.pages[0].origin_ms),
            (100.0, Some(30.0))
        );
        assert_eq!(list.pages[0].saved_ms, 3000.0);
        assert!(hot_list(&both, "other", NOW_MS).pages.is_empty());
    }
}
