use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::alert_text::title;
use crate::{
    CheckState, DependencyGraph, Notice, NoticeKind, NoticeTopic, RootCauses, Severity, State,
};

/// Who is told of a check, and how often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertRule {
    /// How soon someone must look.
    pub severity: Severity,
    /// How long from one reminder to the next, in milliseconds; `None` for no reminders.
    #[serde(default)]
    pub remind_ms: Option<i64>,
}

/// A check whose state is watched.
#[derive(Debug, Clone, Copy)]
pub struct Watched<'a> {
    /// Its state, as of now.
    pub state: &'a CheckState,
    /// Who is told of it.
    pub rule: &'a AlertRule,
}

/// An alert that was raised and not resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Open {
    since_ms: i64,
    severity: Severity,
    /// The number of the last reminder.
    reminder: i64,
}

/// The alerts that are open, as they are stored.
///
/// They are written on condition of their version, in one transaction with the notices, each
/// of which is written on condition that none of its key is there. So every notice is sent
/// once, and each that was raised is resolved one day.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Alerts {
    /// Counts the changes.
    pub version: u64,
    failures: BTreeMap<String, Open>,
    flapping: BTreeMap<String, Open>,
}

/// What notices are decided from.
struct Scene<'a> {
    now_ms: i64,
    watched: &'a BTreeMap<String, Watched<'a>>,
    graph: &'a DependencyGraph,
    causes: RootCauses,
}

impl Alerts {
    /// Decides who is told what, given all checks, with states as of now.
    ///
    /// Only what fails by itself is told of, and not while something that it depends on may
    /// be about to fail. Nothing is told of a check in maintenance: what is still to be told
    /// after it is told then. A check that flaps is told of as that, once, and of its single
    /// failures nothing until it stops. A check that is watched no longer is resolved.
    pub fn decide(
        &mut self,
        now_ms: i64,
        watched: &BTreeMap<String, Watched<'_>>,
        graph: &DependencyGraph,
    ) -> Vec<Notice> {
        let failing_since = |check: &str| watched.get(check)?.state.failing_since_ms();
        let scene = Scene {
            now_ms,
            watched,
            graph,
            causes: graph.root_causes(failing_since),
        };
        let mut notices = Vec::new();
        for (check, watched) in watched {
            if watched.state.maintenance {
                continue;
            }
            self.judge_flapping(check, *watched, &scene, &mut notices);
            if watched.state.flapping_since_ms.is_none() {
                self.judge_failure(check, *watched, &scene, &mut notices);
            }
        }
        self.resolve_gone(&scene, &mut notices);
        if !notices.is_empty() {
            self.version = self.version.saturating_add(1);
        }
        notices
    }

    fn judge_flapping(
        &mut self,
        check: &str,
        watched: Watched<'_>,
        scene: &Scene<'_>,
        notices: &mut Vec<Notice>,
    ) {
        let since = watched.state.flapping_since_ms;
        if let Some(open) = self.flapping.get(check).copied()
            && since != Some(open.since_ms)
        {
            self.flapping.remove(check);
            let told = scene.resolved(check, NoticeTopic::Flapping, open, scene.now_ms);
            notices.push(told);
        }
        let Some(since_ms) = since else { return };
        let is_upset = |state: &CheckState| {
            state.flapping_since_ms.is_some() || state.failing_since_ms().is_some()
        };
        if self.flapping.contains_key(check) || scene.any_dependency(check, is_upset) {
            return;
        }
        let open = Open {
            since_ms,
            severity: watched.rule.severity,
            reminder: 0,
        };
        self.flapping.insert(check.to_owned(), open);
        notices.push(scene.notice(check, NoticeTopic::Flapping, NoticeKind::Raised, open));
    }

