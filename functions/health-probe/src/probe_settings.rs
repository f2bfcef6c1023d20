use std::collections::BTreeMap;

use cache::{CacheSettings, Refresh};
use database::DatabaseSettings;
use settings::Reader;

/// What probes ask with. Some of it is secret.
#[derive(Clone)]
pub struct ProbeSettings {
    /// What checks name as `env:NAME`, as far as it is set: a check whose variable is missing
    /// tells nothing, and the others go on.
    pub variables: BTreeMap<String, String>,
    /// How the site signs in to its database; `None` where there is none.
    pub database: Option<DatabaseSettings>,
    /// How the site signs in to its cache.
    pub cache: CacheSettings,
}

impl ProbeSettings {
    /// The variables read besides those that checks name.
    pub const VARIABLES: &'static [&'static str] = &[
        "DATABASE_AUTH",
        "DATABASE_CA_FILE",
        "CACHE_AUTH",
        "CACHE_USER",
        "CACHE_NAME",
        "CACHE_CA_FILE",
        "AWS_REGION",
    ];

    /// Reads the settings, and those of `names` that are set.
    pub fn read(reader: &mut Reader<'_>, names: &[&'static str]) -> Self {
        let value = |name: &&'static str| Some(((*name).to_owned(), reader.optional(name)?));
        let variables: BTreeMap<String, String> = names.iter().filter_map(value).collect();
        let has_database = reader.optional("DATABASE_URL").is_some();
        Self {
            variables,
            // Each probe has a connection of its own.
            database: has_database.then(|| DatabaseSettings::read(reader, 1)),
            cache: CacheSettings::read(reader, Refresh::Inline),
        }
    }
}
