use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::usual::is_usual;
use crate::{Floors, JsonExpectation, Levels, Period, Setting, StatusRange};

/// How HTTP is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum HttpMethod {
    /// With its body.
    #[default]
    Get,
    /// Without.
    Head,
}

impl HttpMethod {
    /// Its name in a request.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
        }
    }
}

/// Asks for a page.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct HttpCheck {
    /// Its address.
    pub url: Setting,
    /// How it is asked for.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub method: HttpMethod,
    /// What the request says besides.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub headers: BTreeMap<String, Setting>,
    /// So many redirects are followed.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub redirects: u8,
    /// What is expected of the answer.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub expect: HttpExpectation,
}

/// What is expected of an answer: all that is said.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct HttpExpectation {
    /// Its status is one of these.
    pub status: Vec<StatusRange>,
    /// How long all of it may take.
    #[serde(skip_serializing_if = "is_usual")]
    pub latency: Levels<Period>,
    /// What its headers say.
    #[serde(skip_serializing_if = "is_usual")]
    pub headers: Vec<HeaderExpectation>,
    /// What its body says.
    #[serde(skip_serializing_if = "is_usual")]
    pub body: BodyExpectation,
    /// What its body says, as JSON.
    #[serde(skip_serializing_if = "is_usual")]
    pub json: Vec<JsonExpectation>,
    /// For so many more days its certificate is valid.
    #[serde(skip_serializing_if = "is_usual")]
    pub certificate_days: Floors<u32>,
    /// Whether it came encrypted.
    pub tls: Option<bool>,
}

impl Default for HttpExpectation {
    fn default() -> Self {
        Self {
            status: vec![StatusRange::SUCCESS],
            latency: Levels::default(),
            headers: Vec::new(),
            body: BodyExpectation::default(),
            json: Vec::new(),
            certificate_days: Floors::default(),
            tls: None,
        }
    }
}

/// What is expected of a header: all that is said.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct HeaderExpectation {
    /// Its name, in whatever case.
    pub name: String,
    /// Whether it is there at all; what is compared must be.
    pub present: Option<bool>,
    /// A value is this.
    pub equals: Option<String>,
    /// A value has this in it.
    pub contains: Option<String>,
    /// No value has this in it.
    pub not_contains: Option<String>,
}

/// What is expected of a body: all that is said.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct BodyExpectation {
    /// It is this.
    pub equals: Option<String>,
    /// It has all of these in it.
    #[serde(skip_serializing_if = "is_usual")]
    pub contains: Vec<String>,
    /// It has none of these in it.
    #[serde(skip_serializing_if = "is_usual")]
    pub not_contains: Vec<String>,
}

impl BodyExpectation {
    pub(crate) const fn is_set(&self) -> bool {
        self.equals.is_some() || !self.contains.is_empty() || !self.not_contains.is_empty()
    }
}
