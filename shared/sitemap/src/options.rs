use serde::{Deserialize, Serialize};

use crate::Hosts;

/// How a sitemap is read.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// The hosts whose locations are handed over. None by default.
    pub hosts: Hosts,
    /// Bounds of what is read.
    pub limits: Limits,
    /// Where an earlier run ended.
    pub from: Cursor,
}

/// A place between two entries of a sitemap: how many stand before it, the bad ones among
/// them. It holds as long as the sitemap does not change; of one that has become shorter,
/// nothing is handed over, and [`Totals`](crate::Totals) has fewer entries than the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub u64);

/// Bounds of what is read. The first three are the protocol's.
/// <https://www.sitemaps.org/protocol.html#index>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The most entries of one sitemap.
    pub max_entries: u64,
    /// The most bytes of one sitemap after decompression: a bomb ends here.
    pub max_bytes: u64,
    /// The longest location, in characters. Longer ones are bad entries.
    pub max_location_chars: usize,
    /// The most bytes of `robots.txt`, of which a reader must take 500 KiB.
    /// <https://www.rfc-editor.org/rfc/rfc9309#section-2.5>
    pub max_robots_bytes: u64,
    /// The most bytes of one tag, text, comment or CDATA section.
    pub max_token_bytes: usize,
    /// The most elements within each other.
    pub max_depth: usize,
    /// The most attributes of one element.
    pub max_attributes: usize,
    /// The most other languages of one page.
    pub max_alternates: usize,
    /// How many bad entries are kept to be shown.
    pub max_samples: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_entries: 50_000,
            max_bytes: 50 << 20,
            max_location_chars: 2_048,
            max_robots_bytes: 500 << 10,
            max_token_bytes: 256 << 10,
            max_depth: 16,
            max_attributes: 64,
            max_alternates: 500,
            max_samples: 5,
        }
    }
}
