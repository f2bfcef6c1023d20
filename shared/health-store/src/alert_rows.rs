//! Alerts and the notices that they make, written together.

use std::collections::BTreeMap;

use health_state::{Alerts, DependencyGraph, Notice, Watched};
use lambda_kit::BoxFuture;
use store::StoreError;

use crate::item::{Item, ONLY, json, key, number, parse, row, version};
use crate::store::{Condition, WRITE_TRIES, Written, conflict, pause};
use crate::{Destination, HealthStore};

const ALERTS: &str = "alerts";
/// Notices that one transaction writes: two rows each, of the hundred that it may have.
const MAX_NOTICES: usize = 45;

/// The alerts' row.
#[derive(Debug, Clone, Default, PartialEq)]
struct AlertRow {
    /// Counts the changes of the row.
    version: u64,
    alerts: Alerts,
    /// Notices that were decided, and for which there was no room in the transaction.
    waiting: Vec<Notice>,
}

/// What decisions are made from.
#[derive(Clone, Copy)]
struct Scene<'a> {
    now_ms: i64,
    watched: &'a BTreeMap<String, Watched<'a>>,
    graph: &'a DependencyGraph,
    destinations: &'a [Destination],
}

impl HealthStore {
    /// Decides who is told what, and writes it down: open alerts and due notices at once.
    /// Returns what was put down. Two runs that decide the same at once put it down once.
    ///
    /// `watched` must have all checks, with states as of now: the alert of a check that is
    /// missing is resolved.
    ///
    /// # Errors
    /// A failed call; [`StoreError::Conflict`] when others were faster time and again. What
    /// was put down until then is.
    pub fn decide<'a>(
        &'a self,
        now_ms: i64,
        watched: &'a BTreeMap<String, Watched<'a>>,
        graph: &'a DependencyGraph,
        destinations: &'a [Destination],
    ) -> BoxFuture<'a, Result<Vec<Notice>, StoreError>> {
        let scene = Scene {
            now_ms,
            watched,
            graph,
            destinations,
        };
        Box::pin(self.decide_all(scene))
    }

    async fn decide_all(&self, scene: Scene<'_>) -> Result<Vec<Notice>, StoreError> {
        let mut put_down = Vec::new();
        let mut refusals = 0;
        while refusals < WRITE_TRIES {
            let item = self.get(ALERTS, ONLY, true).await?;
            let known = item.as_ref().map(read).unwrap_or_default();
            let Some((next, batch)) = plan(&known, scene) else {
                return Ok(put_down);
            };
            let is_last = next.waiting.is_empty();
            match self.put_down(&next, batch, scene.destinations).await? {
                Some(mut batch) => put_down.append(&mut batch),
                None => {
                    refusals += 1;
                    pause(refusals).await;
                    continue;
                }
            }
            if is_last {
                return Ok(put_down);
            }
        }
        Err(conflict(ALERTS))
    }

    /// Writes the alerts with some notices; those that were not known. `None` when another run
    /// has written the alerts.
    async fn put_down(
        &self,
        next: &AlertRow,
        mut batch: Vec<Notice>,
        destinations: &[Destination],
    ) -> Result<Option<Vec<Notice>>, StoreError> {
        loop {
            let before = Condition::Version(next.version.saturating_sub(1));
            let mut rows = vec![self.put(write(next)?, before)?];
            for notice in &batch {
                rows.extend(self.new_notice(notice, destinations)?);
            }
            match self.write(ALERTS, rows).await? {
                Written::All => return Ok(Some(batch)),
                Written::Refused(places) => match without_known(batch, &places) {
                    Some(rest) => batch = rest,
                    None => return Ok(None),
                },
            }
        }
    }
}

/// The alerts as they are next, and the notices to write with them; `None` when there is
/// nothing to write.
fn plan(known: &AlertRow, scene: Scene<'_>) -> Option<(AlertRow, Vec<Notice>)> {
    let mut next = known.clone();
    let decided = next.alerts.decide(scene.now_ms, scene.watched, scene.graph);
    next.waiting.extend(decided);
    if next.waiting.is_empty() {
        return None;
    }
    next.version = next.version.saturating_add(1);
    let later = next.waiting.split_off(next.waiting.len().min(MAX_NOTICES));
    let batch = std::mem::replace(&mut next.waiting, later);
    // A row has 400 kB at most; of a hundred failures at once nobody reads all the proof.
    next.waiting
        .iter_mut()
        .for_each(|notice| notice.evidence.clear());
    Some((next, batch))
}

