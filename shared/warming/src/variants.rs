use std::collections::BTreeMap;

use health_checks::Percent;
use hot_list::VariantShares;

use crate::CachePolicy;
use crate::variant::{Device, Encoding, Picture, Variant, is_language};

/// Variants of a page at most: where more are asked for often enough, those that are asked
/// for most.
pub const MAX_VARIANTS: usize = 16;

/// Headers in a cache key that the warmer can vary, or that are the same for every visitor of
/// a page.
const WITHIN_REACH: [&str; 8] = [
    "host",
    "accept",
    "accept-encoding",
    "accept-language",
    "cloudfront-is-mobile-viewer",
    "cloudfront-is-tablet-viewer",
    "cloudfront-is-desktop-viewer",
    "cloudfront-forwarded-proto",
];

/// The variants of a page that are worth warming.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariantSet {
    /// What is asked for most comes first; never empty.
    pub variants: Vec<Variant>,
    /// What is in the cache key and cannot be warmed: headers that only the cache itself
    /// sets, such as the visitor's country, and cookies.
    pub out_of_reach: Vec<String>,
}

/// The variants that a cache keeps of a page and that at least this share of visitors asks
/// for. What visitors do is taken as independent: the share of `br.mobile` is that of `br`
/// times that of `mobile`. Where no shares are known, there is one variant for each thing that
/// is: what every browser sends.
#[must_use]
pub fn variants(
    policy: &CachePolicy,
    shares: Option<&VariantShares>,
    min_share: Percent,
) -> VariantSet {
    let nothing = VariantShares::default();
    let shares = shares.unwrap_or(&nothing);
    let min_share = f64::from(min_share.hundredths()) / 10_000.0;
    let mut found: Vec<(Variant, f64)> = Vec::new();
    for (encoding, of_encoding) in encodings(policy, shares) {
        for (device, of_device) in devices(policy, shares) {
            for (language, of_language) in languages(policy, shares) {
                for (picture, of_picture) in pictures(policy, shares) {
                    let variant = Variant {
                        encoding,
                        device,
                        language: language.clone(),
                        picture,
                    };
                    found.push((variant, of_encoding * of_device * of_language * of_picture));
                }
            }
        }
    }
    found.sort_by(|(a, of_a), (b, of_b)| of_b.total_cmp(of_a).then_with(|| a.cmp(b)));
    let enough = found.iter().take_while(|(_, share)| *share >= min_share);
    // What is asked for most is warmed, however many kinds there are.
    let count = enough.count().clamp(1, MAX_VARIANTS);
    found.truncate(count);
    VariantSet {
        variants: found.into_iter().map(|(variant, _)| variant).collect(),
        out_of_reach: out_of_reach(policy),
    }
}

fn out_of_reach(policy: &CachePolicy) -> Vec<String> {
    let is_far = |name: &&String| !WITHIN_REACH.contains(&name.to_ascii_lowercase().as_str());
    let headers = policy.headers.iter().filter(is_far).cloned();
    let cookies = policy.cookies.iter().map(|name| format!("cookie {name}"));
    headers.chain(cookies).collect()
}

/// What caches without an encoding make of a visitor is the next one that they have.
fn encodings(policy: &CachePolicy, shares: &VariantShares) -> Vec<(Encoding, f64)> {
    let kept = |encoding| match encoding {
        Encoding::Brotli if policy.brotli => Encoding::Brotli,
        Encoding::Brotli | Encoding::Gzip if policy.gzip => Encoding::Gzip,
        _ => Encoding::Plain,
    };
    let known = known(&Encoding::ALL, Encoding::as_str, &shares.encodings);
    let mut merged: BTreeMap<Encoding, f64> = BTreeMap::new();
    for (encoding, share) in known {
        *merged.entry(kept(encoding)).or_default() += share;
    }
    merged.into_iter().collect()
}

fn devices(policy: &CachePolicy, shares: &VariantShares) -> Vec<(Device, f64)> {
    let name = |device: Device| format!("CloudFront-Is-{}-Viewer", device.as_str());
    let is_told_apart = Device::ALL
        .into_iter()
        .any(|device| policy.has_header(&name(device)));
    if !is_told_apart {
        return vec![(Device::Desktop, 1.0)];
    }
    if shares.devices.is_empty() {
        return vec![(Device::Desktop, 1.0), (Device::Mobile, 1.0)];
    }
    known(&Device::ALL, Device::as_str, &shares.devices)
}

