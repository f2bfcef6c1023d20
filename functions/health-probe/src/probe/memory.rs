use std::collections::{BTreeMap, BTreeSet};

use health_checks::Check;

/// How often the function runs.
const RUN_MS: i64 = 60_000;

/// What is remembered of checks from run to run, in this process.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// When those that are asked less often than each minute were asked last.
    asked_ms: BTreeMap<String, i64>,
    /// Those that did not answer soon when they were asked last.
    slow: BTreeSet<String>,
}

impl Memory {
    /// Whether a check is to be asked now. A new process asks all of them; half a run more or
    /// less makes no difference.
    pub(crate) fn is_due(&mut self, check: &Check, now_ms: i64) -> bool {
        let every_ms = check.rules.interval_ms;
        if every_ms <= RUN_MS {
            return true;
        }
        let asked_ms = self.asked_ms.get(&check.id);
        let passed_ms = asked_ms.map(|asked_ms| now_ms.saturating_sub(*asked_ms).abs());
        let is_due = passed_ms.is_none_or(|passed_ms| passed_ms >= every_ms - RUN_MS / 2);
        if is_due {
            self.asked_ms.insert(check.id.clone(), now_ms);
        }
        is_due
    }

    /// The places of checks in the order in which they are begun: those that were slow are last.
    pub(crate) fn order(&self, checks: &[Check]) -> Vec<usize> {
        let mut order: Vec<usize> = (0..checks.len()).collect();
        order.sort_by_key(|place| {
            checks
                .get(*place)
                .is_some_and(|it| self.slow.contains(&it.id))
        });
        order
    }

    /// Takes in how soon a check answered.
    pub(crate) fn saw(&mut self, id: &str, is_slow: bool) {
        if is_slow {
            self.slow.insert(id.to_owned());
        } else {
            self.slow.remove(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use health_checks::SiteChecks;

    use super::*;

    fn checks() -> Vec<Check> {
        let check = |id: &str, every: &str| {
            format!("[[check]]\nid = \"{id}\"\nevery = \"{every}\"\npush = {{ grace = \"1h\" }}\n")
        };
        let text = check("a", "60s") + &check("b", "5m") + &check("c", "5m");
        SiteChecks::parse(&text).unwrap().checks
    }

    #[test]
    fn what_is_asked_less_often_waits() {
        let (mut memory, checks) = (Memory::default(), checks());
        let mut due = |minute: i64| {
            let due = checks
                .iter()
                .filter(|check| memory.is_due(check, minute * 60_000 + 700));
            due.count()
        };
        assert_eq!(
            [due(0), due(0), due(1), due(4), due(5), due(6)],
            [3, 1, 1, 1, 3, 1]
        );
    }

    #[test]
    fn the_slow_are_last_until_they_are_not() {
        let (mut memory, checks) = (Memory::default(), checks());
        memory.saw("a", true);
        assert_eq!(memory.order(&checks), [1, 2, 0]);
        memory.saw("a", false);
        assert_eq!(memory.order(&checks), [0, 1, 2]);
    }
}
