//! States of checks and their days, written together.

use std::collections::BTreeMap;

use health_state::{
    CheckRules, CheckState, CloudEvent, DAY_S, Observation, Outcome, Step, Transition,
};
use lambda_kit::BoxFuture;
use store::StoreError;

use crate::day_row::{DayRow, sort_key};
use crate::history::KEPT_S;
use crate::item::{Item, json, key, number, parse, row, string, version};
use crate::plan::{MAX_DAYS, Plan, plan};
use crate::store::{Condition, WRITE_TRIES, Written, conflict, pause};
use crate::{HealthStore, bounded};

const STATE: &str = "state";

/// A check after something was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its state, as it is stored.
    pub state: CheckState,
    /// How it changed, by this call: nothing where it was known already.
    pub transitions: Vec<Transition>,
}

/// What is stored of a check, as far as this process wrote it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    state: CheckState,
    days: BTreeMap<i64, DayRow>,
}

/// What is to be recorded of a check.
struct Record<'a> {
    check: &'a str,
    rules: &'a CheckRules,
    at_ms: i64,
    latency_us: Option<u32>,
    /// Whether the state must be read, though this process has written it last.
    is_read: bool,
    act: &'a (dyn Fn(&mut CheckState) -> Step + Sync),
}

impl HealthStore {
    /// The states of checks; one that was never seen has the default state. May be a second
    /// old.
    ///
    /// # Errors
    /// A failed call.
    pub fn states<'a>(
        &'a self,
        ids: &'a [String],
    ) -> BoxFuture<'a, Result<BTreeMap<String, CheckState>, StoreError>> {
        Box::pin(async move {
            let keys = ids.iter().map(|id| key(&partition(id), STATE));
            let items = self.get_all(keys.collect(), false).await?;
            let mut states: BTreeMap<String, CheckState> = ids
                .iter()
                .map(|id| (id.clone(), CheckState::default()))
                .collect();
            for item in &items {
                let pk = string(item, "pk").and_then(|pk| pk.strip_prefix("check#"));
                if let Some(state) = pk.and_then(|id| states.get_mut(id)) {
                    *state = read_state(item);
                }
            }
            Ok(states)
        })
    }

    /// Takes in a result: state and days are written at once, and again when somebody else was
    /// faster. A result that came already changes nothing.
    ///
    /// # Errors
    /// A failed call; [`StoreError::Conflict`] when others were faster time and again.
    pub fn observe<'a>(
        &'a self,
        check: &'a str,
        observation: &'a Observation,
        rules: &'a CheckRules,
    ) -> BoxFuture<'a, Result<Recorded, StoreError>> {
        Box::pin(async move {
            let observation = &bounded::observation(observation);
            // How fast something failed, or was given up, says nothing of how fast it is.
            let is_success = matches!(observation.outcome, Outcome::Pass | Outcome::Warn);
            let record = Record {
                check,
                rules,
                at_ms: observation.at_ms,
                latency_us: observation.latency_us.filter(|_| is_success),
                is_read: false,
                act: &|state| state.observe(observation, rules),
            };
            self.record(&record).await
        })
    }

    /// Takes in what the cloud says of a check. An event that came already changes nothing.
    ///
    /// # Errors
    /// As [`observe`](Self::observe).
    pub fn force<'a>(
        &'a self,
        check: &'a str,
        event: &'a CloudEvent,
        rules: &'a CheckRules,
    ) -> BoxFuture<'a, Result<Recorded, StoreError>> {
        Box::pin(async move {
            let event = &bounded::event(event);
            let record = Record {
                check,
                rules,
                at_ms: event.at_ms,
                latency_us: None,
                is_read: true,
                act: &|state| state.force(event, rules),
            };
            self.record(&record).await
        })
    }

    /// Lets time pass for a check of which there is no result. It is read, and written only
    /// when that changes how the check is: the seconds are counted with the next result.
    ///
    /// # Errors
    /// As [`observe`](Self::observe).
    pub fn advance<'a>(
        &'a self,
        check: &'a str,
        now_ms: i64,
        rules: &'a CheckRules,
    ) -> BoxFuture<'a, Result<Recorded, StoreError>> {
        Box::pin(async move {
            let record = Record {
                check,
                rules,
                at_ms: now_ms,
                latency_us: None,
                is_read: true,
                act: &|state| advance(state, now_ms, rules),
            };
            self.record(&record).await
        })
    }

    async fn record(&self, record: &Record<'_>) -> Result<Recorded, StoreError> {
        let mut transitions = Vec::new();
        let (mut is_read, mut refusals) = (record.is_read, 0);
        while refusals < WRITE_TRIES {
            let known = self.known(record.check, is_read).await?;
            let before = known.state.version;
            let Plan {
                state,
                step,
                is_whole,
            } = plan(&known.state, record.rules, record.act);
            let is_changed = state.version != before;
            let new = if is_changed {
                let latency_us = record.latency_us.filter(|_| is_whole);
                let new = Known {
                    state,
                    days: known.days,
                };
                self.write_check(record, new, &step, before, latency_us)
                    .await?
            } else {
                Some(known)
            };
            let Some(new) = new else {
                is_read = true;
                refusals += 1;
                pause(refusals).await;
                continue;
            };
            let state = new.state.clone();
            self.kept().insert(record.check.to_owned(), new);
            transitions.extend(step.transitions);
            if is_whole {
                return Ok(Recorded { state, transitions });
            }
            is_read = false;
        }
        Err(conflict(record.check))
    }

    /// What is stored, or what this process wrote last. It is taken out: whoever fails to
    /// write does not know what is stored.
    async fn known(&self, check: &str, is_read: bool) -> Result<Known, StoreError> {
        let kept = self.kept().remove(check);
        if let (Some(known), false) = (kept, is_read) {
            return Ok(known);
        }
        let item = self.get(&partition(check), STATE, true).await?;
        Ok(Known {
            state: item.as_ref().map(read_state).unwrap_or_default(),
            days: BTreeMap::new(),
        })
    }

    /// Writes a state and the days of its step; `None` when somebody else has written it.
    async fn write_check(
        &self,
        record: &Record<'_>,
        mut new: Known,
        step: &Step,
        before: u64,
        latency_us: Option<u32>,
    ) -> Result<Option<Known>, StoreError> {
        let check = record.check;
        let sampled = latency_us.map(|us| (record.at_ms.div_euclid(DAY_S * 1000), us));
        let days: Vec<i64> = step.days().into_iter().rev().take(MAX_DAYS).collect();
        let touched = || days.iter().copied().chain(sampled.map(|(day, _)| day));
        self.read_days(check, touched(), &mut new.days).await?;
        let state = write_state(check, &new.state, record.at_ms)?;
        let mut rows = vec![self.put(state, Condition::Version(before))?];
        for (day, row) in &mut new.days {
            row.apply(step, before);
            if let Some((_, us)) = sampled.filter(|(sampled, _)| sampled == day) {
                row.latency.add(us);
            }
            if touched().any(|touched| touched == *day) {
                rows.push(self.put(row.write(check)?, Condition::Always)?);
            }
        }
        let is_written = self.write(check, rows).await? == Written::All;
        if let Some(newest) = new.days.keys().next_back() {
            // A failure that is confirmed after midnight began yesterday.
            new.days = new.days.split_off(&(newest - 1));
        }
        Ok(is_written.then_some(new))
    }

    /// Adds days that are not known yet. They are as old as the state or newer: when they are
    /// newer, the state's version is no longer the one that it was.
    async fn read_days(
        &self,
        check: &str,
        days: impl Iterator<Item = i64>,
        known: &mut BTreeMap<i64, DayRow>,
    ) -> Result<(), StoreError> {
        let mut missing: Vec<i64> = days.filter(|day| !known.contains_key(day)).collect();
        missing.sort_unstable();
        missing.dedup();
        let keys = missing
            .iter()
            .map(|day| key(&partition(check), &sort_key(*day)));
        let items = self.get_all(keys.collect(), true).await?;
        known.extend(missing.into_iter().map(|day| (day, DayRow::new(day))));
        let rows = items.iter().filter_map(DayRow::read);
        known.extend(rows.map(|row| (row.rollup.day, row)));
        Ok(())
    }
}

/// Lets time pass if that changes how the check is.
fn advance(state: &mut CheckState, now_ms: i64, rules: &CheckRules) -> Step {
    let mut later = state.clone();
    let step = later.advance(now_ms, rules);
    if step.transitions.is_empty() && later.maintenance == state.maintenance {
        return Step {
            version: state.version,
            ..Step::default()
        };
    }
    *state = later;
    step
}

pub(crate) fn partition(check: &str) -> String {
    format!("check#{check}")
}

fn write_state(check: &str, state: &CheckState, at_ms: i64) -> Result<Item, StoreError> {
    let mut item = key(&partition(check), STATE);
    item.extend(row([
        ("state", json(check, "state", state)?),
        ("version", number(state.version)),
        ("expires_at", number(at_ms.div_euclid(1000) + KEPT_S)),
    ]));
    Ok(item)
}

/// One that cannot be read begins anew, under the version that it has.
fn read_state(item: &Item) -> CheckState {
    let mut state: CheckState = parse(item, STATE).unwrap_or_default();
    state.version = version(Some(item));
    state
}

#[cfg(test)]
#[path = "check_rows_tests.rs"]
mod tests;
