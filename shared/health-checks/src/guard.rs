use serde::Deserialize;
use thiserror::Error;

use crate::Setting;
use crate::address::{is_domain, split_address};

/// Why a text proves no connectivity.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` proves no connectivity: `dns:a.example` and `tcp:a.example:443` are allowed")]
pub struct GuardProbeError(String);

/// Something outside that is nearly always there.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum GuardProbe {
    /// A name that is known to DNS.
    Dns(String),
    /// A host that takes connections at a port.
    Tcp {
        /// The host, an IPv6 address in brackets.
        host: String,
        /// The port.
        port: u16,
    },
}

impl TryFrom<String> for GuardProbe {
    type Error = GuardProbeError;

    fn try_from(text: String) -> Result<Self, GuardProbeError> {
        let probe = match text.split_once(':') {
            Some(("dns", name)) if is_domain(name) => Some(Self::Dns(name.to_owned())),
            Some(("tcp", address)) => {
                let parts = split_address(address);
                parts.map(|(host, port)| Self::Tcp {
                    host: host.to_owned(),
                    port,
                })
            }
            _ => None,
        };
        probe.ok_or_else(|| GuardProbeError(text.chars().take(60).collect()))
    }
}

/// What proves that the prober itself is connected. When all of it fails, nothing is known of
/// the checks.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guard {
    /// One that answers is enough.
    pub any_of: Vec<GuardProbe>,
    /// The variable without which nothing is guarded; see
    /// [`of_deployment`](crate::SiteChecks::of_deployment).
    pub when: Option<Setting>,
}
