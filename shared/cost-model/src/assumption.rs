//! What the template does not say.

use serde::Deserialize;

use crate::CostError;

/// The file with the assumptions.
const FILE: &str = include_str!("../assumptions.toml");

/// One assumption.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assumption {
    /// Its name, such as `viewer-gb`.
    pub id: String,
    /// The number.
    pub value: f64,
    /// What the number is, with its unit.
    pub what: String,
}

/// All assumptions.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assumptions {
    #[serde(rename = "assumption")]
    all: Vec<Assumption>,
}

impl Assumptions {
    /// The assumptions of this repository.
    ///
    /// # Errors
    /// When `assumptions.toml` is malformed.
    pub fn current() -> Result<Self, CostError> {
        toml::from_str(FILE).map_err(|error| CostError::File {
            file: "assumptions.toml",
            reason: error.to_string(),
        })
    }

    /// Every assumption, in the order of the file.
    #[must_use]
    pub fn all(&self) -> &[Assumption] {
        &self.all
    }

    /// The number of this name.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn value(&self, id: &'static str) -> Result<f64, CostError> {
        let found = self.all.iter().find(|assumption| assumption.id == id);
        found
            .map(|assumption| assumption.value)
            .ok_or(CostError::Assumption(id))
    }
}
