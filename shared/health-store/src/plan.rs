//! What is to be written of a check, decided without writing it.

use health_state::{CheckRules, CheckState, DAY_S, Step};

/// Days that one transaction may write, of the 100 rows that it may have:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>
pub(crate) const MAX_DAYS: usize = 80;

/// A state and the step that led to it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plan {
    pub(crate) state: CheckState,
    pub(crate) step: Step,
    /// Whether that is all; else this is to be written first, and the rest planned again.
    pub(crate) is_whole: bool,
}

/// Plans what `act` makes of a state. After a long silence, time passes in several goes.
pub(crate) fn plan(
    known: &CheckState,
    rules: &CheckRules,
    act: &(dyn Fn(&mut CheckState) -> Step + Sync),
) -> Plan {
    let mut state = known.clone();
    let step = act(&mut state);
    let days = step.days();
    if days.len() > MAX_DAYS
        && let Some(day) = days.iter().nth(MAX_DAYS / 2)
    {
        let mut on_the_way = known.clone();
        let until_ms = day.saturating_mul(DAY_S * 1000);
        let step = on_the_way.advance(until_ms, rules);
        if on_the_way.version > known.version {
            return Plan {
                state: on_the_way,
                step,
                is_whole: false,
            };
        }
    }
    Plan {
        state,
        step,
        is_whole: true,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use health_state::{Observation, Outcome};

    use super::*;
    use crate::day_row::DayRow;

    fn pass(at_ms: i64) -> Observation {
        Observation {
            at_ms,
            run_id: at_ms.unsigned_abs(),
            outcome: Outcome::Pass,
            latency_us: None,
            text: String::new(),
            evidence: Vec::new(),
        }
    }

    #[test]
    fn a_year_of_silence_is_written_in_several_goes() {
        let rules = CheckRules::default();
        let mut known = CheckState::default();
        known.observe(&pass(1_795_774_830_000), &rules);
        let after = pass(1_795_774_830_000 + 390 * DAY_S * 1000);
        let mut at_once = known.clone();
        let whole = at_once.observe(&after, &rules);

        let act = |state: &mut CheckState| state.observe(&after, &rules);
        let mut days: BTreeMap<i64, DayRow> = BTreeMap::new();
        let (mut goes, mut is_whole) = (0, false);
        while !is_whole {
            let plan = plan(&known, &rules, &act);
            assert!(plan.step.days().len() <= MAX_DAYS);
            for day in plan.step.days() {
                let row = days.entry(day).or_insert_with(|| DayRow::new(day));
                row.apply(&plan.step, known.version);
            }
            (known, is_whole) = (plan.state, plan.is_whole);
            goes += 1;
        }
        assert!((5..=12).contains(&goes), "{goes}");
        assert_eq!(
            (known.state, known.since_ms),
            (at_once.state, at_once.since_ms)
        );
        for (day, row) in days {
            let mut direct = DayRow::new(day);
            direct.apply(&whole, 1);
            assert_eq!(row.rollup.seconds, direct.rollup.seconds, "{day}");
        }
    }

    #[test]
    fn what_came_already_plans_nothing() {
        let rules = CheckRules::default();
        let mut known = CheckState::default();
        known.observe(&pass(1_000_000), &rules);
        let act = |state: &mut CheckState| state.observe(&pass(1_000_000), &rules);
        let plan = plan(&known, &rules, &act);
        assert_eq!((plan.state, plan.is_whole), (known, true));
        assert!(plan.step.spans.is_empty());
    }
}
