//! What visitors see of the site's health: a page, a feed, badges and JSON, all of them made
//! of one [`Snapshot`].
//!
//! The page needs no scripts and nothing but itself, so that a copy of it can be served while
//! everything else is down. A copy cannot know how old it is: it says when it was made, from
//! when on not to trust it, and counts what is "ago" from then.
//!
//! All text is taken as it comes: control characters are replaced, the rest is escaped, and
//! what is too long is cut. Of incidents only components that are in the snapshot are named;
//! host names, outputs and evidence are in none of it.

mod atom;
mod badge;
mod bars;
mod clean;
mod components;
mod format;
mod health;
mod incidents;
mod page;
mod snapshot;
mod standing;
mod style;

pub use atom::{ATOM_TYPE, atom_feed};
pub use badge::{BADGE_TYPE, BadgeKind, UnknownBadge, badge};
pub use health::{HEALTH_TYPE, HealthStatus, health_json, health_status};
pub use page::{CONTENT_POLICY, PAGE_TYPE, REFRESH_S, SIZE_LIMIT, status_html};
pub use snapshot::{
    Component, Incident, Latency, Note, STALE_MS, Snapshot, Uptime, Window, status_json,
};
pub use standing::Standing;
