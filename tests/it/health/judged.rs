//! A check of a real server, asked and judged as the function does it, one minute after the
//! other; only that the minutes pass at once.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use aws_config::{BehaviorVersion, SdkConfig};
use health_checks::SiteChecks;
use health_probe::{ProbeSettings, Prober};
use health_state::{CheckState, Observation, Outcome, State};
use lambda_kit::Deadline;
use settings::Reader;

use crate::harness::eventually;

const MINUTE_MS: i64 = 60_000;
/// When the first minute is.
const START_MS: i64 = 1_795_774_800_000;

/// The check, and what has become of it until now.
pub(super) struct Judged {
    prober: Prober,
    checks: SiteChecks,
    state: CheckState,
    minutes: i64,
}

impl Judged {
    /// A check that says `probe`, with the rules that checks have when they say nothing else.
    /// `address` is what the variable `name` has.
    pub(super) fn new(probe: &str, (name, address): (&'static str, &str)) -> Self {
        let vars = BTreeMap::from([(name, address)]);
        let mut reader = Reader::new(&vars);
        let settings = ProbeSettings::read(&mut reader, &[name]);
        let aws = SdkConfig::builder().behavior_version(BehaviorVersion::latest());
        let prober = Prober::connect(&aws.build(), reader.finish(settings).unwrap());
        let text = format!("[[check]]\nid = \"it\"\n{probe}");
        Self {
            prober,
            checks: SiteChecks::parse(&text).unwrap(),
            state: CheckState::default(),
            minutes: 0,
        }
    }

    /// What a probe sees, without that it counts.
    pub(super) async fn glance(&self) -> Observation {
        let at_ms = START_MS + self.minutes * MINUTE_MS;
        let run = at_ms.unsigned_abs();
        let deadline = Deadline::at(SystemTime::now() + Duration::from_secs(60));
        let nobody = BTreeMap::new();
        let seen = self
            .prober
            .run(&self.checks, &nobody, at_ms, run, deadline)
            .await;
        seen.into_iter().next().unwrap().1
    }

    /// Lets one minute pass, with its probe.
    async fn minute(&mut self) -> Observation {
        self.minutes += 1;
        let seen = self.glance().await;
        self.state.observe(&seen, &self.checks.checks[0].rules);
        seen
    }

    /// Waits until a probe sees this: what is done to a server takes it a moment to notice.
    pub(super) async fn is_seen(&self, outcome: Outcome) -> Observation {
        eventually(&format!("a probe to see {outcome:?}"), || async {
            let seen = self.glance().await;
            (seen.outcome == outcome).then_some(seen)
        })
        .await
    }

    /// Fails unless the check comes to this state in as many minutes as its rules say, and not
    /// before. Returns what was seen in the last one.
    pub(super) async fn comes_to(&mut self, state: State) -> Observation {
        let rules = self.checks.checks[0].rules.clone();
        let was_failing = self.state.state.is_failing();
        let minutes = match state {
            State::Fail => rules.fail_after,
            _ if was_failing => rules.pass_after,
            _ => 1,
        };
        for _ in 1..minutes {
            let seen = self.minute().await;
            assert_ne!(self.state.state, state, "too soon: {seen:?}");
        }
        let seen = self.minute().await;
        assert_eq!(self.state.state, state, "{seen:?}");
        seen
    }
}

/// Fails unless all of these words were seen.
#[track_caller]
pub(super) fn assert_says(seen: &Observation, words: &[&str]) {
    for word in words {
        assert!(seen.text.contains(word), "{word} in {seen:?}");
    }
}
