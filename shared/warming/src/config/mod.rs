//! The file `warming.toml`.

mod brakes;
mod budgets;
mod fault;
mod file;
mod lint;
mod lint_query;
mod path_pattern;
mod query;
mod site_warming;
mod target;
mod template;

pub use brakes::{Brakes, CheckNow};
pub use budgets::{Budgets, DayBudget, FreshnessRules, RunBudget, Verify};
pub use fault::WarmingError;
pub use path_pattern::PathPattern;
pub use query::{Query, QueryCall};
pub use site_warming::SiteWarming;
pub use target::{BaseError, CacheBehaviour, Source, SourceKind, Target};
pub use template::{Template, TemplateError};
