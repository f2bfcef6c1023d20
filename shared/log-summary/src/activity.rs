use std::collections::BTreeMap;
use std::ops::Range;

use log_formats::{FirewallAction, Record, Severity, Source};
use serde::{Deserialize, Serialize};

use crate::{Frequent, HOUR_MS};

/// Labels of one hour at most: rules of a firewall and programs are few.
const LABELS: usize = 200;
/// The longest label, in bytes.
const MAX_LABEL_BYTES: usize = 80;

/// Which hour of which source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ActivityKey {
    /// Which tier wrote it.
    pub source: Source,
    /// Hours since 1970.
    pub hour: i64,
}

/// How often something happened that is no web request: rules that blocked, programs that
/// failed, packets that were turned away.
#[derive(Debug, Clone, Default)]
pub struct Activity {
    /// Counts by label, such as `block SqlInjection` and `error forms-intake`.
    pub hours: BTreeMap<ActivityKey, Frequent<String, ()>>,
}

impl Activity {
    /// Counts a record, if it says that something happened.
    pub fn observe(&mut self, source: Source, record: &Record<'_>) {
        let (time_ms, label) = match record {
            Record::Request(_) => return,
            Record::Firewall(event) if event.action == FirewallAction::Allow => return,
            Record::Firewall(event) => (event.time_ms, label(event.action.name(), event.rule)),
            Record::Message(message) if message.severity < Severity::Warning => return,
            Record::Message(message) => {
                let severity = message.severity.name();
                (message.time_ms, label(severity, message.program))
            }
            Record::Connection(connection) if connection.handshake_us.is_some() => return,
            Record::Connection(connection) => (
                connection.time_ms,
                label("failed handshake", connection.verification),
            ),
            Record::Flow(flow) if flow.accepted => return,
            Record::Flow(flow) => {
                let port = flow.destination_port.to_string();
                (flow.time_ms, label("rejected port", port.as_bytes()))
            }
        };
        self.count(source, time_ms, label);
    }

    fn count(&mut self, source: Source, time_ms: i64, label: String) {
        let hour = time_ms.div_euclid(HOUR_MS);
        let counts = self
            .hours
            .entry(ActivityKey { source, hour })
            .or_insert_with(|| Frequent::new(LABELS));
        counts.count(label.as_str(), |label| (label.to_owned(), ()));
    }

    /// What happened in some hours, by source.
    #[must_use]
    pub fn within(&self, hours: &Range<i64>) -> BTreeMap<Source, Frequent<String, ()>> {
        let mut sources = BTreeMap::new();
        let within = self
            .hours
            .iter()
            .filter(|(key, _)| hours.contains(&key.hour));
        for (key, counts) in within {
            sources
                .entry(key.source)
                .or_insert_with(|| Frequent::new(LABELS))
                .merge(counts);
        }
        sources
    }

    /// Adds another's counts.
    pub fn merge(&mut self, other: &Self) {
        for (key, theirs) in &other.hours {
            self.hours
                .entry(*key)
                .or_insert_with(|| Frequent::new(LABELS))
                .merge(theirs);
        }
    }
}

fn label(what: &str, of: &[u8]) -> String {
    let of = String::from_utf8_lossy(&of[..of.len().min(MAX_LABEL_BYTES)]);
    format!("{what} {of}").trim_end().to_owned()
}
