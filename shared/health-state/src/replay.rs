use std::collections::BTreeSet;

use crate::{CheckRules, CheckState, Observation, Timeline, Transition};

/// What observations add up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// The state at the end.
    pub state: CheckState,
    /// What it was, second by second.
    pub timeline: Timeline,
    /// How the state changed.
    pub transitions: Vec<Transition>,
}

/// Judges observations all at once, up to a moment: the same whatever their order, and with
/// some of them twice. Observations in their order, one by one, come to the same.
#[must_use]
pub fn replay(observations: &[Observation], rules: &CheckRules, until_ms: i64) -> Replay {
    let mut ordered: Vec<&Observation> = observations.iter().collect();
    ordered.sort();
    let (mut runs, mut moments) = (BTreeSet::new(), BTreeSet::new());
    ordered.retain(|observation| {
        !moments.contains(&observation.at_ms)
            && runs.insert(observation.run_id)
            && moments.insert(observation.at_ms)
    });
    let mut replay = Replay {
        state: CheckState::default(),
        timeline: Timeline::default(),
        transitions: Vec::new(),
    };
    for observation in ordered {
        if observation.at_ms <= until_ms {
            let step = replay.state.observe(observation, rules);
            step.spans
                .iter()
                .for_each(|span| replay.timeline.record(span));
            replay.transitions.extend(step.transitions);
        }
    }
    let step = replay.state.advance(until_ms, rules);
    step.spans
        .iter()
        .for_each(|span| replay.timeline.record(span));
    replay.transitions.extend(step.transitions);
    replay
}
