use std::collections::BTreeMap;

use settings::{Reader, SettingsError, Vars};
use telemetry::Service;

/// Settings of `health-event`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `HEALTH_TABLE`: the DynamoDB table of the site's health.
    pub health_table: String,
    /// Names of what events come from, by the variables that `checks.toml` may name: those that
    /// are set. Without one, no event of that is any check's.
    pub sources: BTreeMap<&'static str, String>,
    /// Who writes logs and metrics.
    pub telemetry: Service,
}

impl Config {
    /// The variables read, as the template must set them.
    pub const VARIABLES: &[&str] = &[
        "HEALTH_TABLE",
        "DATABASE_INSTANCE",
        "STACK_NAME",
        "POWERTOOLS_SERVICE_NAME",
        "POWERTOOLS_METRICS_NAMESPACE",
    ];

    /// Those that name what events come from.
    pub const SOURCES: &[&str] = &["DATABASE_INSTANCE", "STACK_NAME"];

    /// Reads the settings.
    ///
    /// # Errors
    /// All missing variables at once.
    pub fn from_vars(vars: &dyn Vars) -> Result<Self, SettingsError> {
        let mut reader = Reader::new(vars);
        let set = |name: &&'static str| Some((*name, reader.optional(name)?));
        let sources = Self::SOURCES.iter().filter_map(set).collect();
        let config = Self {
            health_table: reader.required("HEALTH_TABLE", "a DynamoDB table name"),
            sources,
            telemetry: Service::read(&reader, "health-event"),
        };
        reader.finish(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use health_checks::SiteChecks;

    #[test]
    fn only_the_table_is_needed() {
        let mut vars = BTreeMap::from([
            ("DATABASE_INSTANCE", "sidetier-database"),
            ("STACK_NAME", ""),
        ]);
        let error = Config::from_vars(&vars).unwrap_err().to_string();
        assert!(error.contains("HEALTH_TABLE") && !error.contains("STACK_NAME"));
        vars.insert("HEALTH_TABLE", "health");
        let sources = Config::from_vars(&vars).unwrap().sources;
        let expected = BTreeMap::from([("DATABASE_INSTANCE", "sidetier-database".to_owned())]);
        assert_eq!(sources, expected);
    }

    #[test]
    fn what_the_checks_name_is_read() {
        let site = SiteChecks::of_site().unwrap();
        let sources = site.checks.iter().flat_map(|check| &check.events);
        for source in sources {
            if let Some((variable, _)) = source.name().variable() {
                assert!(Config::SOURCES.contains(&variable), "{variable}");
            }
        }
        assert!(
            Config::SOURCES
                .iter()
                .all(|name| Config::VARIABLES.contains(name))
        );
    }
}
