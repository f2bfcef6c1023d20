//! The responsive set of an upload. Pure: names, plans and texts, no I/O.
//!
//! - [`plan_set`]: which derivatives a photo gets, from the site's presets;
//! - [`layout`]: where everything is stored in the media bucket;
//! - [`Manifest`]: what was made, with ready-made markup for a page.

pub mod layout;
mod manifest;
mod markup;
mod set_plan;

pub use manifest::{Derivative, Manifest, Markup, Rejection, Source};
pub use set_plan::{PlannedDerivative, plan_set};
