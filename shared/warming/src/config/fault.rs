use health_checks::Fault;
use thiserror::Error;

/// Characters of a name that are shown.
const SHOWN: usize = 60;

/// Why a configuration cannot be used.
#[derive(Debug, Error)]
pub enum WarmingError {
    /// It is not TOML.
    #[error("read warming.toml: {0}")]
    Syntax(#[from] toml::de::Error),
    /// All that is wrong.
    #[error("warming.toml cannot be used: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Faults(Vec<Fault>),
}

/// A name as it is shown, whatever it is.
pub(crate) fn shown(name: &str) -> String {
    let visible = |char: char| if char.is_control() { '\u{fffd}' } else { char };
    name.chars().take(SHOWN).map(visible).collect()
}
