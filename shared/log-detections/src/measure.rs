use std::collections::BTreeMap;

use log_summary::{ClientStats, Frequent, Network, OperatorSums, Window};
use serde::Deserialize;

/// What is counted for a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Requests.
    Requests,
    /// Bytes sent to it.
    Bytes,
    /// Answers of 404.
    NotFound,
    /// Logins that were refused.
    FailedLogins,
    /// Requests that climb out of a folder.
    Traversals,
    /// Requests for what only scanners look for.
    Scans,
    /// Requests that the firewall or a limit refused.
    Refused,
}

impl Measure {
    /// The ranking that has who stands highest in it.
    pub(crate) const fn ranked_in(self, window: &Window) -> &Frequent<Network, ClientStats> {
        match self {
            Self::Requests | Self::Bytes => &window.clients,
            _ => &window.suspects,
        }
    }

    /// The same of operators.
    pub(crate) const fn added_up_in(self, sums: &OperatorSums) -> &BTreeMap<u32, ClientStats> {
        match self {
            Self::Requests | Self::Bytes => &sums.clients,
            _ => &sums.suspects,
        }
    }

    pub(crate) const fn of(self, client: &ClientStats) -> u64 {
        match self {
            Self::Requests => client.requests,
            Self::Bytes => client.bytes_sent,
            Self::NotFound => client.not_found,
            Self::FailedLogins => client.failed_logins,
            Self::Traversals => client.traversals,
            Self::Scans => client.scans,
            Self::Refused => client.refused,
        }
    }

    /// What the count is a count of.
    pub(crate) const fn noun(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Bytes => "bytes sent",
            Self::NotFound => "answers of 404",
            Self::FailedLogins => "failed logins",
            Self::Traversals => "path traversals",
            Self::Scans => "requests of scanners",
            Self::Refused => "refused requests",
        }
    }
}