/// Of a refused transaction, the notices that are not known. A notice is when it was decided
/// before, by alerts that were lost since: nobody is told again, and the alert is open again.
/// `None` when the alerts themselves were changed, or somebody was at the same rows.
fn without_known(batch: Vec<Notice>, refused: &[usize]) -> Option<Vec<Notice>> {
    if refused.is_empty() || refused.contains(&0) {
        return None;
    }
    // The alerts are at place 0, and each notice has two places.
    let is_known = |place: usize| refused.iter().any(|refused| (refused - 1) / 2 == place);
    let all = batch.into_iter().enumerate();
    let rest = all.filter(|(place, _)| !is_known(*place));
    Some(rest.map(|(_, notice)| notice).collect())
}

fn write(alerts: &AlertRow) -> Result<Item, StoreError> {
    let mut item = key(ALERTS, ONLY);
    item.extend(row([
        ("alerts", json(ALERTS, "alerts", &alerts.alerts)?),
        ("waiting", json(ALERTS, "waiting", &alerts.waiting)?),
        ("version", number(alerts.version)),
    ]));
    Ok(item)
}

fn read(item: &Item) -> AlertRow {
    AlertRow {
        version: version(Some(item)),
        alerts: parse(item, "alerts").unwrap_or_default(),
        waiting: parse(item, "waiting").unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use health_state::{AlertRule, CheckRules, CheckState, Observation, Outcome, Severity};

    use super::*;
    use crate::outbox::tests::notice;

    fn failing() -> CheckState {
        let mut state = CheckState::default();
        for minute in 0..3 {
            let observation = Observation {
                at_ms: 1_795_774_800_000 + minute * 60_000,
                run_id: minute.unsigned_abs(),
                outcome: Outcome::Fail,
                latency_us: None,
                text: "status 503".to_owned(),
                evidence: vec!["dns 1 ms".to_owned()],
            };
            state.observe(&observation, &CheckRules::default());
        }
        state
    }

    #[test]
    fn a_hundred_failures_at_once_are_all_put_down() {
        let (state, rule) = (
            failing(),
            AlertRule {
                severity: Severity::Page,
                remind_ms: None,
            },
        );
        let names: Vec<String> = (0..100).map(|n| format!("check-{n:03}")).collect();
        let watch = |name: &String| {
            let (state, rule) = (&state, &rule);
            (name.clone(), Watched { state, rule })
        };
        let watched: BTreeMap<_, _> = names.iter().map(watch).collect();
        let alone = names.iter().map(|name| (name.clone(), Vec::new()));
        let graph = DependencyGraph::new(alone).unwrap();
        let scene = Scene {
            now_ms: 1_795_774_921_000,
            watched: &watched,
            graph: &graph,
            destinations: &[],
        };
        let mut known = AlertRow::default();
        let mut told = Vec::new();
        while let Some((next, batch)) = plan(&known, scene) {
            assert!(batch.len() <= MAX_NOTICES && next.version == known.version + 1);
            told.extend(batch.into_iter().map(|notice| notice.check));
            // As it is stored.
            known = read(&write(&next).unwrap());
            assert_eq!(known, next);
        }
        assert_eq!(told, names);
        assert_eq!(known.version, 3);
    }

    #[test]
    fn what_was_told_before_is_left_out_and_a_race_is_run_again() {
        let batch: Vec<_> = ["a", "b", "c"].map(notice).into();
        let rest = without_known(batch.clone(), &[3]).unwrap();
        let keys: Vec<_> = rest.iter().map(|notice| notice.key.as_str()).collect();
        assert_eq!(keys, ["a", "c"]);
        assert_eq!(without_known(batch.clone(), &[0, 1]), None);
        assert_eq!(without_known(batch, &[]), None);
    }
}
