//! Settings from environment variables, every fault reported at once.
//!
//! A function's `config.rs` builds its `Config` through one [`Reader`]. The
//! reader collects faults instead of stopping at the first, so that one failed
//! start names everything there is to mend. Tests pass a map in place of the
//! environment; nothing in the workspace sets variables.

mod error;
mod reader;
mod secret;

pub use error::{Fault, SettingsError};
pub use reader::Reader;
pub use secret::Secret;

use std::collections::BTreeMap;

/// Where variables are looked up.
pub trait Vars {
    /// The variable's value, or `None` where it is unset or empty.
    fn get(&self, name: &str) -> Option<String>;
}

/// The process environment.
#[derive(Debug, Clone, Copy, Default)]
pub struct Environment;

impl Vars for Environment {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the environment"
    )]
    fn get(&self, name: &str) -> Option<String> {
        std::env::var(name).ok().filter(|value| !value.is_empty())
    }
}

impl Vars for BTreeMap<&str, &str> {
    fn get(&self, name: &str) -> Option<String> {
        self.get(name)
            .filter(|value| !value.is_empty())
            .map(|value| (*value).to_owned())
    }
}
