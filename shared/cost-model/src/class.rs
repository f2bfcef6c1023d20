//! The deployments and the traffic that are priced.

use serde::{Deserialize, Serialize};

/// A deployment that is priced: a class with the choices that go with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// `EnvironmentClass=dev` and nothing else.
    Dev,
    /// The same with `DatabaseMode=instance CacheMode=nodes FunctionEgress=none`.
    DevData,
    /// `samconfig.toml`'s `small`.
    Small,
    /// `samconfig.toml`'s `production`.
    Production,
}

impl Class {
    /// All of them, the cheapest first.
    pub const ALL: [Self; 4] = [Self::Dev, Self::DevData, Self::Small, Self::Production];

    /// Its name in `quantities.json`, and of its render: `{name}.json`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::DevData => "dev-data",
            Self::Small => "small",
            Self::Production => "production",
        }
    }

    /// Its heading in tables.
    pub(crate) const fn heading(self) -> &'static str {
        match self {
            Self::Dev => "`dev`",
            Self::DevData => "`dev` + database + cache",
            Self::Small => "`small`, instances",
            Self::Production => "`production`, instances",
        }
    }
}

/// Traffic of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Load {
    /// Nobody asks.
    Idle,
    /// One million requests of viewers.
    Million,
    /// A hundred million.
    HundredMillion,
}

impl Load {
    /// All of them, the least first.
    pub const ALL: [Self; 3] = [Self::Idle, Self::Million, Self::HundredMillion];

    /// Requests of viewers a month, in millions.
    #[must_use]
    pub const fn millions(self) -> f64 {
        match self {
            Self::Idle => 0.0,
            Self::Million => 1.0,
            Self::HundredMillion => 100.0,
        }
    }

    /// Its heading in tables.
    pub(crate) const fn heading(self) -> &'static str {
        match self {
            Self::Idle => "nobody asks",
            Self::Million => "1 million requests",
            Self::HundredMillion => "100 million requests",
        }
    }
}
