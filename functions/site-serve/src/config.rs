use settings::{SettingsError, Vars};

/// Settings of `site-serve`: those of the site.
#[derive(Debug, Clone)]
pub struct Config(pub site::Config);

impl Config {
    /// The variables read, as the template must set them.
    pub const VARIABLES: &[&str] = site::Config::VARIABLES;

    /// Reads the settings.
    ///
    /// # Errors
    /// All faults at once.
    pub fn from_vars(vars: &dyn Vars) -> Result<Self, SettingsError> {
        site::Config::for_function(vars).map(Self)
    }
}
