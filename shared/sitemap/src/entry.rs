use serde::{Deserialize, Serialize};

/// What a sitemap lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// A page.
    Page(Page),
    /// Another sitemap.
    Sitemap(Child),
}

/// A page of a sitemap. <https://www.sitemaps.org/protocol.html#xmlTagDefinitions>
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Page {
    /// Its absolute URL as the sitemap has it, without a fragment.
    pub location: String,
    /// When it changed last, in milliseconds since 1970.
    pub last_modified_ms: Option<i64>,
    /// How much it matters among the site's pages, in thousandths of 1. What the sitemap
    /// does not say is to be taken as 500.
    pub priority: Option<u16>,
    /// How often it changes, as its author believes.
    pub change_frequency: Option<ChangeFrequency>,
    /// The same page in other languages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternates: Vec<Alternate>,
}

/// A sitemap that an index or `robots.txt` names.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Child {
    /// Its absolute URL as given, without a fragment.
    pub location: String,
    /// When it changed last, in milliseconds since 1970.
    pub last_modified_ms: Option<i64>,
}

/// A page in another language.
/// <https://developers.google.com/search/docs/specialty/international/localized-versions#sitemap>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alternate {
    /// The language, such as `de-AT` or `x-default`.
    pub language: String,
    /// Its absolute URL, without a fragment.
    pub location: String,
}

/// How often a page changes, as its author believes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeFrequency {
    /// With each read.
    Always,
    /// Each hour.
    Hourly,
    /// Each day.
    Daily,
    /// Each week.
    Weekly,
    /// Each month.
    Monthly,
    /// Each year.
    Yearly,
    /// Archived.
    Never,
}

impl ChangeFrequency {
    /// By its name in sitemaps.
    pub(crate) fn named(name: &str) -> Option<Self> {
        const NAMES: [(&str, ChangeFrequency); 7] = [
            ("always", ChangeFrequency::Always),
            ("hourly", ChangeFrequency::Hourly),
            ("daily", ChangeFrequency::Daily),
            ("weekly", ChangeFrequency::Weekly),
            ("monthly", ChangeFrequency::Monthly),
            ("yearly", ChangeFrequency::Yearly),
            ("never", ChangeFrequency::Never),
        ];
        let found = |(known, _): &&(&str, Self)| known.eq_ignore_ascii_case(name);
        NAMES.iter().find(found).map(|(_, frequency)| *frequency)
    }
}

/// `0.0` to `1.0` in thousandths; further digits are dropped.
pub(crate) fn priority(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) || whole.len() + fraction.len() == 0 {
        return None;
    }
    let whole: u16 = match whole.trim_start_matches('0') {
        "" => 0,
        "1" => 1000,
        _ => return None,
    };
    let digits = fraction.bytes().chain(*b"000").take(3);
    let thousandths = digits.fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'));
    let is_above_one = whole == 1000 && fraction.bytes().any(|digit| digit != b'0');
    (!is_above_one).then_some(whole + thousandths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn priorities_are_thousandths_between_0_and_1() {
        for (text, thousandths) in [
            ("0.5", 500),
            ("1", 1000),
            ("1.0000", 1000),
            ("0", 0),
            (".8", 800),
            ("0.12345", 123),
            ("00.9", 900),
        ] {
            assert_eq!(priority(text), Some(thousandths), "{text}");
        }
        for text in [
            "", ".", "-0.5", "1.0001", "2", "0,5", "high", "1e-1", "+1", "NaN",
        ] {
            assert_eq!(priority(text), None, "{text}");
        }
    }

    #[test]
    fn frequencies_have_names() {
        assert_eq!(
            ChangeFrequency::named("Weekly"),
            Some(ChangeFrequency::Weekly)
        );
        assert_eq!(ChangeFrequency::named("sometimes"), None);
    }
}
