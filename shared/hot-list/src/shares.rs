use std::collections::BTreeMap;

use log_formats::Source;
use log_summary::{Device, Encoding, Negotiation, Picture};
use serde::{Deserialize, Serialize};

/// Decayed requests from which on shares are told: a few visitors are not all visitors.
pub const MIN_REQUESTS: f64 = 100.0;

/// Which share of visitors asks for what, by the names that variants of pages have:
/// `{"br": 0.97}`. What is not known is left empty.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct VariantShares {
    /// `br`, `gzip`, `plain`.
    pub encodings: BTreeMap<String, f64>,
    /// `desktop`, `mobile`, `tablet`.
    pub devices: BTreeMap<String, f64>,
    /// Languages as in `Accept-Language`. No log that is read here has them: they are empty,
    /// unless somebody else writes the list.
    pub languages: BTreeMap<String, f64>,
    /// `avif`, `webp`, `unsaid`.
    pub pictures: BTreeMap<String, f64>,
}

/// Decayed requests of one tier, in the order of the names.
type Counts = [f64; 3];

/// Adds up in which forms visitors asked, tier by tier.
#[derive(Debug, Default)]
pub(crate) struct Shares {
    tiers: BTreeMap<Source, [Counts; 3]>,
}

impl Shares {
    pub(crate) fn add(&mut self, source: Source, seen: &Negotiation, weight: f64) {
        let tier = self.tiers.entry(source).or_default();
        let seen = [&seen.encodings, &seen.devices, &seen.pictures];
        for (counts, seen) in tier.iter_mut().zip(seen) {
            for (count, seen) in counts.iter_mut().zip(seen) {
                *count += *seen as f64 * weight;
            }
        }
    }

    /// Of each kind, the shares at the tier that saw most: what tiers behind a cache see is
    /// what the cache did not have, which says little of visitors.
    pub(crate) fn told(&self) -> VariantShares {
        let of = |kind: usize, names: [&str; 3]| {
            let tiers = self.tiers.values().filter_map(|tier| tier.get(kind));
            let most = tiers.max_by(|a, b| total(a).total_cmp(&total(b)));
            let counts = most.filter(|counts| total(counts) >= MIN_REQUESTS);
            counts
                .map(|counts| named(names, counts))
                .unwrap_or_default()
        };
        VariantShares {
            encodings: of(0, Encoding::NAMES),
            devices: of(1, Device::NAMES),
            languages: BTreeMap::new(),
            pictures: of(2, Picture::NAMES),
        }
    }
}

fn total(counts: &Counts) -> f64 {
    counts.iter().sum()
}

fn named(names: [&str; 3], counts: &Counts) -> BTreeMap<String, f64> {
    let total = total(counts);
    // Four digits are enough, and are the same number in every JSON.
    let share = |count: &f64| (count / total * 10_000.0).round() / 10_000.0;
    let shares = names.into_iter().zip(counts.iter().map(share));
    shares
        .filter(|(_, share)| *share > 0.0)
        .map(|(name, share)| (name.to_owned(), share))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(encodings: [u64; 3], pictures: [u64; 3]) -> Negotiation {
        Negotiation {
            encodings,
            pictures,
            ..Negotiation::default()
        }
    }

    #[test]
    fn the_tier_that_saw_most_tells_the_shares_of_each_kind() {
        let mut shares = Shares::default();
        shares.add(Source::Cloudfront, &seen([300, 100, 0], [0; 3]), 0.5);
        shares.add(Source::Cloudfront, &seen([300, 0, 0], [0; 3]), 1.0);
        // What the cache did not have: as often with as without.
        shares.add(Source::Nginx, &seen([90, 90, 0], [80, 20, 0]), 1.0);
        let told = shares.told();
        let of = |pairs: &[(&str, f64)]| -> BTreeMap<String, f64> {
            pairs
                .iter()
                .map(|(name, share)| ((*name).to_owned(), *share))
                .collect()
        };
        assert_eq!(told.encodings, of(&[("br", 0.9), ("gzip", 0.1)]));
        assert_eq!(told.pictures, of(&[("avif", 0.8), ("webp", 0.2)]));
        assert!(told.devices.is_empty() && told.languages.is_empty());
    }

    #[test]
    fn a_few_visitors_tell_nothing() {
        let mut shares = Shares::default();
        shares.add(Source::Nginx, &seen([0, 0, 99], [0; 3]), 1.0);
        shares.add(Source::Alb, &seen([0, 0, 99], [0; 3]), 1.0);
        assert_eq!(shares.told(), VariantShares::default());
    }
}
