use health_state::{Bar, State};
use serde::{Deserialize, Serialize};

/// From what age on a snapshot is stale, unless it says otherwise.
pub const STALE_MS: i64 = 180_000;

/// All that visitors see, at one moment. Times are milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Snapshot {
    /// The site's name.
    pub site: String,
    /// Where the status page is, as `https://www.example.com/status`.
    pub url: String,
    /// When it was made.
    pub made_ms: i64,
    /// From what age on it is stale.
    #[serde(default = "stale_ms")]
    pub stale_ms: i64,
    /// What the public knows the site to be made of, in the order to show it in.
    pub components: Vec<Component>,
    /// What goes wrong, and what did of late.
    #[serde(default)]
    pub incidents: Vec<Incident>,
    /// What is announced: now, and next.
    #[serde(default)]
    pub maintenance: Vec<Window>,
}

const fn stale_ms() -> i64 {
    STALE_MS
}

/// A part of the site that the public knows.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Component {
    /// Its name in addresses.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is shown with; nothing when it is shown alone.
    #[serde(default)]
    pub group: String,
    /// How it is.
    pub state: State,
    /// Since when.
    pub since_ms: i64,
    /// When that was last looked at, if ever.
    #[serde(default)]
    pub checked_ms: Option<i64>,
    /// How much of the time it worked.
    #[serde(default)]
    pub uptime: Uptime,
    /// Its last days, today last.
    #[serde(default)]
    pub bars: Vec<Bar>,
    /// How fast it answers, where that is known.
    #[serde(default)]
    pub latency: Option<Latency>,
}

/// Shares of the time that is known, from 0 to 1; `None` when nothing is.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Uptime {
    /// Of the last 24 hours.
    #[serde(rename = "24h")]
    pub day: Option<f64>,
    /// Of the last 7 days.
    #[serde(rename = "7d")]
    pub week: Option<f64>,
    /// Of the last 30 days.
    #[serde(rename = "30d")]
    pub month: Option<f64>,
    /// Of the last 90 days.
    #[serde(rename = "90d")]
    pub quarter: Option<f64>,
}

/// Within how many microseconds how many of the answers came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Latency {
    /// Half of them.
    pub p50_us: u64,
    /// 95 %.
    pub p95_us: u64,
    /// 99 %.
    pub p99_us: u64,
}

/// Something that went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Incident {
    /// Names it, for ever.
    pub id: String,
    /// The ids of the components that it concerns.
    pub components: Vec<String>,
    /// The id of the component that it comes from, where that is known.
    #[serde(default)]
    pub root: Option<String>,
    /// When it began.
    pub started_ms: i64,
    /// When it ended, if it did.
    #[serde(default)]
    pub ended_ms: Option<i64>,
    /// What it is, in a few words.
    pub title: String,
    /// What became known, in order.
    #[serde(default)]
    pub notes: Vec<Note>,
}

/// A word to the visitors.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Note {
    /// When it was said.
    pub at_ms: i64,
    /// What was.
    pub text: String,
}

/// Maintenance that is announced.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Window {
    /// The ids of the components that it concerns.
    pub components: Vec<String>,
    /// When it begins.
    pub from_ms: i64,
    /// When it ends.
    pub to_ms: i64,
    /// What is done, in a sentence.
    #[serde(default)]
    pub text: String,
}

impl Snapshot {
    /// Whether it is too old to tell how things are.
    #[must_use]
    pub const fn is_stale(&self, now_ms: i64) -> bool {
        now_ms.saturating_sub(self.made_ms) > self.stale_ms
    }

    /// The component of an id.
    #[must_use]
    pub fn component(&self, id: &str) -> Option<&Component> {
        self.components.iter().find(|component| component.id == id)
    }

    /// The names of the components of some ids.
    pub(crate) fn names(&self, ids: &[String]) -> String {
        let name = |id: &String| Some(self.component(id)?.name.as_str());
        ids.iter().filter_map(name).collect::<Vec<_>>().join(", ")
    }
}

impl Incident {
    /// When anything was last said about it.
    pub(crate) fn updated_ms(&self) -> i64 {
        let notes = self.notes.iter().map(|note| note.at_ms);
        let all = notes.chain(self.ended_ms).chain([self.started_ms]);
        all.max().unwrap_or(self.started_ms)
    }
}

impl Window {
    pub(crate) const fn is_at(&self, at_ms: i64) -> bool {
        self.from_ms <= at_ms && at_ms < self.to_ms
    }
}

/// The snapshot as JSON, which a [`Snapshot`] is read from again.
///
/// # Errors
///
/// When it cannot be written, which is not known to happen.
pub fn status_json(snapshot: &Snapshot) -> serde_json::Result<String> {
    serde_json::to_string(&snapshot.clean())
}
