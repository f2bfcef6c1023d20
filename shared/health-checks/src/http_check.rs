use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{Floors, JsonExpectation, Levels, Period, Setting, StatusRange};

/// How HTTP is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpCheck {
    /// Its address.
    pub url: Setting,
    /// How it is asked for.
    #[serde(default)]
    pub method: HttpMethod,
    /// What the request says besides.
    #[serde(default)]
    pub headers: BTreeMap<String, Setting>,
    /// So many redirects are followed.
    #[serde(default)]
    pub redirects: u8,
    /// What is expected of the answer.
    #[serde(default)]
    pub expect: HttpExpectation,
}

/// What is expected of an answer: all that is said.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HttpExpectation {
    /// Its status is one of these.
    pub status: Vec<StatusRange>,
    /// How long all of it may take.
    pub latency: Levels<Period>,
    /// What its headers say.
    pub headers: Vec<HeaderExpectation>,
    /// What its body says.
    pub body: BodyExpectation,
    /// What its body says, as JSON.
    pub json: Vec<JsonExpectation>,
    /// For so many more days its certificate is valid.
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
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BodyExpectation {
    /// It is this.
    pub equals: Option<String>,
    /// It has all of these in it.
    pub contains: Vec<String>,
    /// It has none of these in it.
    pub not_contains: Vec<String>,
}

impl BodyExpectation {
    pub(crate) const fn is_set(&self) -> bool {
        self.equals.is_some() || !self.contains.is_empty() || !self.not_contains.is_empty()
    }
}
