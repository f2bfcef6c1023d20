use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Cursor;

/// The most characters of a bad entry that are kept.
const SAMPLE_CHARS: usize = 120;

/// What a stream turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// `<urlset>`.
    UrlSet,
    /// `<sitemapindex>`.
    Index,
    /// One URL a line.
    Text,
    /// `robots.txt`.
    Robots,
}

/// Why an entry cannot be used.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, thiserror::Error,
)]
#[serde(rename_all = "kebab-case")]
pub enum BadReason {
    /// It has no location.
    #[error("it has no location")]
    Missing,
    /// It has more than one location.
    #[error("it has more than one location")]
    Several,
    /// Its location is longer than allowed.
    #[error("its location is too long")]
    TooLong,
    /// Its location is not UTF-8.
    #[error("its location is not UTF-8")]
    Encoding,
    /// Its location has an `&` that begins no entity XML knows.
    #[error("its location has an & that must be written &amp;")]
    Entity,
    /// Its location has control characters.
    #[error("its location has control characters")]
    Control,
    /// Its location is not absolute.
    #[error("its location is not absolute")]
    Relative,
    /// Its location is neither http nor https.
    #[error("its location is neither http nor https")]
    Scheme,
    /// Its location is not a URL, or one that is read in more than one way.
    #[error("its location is not a proper URL")]
    Invalid,
    /// Its location is on a host that is not to be read.
    #[error("its location is on another host")]
    OtherHost,
}

impl BadReason {
    /// The name in metrics and counts.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Several => "several",
            Self::TooLong => "too-long",
            Self::Encoding => "encoding",
            Self::Entity => "entity",
            Self::Control => "control",
            Self::Relative => "relative",
            Self::Scheme => "scheme",
            Self::Invalid => "invalid",
            Self::OtherHost => "other-host",
        }
    }
}

/// An entry that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadEntry {
    /// How many entries stand before it.
    pub position: u64,
    /// What is wrong.
    pub reason: BadReason,
    /// The beginning of its location.
    pub text: String,
}

/// What was read. Each entry is counted once: `entries` is the sum of `skipped`, `pages`,
/// `sitemaps` and all of `bad`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Totals {
    /// What the stream is, once its content told.
    pub format: Option<Format>,
    /// Entries up to where reading ended.
    pub entries: u64,
    /// Entries before the cursor that reading began with.
    pub skipped: u64,
    /// Pages that were handed over.
    pub pages: u64,
    /// Sitemaps that were handed over.
    pub sitemaps: u64,
    /// Entries that cannot be used, by reason.
    pub bad: BTreeMap<BadReason, u64>,
    /// The first of them.
    pub samples: Vec<BadEntry>,
    /// Dates, priorities and frequencies that are none; their entries were handed over
    /// without them.
    pub bad_fields: u64,
    /// Other languages that cannot be used; their pages were handed over without them.
    pub bad_alternates: u64,
    /// Elements next to entries that are none.
    pub foreign: u64,
    /// Bytes after decompression.
    pub bytes: u64,
    /// Whether the receiver had enough before the stream ended.
    pub is_stopped: bool,
}

impl Totals {
    /// Where a later run goes on.
    #[must_use]
    pub const fn cursor(&self) -> Cursor {
        Cursor(self.entries)
    }

    /// Entries that cannot be used.
    #[must_use]
    pub fn bad_entries(&self) -> u64 {
        self.bad.values().sum()
    }

    pub(crate) fn add_bad(&mut self, reason: BadReason, text: &str, max_samples: usize) {
        if self.samples.len() < max_samples {
            let visible = |char: char| if char.is_control() { '\u{fffd}' } else { char };
            self.samples.push(BadEntry {
                position: self.entries,
                reason,
                text: text
                    .trim()
                    .chars()
                    .take(SAMPLE_CHARS)
                    .map(visible)
                    .collect(),
            });
        }
        *self.bad.entry(reason).or_default() += 1;
        self.entries += 1;
    }
}
