//! When checks are in maintenance.

use health_state::{Maintenance, Schedule, Weekly};
use jiff::Timestamp;
use toml::{Spanned, Value};

use crate::fault::{Faults, shown};
use crate::file::{OnceEntry, WeeklyEntry, WindowEntry};
use crate::site_checks::{parts, read};

/// When some checks are in maintenance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaintenanceWindow {
    /// Its name.
    pub id: String,
    /// Which checks; none for all.
    pub checks: Vec<String>,
    /// What the status page says of it; may be empty.
    pub message: String,
    /// When.
    pub schedule: Schedule,
}

impl MaintenanceWindow {
    /// Whether a check is in maintenance then.
    #[must_use]
    pub fn is_of(&self, check: &str) -> bool {
        self.checks.is_empty() || self.checks.iter().any(|id| id == check)
    }
}

/// When a check is in maintenance.
pub(crate) fn maintenance_of(check: &str, windows: &[MaintenanceWindow]) -> Maintenance {
    let own = windows.iter().filter(|window| window.is_of(check));
    Maintenance {
        schedules: own.map(|window| window.schedule.clone()).collect(),
    }
}

pub(crate) fn windows(
    text: &str,
    entries: Vec<Spanned<Value>>,
    faults: &mut Faults,
) -> Vec<MaintenanceWindow> {
    let mut windows = Vec::new();
    for entry in entries {
        let (line, entry) = parts(text, entry);
        let Some(entry) = read::<WindowEntry>("maintenance", line, entry, faults) else {
            continue;
        };
        let schedule = match (&entry.once, &entry.weekly) {
            (Some(once), None) => once_schedule(once),
            (None, Some(weekly)) => weekly_schedule(weekly),
            _ => Err("one of `once` and `weekly` is needed".to_owned()),
        };
        match schedule {
            Ok(schedule) => windows.push(MaintenanceWindow {
                id: entry.id,
                checks: entry.checks,
                message: entry.message,
                schedule,
            }),
            Err(text) => faults.add(format!("maintenance `{}`", shown(&entry.id)), text),
        }
    }
    windows
}

fn once_schedule(once: &OnceEntry) -> Result<Schedule, String> {
    let moment = |text: &str| {
        let moment = text.parse::<Timestamp>();
        moment.map(Timestamp::as_millisecond).map_err(|_| {
            format!(
                "`{}` is no moment such as `2026-11-29T02:00:00Z`",
                shown(text)
            )
        })
    };
    let (from_ms, to_ms) = (moment(&once.from)?, moment(&once.to)?);
    if from_ms >= to_ms {
        return Err("`to` must be after `from`".to_owned());
    }
    Ok(Schedule::Once { from_ms, to_ms })
}

fn weekly_schedule(weekly: &WeeklyEntry) -> Result<Schedule, String> {
    let ms = weekly.duration.ms();
    if !ms.is_multiple_of(60_000) {
        return Err(format!(
            "`duration` {} is not of whole minutes",
            weekly.duration
        ));
    }
    let minutes = u32::try_from(ms / 60_000).unwrap_or(u32::MAX);
    Weekly::new(weekly.day, &weekly.time, minutes, &weekly.time_zone)
        .map(Schedule::Weekly)
        .map_err(|error| error.to_string())
}