    fn judge_failure(
        &mut self,
        check: &str,
        watched: Watched<'_>,
        scene: &Scene<'_>,
        notices: &mut Vec<Notice>,
    ) {
        let since = watched.state.incident.as_ref().map(|found| found.since_ms);
        if let Some(open) = self.failures.get(check).copied()
            && since != Some(open.since_ms)
        {
            self.failures.remove(check);
            let ended_ms = watched.state.recovered_ms.unwrap_or(scene.now_ms);
            notices.push(scene.resolved(check, NoticeTopic::Failure, open, ended_ms));
        }
        let (Some(since_ms), true) = (since, scene.causes.is_root(check)) else {
            return;
        };
        let every_ms = watched.rule.remind_ms.filter(|every_ms| *every_ms > 0);
        let number = every_ms.map_or(0, |every_ms| {
            scene.now_ms.saturating_sub(since_ms) / every_ms
        });
        let kind = match self.failures.get(check) {
            Some(open) if number > open.reminder => NoticeKind::Reminder,
            None if scene.may_raise(check, watched.state) => NoticeKind::Raised,
            _ => return,
        };
        let open = Open {
            since_ms,
            severity: watched.rule.severity,
            reminder: number,
        };
        self.failures.insert(check.to_owned(), open);
        notices.push(scene.notice(check, NoticeTopic::Failure, kind, open));
    }

    /// Resolves the alerts of checks that are watched no longer.
    fn resolve_gone(&mut self, scene: &Scene<'_>, notices: &mut Vec<Notice>) {
        let topics = [
            (NoticeTopic::Failure, &mut self.failures),
            (NoticeTopic::Flapping, &mut self.flapping),
        ];
        for (topic, alerts) in topics {
            alerts.retain(|check, open| {
                let stays = scene.watched.contains_key(check);
                if !stays {
                    let mut notice = scene.resolved(check, topic, *open, scene.now_ms);
                    "it is watched no longer".clone_into(&mut notice.text);
                    notices.push(notice);
                }
                stays
            });
        }
    }
}

impl Scene<'_> {
    fn any_dependency(&self, check: &str, is_so: impl Fn(&CheckState) -> bool) -> bool {
        let dependencies = self.graph.all_dependencies(check).into_iter();
        let mut states = dependencies.filter_map(|name| Some(self.watched.get(name)?.state));
        states.any(is_so)
    }

    /// A failure is told of once it is sure, and sure that it is no other's.
    fn may_raise(&self, check: &str, state: &CheckState) -> bool {
        let is_suspect = |state: &CheckState| state.state == State::Suspect;
        state.state == State::Fail && !self.any_dependency(check, is_suspect)
    }

    fn resolved(&self, check: &str, topic: NoticeTopic, open: Open, ended_ms: i64) -> Notice {
        let lasted_ms = ended_ms.saturating_sub(open.since_ms);
        let last = self
            .watched
            .get(check)
            .and_then(|watched| watched.state.last.as_ref());
        Notice {
            title: title(check, topic, NoticeKind::Resolved, lasted_ms),
            text: last.map(|last| last.text.clone()).unwrap_or_default(),
            evidence: Vec::new(),
            causes: Vec::new(),
            ..self.notice(check, topic, NoticeKind::Resolved, open)
        }
    }

    fn notice(&self, check: &str, topic: NoticeTopic, kind: NoticeKind, open: Open) -> Notice {
        let incident = self
            .watched
            .get(check)
            .and_then(|watched| watched.state.incident.as_ref());
        let lasted_ms = self.now_ms.saturating_sub(open.since_ms);
        let topic_name = match topic {
            NoticeTopic::Failure => "failure",
            NoticeTopic::Flapping => "flapping",
        };
        let kind_name = match kind {
            NoticeKind::Raised => "raised".to_owned(),
            NoticeKind::Reminder => format!("reminder-{}", open.reminder),
            NoticeKind::Resolved => "resolved".to_owned(),
        };
        Notice {
            key: format!("{check}/{topic_name}/{}/{kind_name}", open.since_ms),
            kind,
            topic,
            check: check.to_owned(),
            severity: open.severity,
            since_ms: open.since_ms,
            at_ms: self.now_ms,
            title: title(check, topic, kind, lasted_ms),
            text: incident.map(|found| found.text.clone()).unwrap_or_default(),
            evidence: incident.map_or_else(Vec::new, |found| found.evidence.clone()),
            causes: self.causes.caused_by(check).map(str::to_owned).collect(),
        }
    }
}
