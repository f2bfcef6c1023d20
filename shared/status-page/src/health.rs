//! The answer to programs, as `draft-inadarei-api-health-check-06` has it.
//! <https://datatracker.ietf.org/doc/html/draft-inadarei-api-health-check-06>

use serde_json::{Map, Value};

use crate::format::{clamp_ms, rfc3339};
use crate::snapshot::{Component, Snapshot};
use crate::standing::Standing;

/// The answer's media type.
pub const HEALTH_TYPE: &str = "application/health+json";

/// How the site is, for programs; the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HealthStatus {
    /// It works.
    Pass,
    /// It works, with concerns: so does what is in maintenance, and what nobody knows.
    Warn,
    /// Some of it does not.
    Fail,
}

impl HealthStatus {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }

    /// The HTTP status to answer with.
    #[must_use]
    pub const fn http_status(self) -> u16 {
        match self {
            Self::Pass | Self::Warn => 200,
            Self::Fail => 503,
        }
    }
}

impl From<Standing> for HealthStatus {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Up => Self::Pass,
            Standing::Down | Standing::Recovering => Self::Fail,
            Standing::Degraded | Standing::InDoubt | Standing::Unknown | Standing::Maintenance => {
                Self::Warn
            }
        }
    }
}

/// How all of the site is: as the worst of its components, and never well when that is stale
/// or nothing is known.
#[must_use]
pub fn health_status(snapshot: &Snapshot, now_ms: i64) -> HealthStatus {
    let floor = if snapshot.is_stale(now_ms) || snapshot.components.is_empty() {
        HealthStatus::Warn
    } else {
        HealthStatus::Pass
    };
    let components = snapshot.components.iter();
    let statuses = components.map(|of| HealthStatus::from(snapshot.standing(of, now_ms)));
    statuses.fold(floor, HealthStatus::max)
}

/// How the site is as JSON, for the public: without the names of hosts and without outputs.
#[must_use]
pub fn health_json(snapshot: &Snapshot, now_ms: i64) -> String {
    let snapshot = snapshot.clean();
    let now_ms = clamp_ms(now_ms);
    let mut notes = vec![format!("made {}", rfc3339(snapshot.made_ms))];
    if snapshot.is_stale(now_ms) {
        notes.push(format!(
            "data are stale since {}",
            rfc3339(snapshot.made_ms)
        ));
    }
    let mut checks = Map::new();
    for component in &snapshot.components {
        let standing = snapshot.standing(component, now_ms);
        for (measurement, check) in measurements(component, standing) {
            // A colon separates the two parts.
            let key = format!("{}:{measurement}", component.id.replace(':', "-"));
            let list = checks
                .entry(key)
                .or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(list) = list {
                list.push(check);
            }
        }
    }
    let status = health_status(&snapshot, now_ms);
    let links = object([("about", snapshot.url.as_str().into())]);
    let health = object([
        ("status", status.name().into()),
        ("description", format!("health of {}", snapshot.site).into()),
        ("notes", notes.into()),
        ("checks", Value::Object(checks)),
        ("links", links),
    ]);
    health.to_string()
}

/// What is known of a component, by what was measured.
fn measurements(component: &Component, standing: Standing) -> Vec<(&'static str, Value)> {
    let check = |value: Value, unit: Option<&str>| {
        let mut check = Map::new();
        let mut put = |key: &str, value: Value| check.insert(key.to_owned(), value);
        put("componentId", component.id.as_str().into());
        put("componentType", "component".into());
        put("observedValue", value);
        if let Some(unit) = unit {
            put("observedUnit", unit.into());
        }
        put("status", HealthStatus::from(standing).name().into());
        if let Some(checked_ms) = component.checked_ms {
            put("time", rfc3339(checked_ms).into());
        }
        Value::Object(check)
    };
    let mut all = vec![("state", check(standing.name().into(), None))];
    if let Some(latency) = component.latency {
        let p95_ms = latency.p95_us as f64 / 1000.0;
        all.push(("responseTime", check(p95_ms.into(), Some("ms"))));
    }
    if let Some(share) = component.uptime.day {
        // Of a binary share, more digits would be noise.
        let percent = (share * 1e6).round() / 1e4;
        all.push(("availability", check(percent.into(), Some("percent"))));
    }
    all
}

fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    let member = |(key, value): (&str, Value)| (key.to_owned(), value);
    Value::Object(members.into_iter().map(member).collect())
}