fn languages(policy: &CachePolicy, shares: &VariantShares) -> Vec<(Option<String>, f64)> {
    let is_told_apart = policy.has_header("Accept-Language");
    let usable = shares
        .languages
        .iter()
        .filter(|(name, _)| is_language(name));
    let known: Vec<_> = usable
        .map(|(name, share)| (Some(name.clone()), *share))
        .collect();
    if is_told_apart && !known.is_empty() {
        known
    } else {
        vec![(None, 1.0)]
    }
}

fn pictures(policy: &CachePolicy, shares: &VariantShares) -> Vec<(Picture, f64)> {
    if !policy.has_header("Accept") {
        return vec![(Picture::Unsaid, 1.0)];
    }
    if shares.pictures.is_empty() {
        return vec![(Picture::Avif, 1.0)];
    }
    known(&Picture::ALL, Picture::as_str, &shares.pictures)
}

/// The shares of all that has one; everything for the first where nothing has.
fn known<T: Copy>(
    all: &[T],
    name: impl Fn(T) -> &'static str,
    shares: &BTreeMap<String, f64>,
) -> Vec<(T, f64)> {
    let with_share = |value: &T| Some((*value, *shares.get(name(*value))?));
    let known: Vec<_> = all.iter().filter_map(with_share).collect();
    match (known.is_empty(), all.first()) {
        (true, Some(first)) => vec![(*first, 1.0)],
        _ => known,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(policy: &CachePolicy, shares: Option<&VariantShares>, percent: f64) -> Vec<String> {
        let set = variants(policy, shares, Percent::try_from(percent).unwrap());
        set.variants.iter().map(ToString::to_string).collect()
    }

    fn with_headers(headers: &[&str]) -> CachePolicy {
        CachePolicy {
            headers: headers.iter().map(|name| (*name).to_owned()).collect(),
            ..CachePolicy::default()
        }
    }

    fn of(pairs: &[(&str, f64)]) -> BTreeMap<String, f64> {
        pairs
            .iter()
            .map(|(name, share)| ((*name).to_owned(), *share))
            .collect()
    }

    #[test]
    fn nothing_known_is_one_variant_of_what_the_cache_keeps() {
        assert_eq!(names(&with_headers(&["Host"]), None, 1.0), ["br"]);
        let mut policy = CachePolicy {
            brotli: false,
            ..CachePolicy::default()
        };
        assert_eq!(names(&policy, None, 1.0), ["gzip"]);
        policy.gzip = false;
        assert_eq!(names(&policy, None, 1.0), ["plain"]);
        let devices = with_headers(&["cloudfront-is-mobile-viewer"]);
        assert_eq!(names(&devices, None, 1.0), ["br", "br.mobile"]);
        assert_eq!(names(&with_headers(&["Accept"]), None, 1.0), ["br.avif"]);
    }

    #[test]
    fn rare_variants_are_left_out_but_never_all() {
        let shares = VariantShares {
            encodings: of(&[("br", 0.95), ("gzip", 0.045), ("plain", 0.005)]),
            devices: of(&[("desktop", 0.4), ("mobile", 0.6)]),
            languages: of(&[("de", 0.7), ("en-GB", 0.3), ("mobile", 0.9)]),
            ..VariantShares::default()
        };
        let policy = with_headers(&["CloudFront-Is-Mobile-Viewer"]);
        assert_eq!(
            names(&policy, Some(&shares), 2.0),
            ["br.mobile", "br", "gzip.mobile"]
        );
        assert_eq!(names(&policy, Some(&shares), 99.0), ["br.mobile"]);
        let policy = with_headers(&["Accept-Language"]);
        assert_eq!(names(&policy, Some(&shares), 10.0), ["br.de", "br.en-GB"]);
    }

    #[test]
    fn visitors_whose_encoding_is_not_kept_count_for_the_next() {
        let shares = VariantShares {
            encodings: of(&[("br", 0.9), ("gzip", 0.05), ("plain", 0.05)]),
            ..VariantShares::default()
        };
        let policy = CachePolicy {
            brotli: false,
            ..CachePolicy::default()
        };
        assert_eq!(names(&policy, Some(&shares), 90.0), ["gzip"]);
    }

    #[test]
    fn there_is_an_end_to_variants_and_what_is_out_of_reach_is_named() {
        let languages = (0..40).map(|n| (format!("x{n}"), 0.025)).collect();
        let shares = VariantShares {
            languages,
            ..VariantShares::default()
        };
        let mut policy = with_headers(&["Accept-Language", "CloudFront-Viewer-Country"]);
        policy.cookies = vec!["language".to_owned()];
        let set = variants(&policy, Some(&shares), Percent::default());
        assert_eq!(set.variants.len(), MAX_VARIANTS);
        assert_eq!(
            set.out_of_reach,
            ["CloudFront-Viewer-Country", "cookie language"]
        );
    }
}
