//! The pages a site says it has: sitemaps, their indexes, and `robots.txt`.
//! <https://www.sitemaps.org/protocol.html>
//!
//! [`read_sitemap`] reads a stream of any size with a fixed amount of memory and hands over an
//! [`Entry`] at a time. What the stream is, its content says: XML or one URL a line, with
//! gzip around it or without. [`read_robots`] finds the sitemaps that `robots.txt` names.
//!
//! An entry that cannot be used is counted with its reason, never fatal; where reading ends
//! early, the [`SitemapError`] carries what was read. Either way [`Totals`] accounts for each
//! entry, and its [`Cursor`] is where a later run goes on.
//!
//! What never happens: a document type is obeyed, an entity is looked up, a location of a
//! host that is not in [`Hosts`] is handed over.

mod date;
mod delivery;
mod entry;
mod error;
mod item;
mod lines;
mod location;
mod options;
mod read;
mod source;
mod tag;
mod totals;
mod xml;

pub use entry::{Alternate, ChangeFrequency, Child, Entry, Page};
pub use error::{Fault, Limit, SitemapError};
pub use location::{HostError, Hosts};
pub use options::{Cursor, Limits, ReadOptions};
pub use read::{read_robots, read_sitemap};
pub use totals::{BadEntry, BadReason, Format, Totals};
