//! What the pipeline has to reach, and whether it does.

use serde::Serialize;

use crate::cases::Group;
use crate::outcome::{Measure, Outcome};
use crate::statistics::{geometric_mean, minimum};

/// A goal for the geometric mean of sharp ÷ ours over groups of cases.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Goal {
    pub(crate) title: &'static str,
    pub(crate) groups: &'static [Group],
    pub(crate) measure: Measure,
    /// At least this on the geometric mean.
    pub(crate) mean: f64,
    /// No case below this.
    pub(crate) floor: Option<f64>,
}

/// The goals of the project.
pub(crate) const GOALS: [Goal; 8] = [
    Goal::cpu("One JPEG", &[Group::Jpeg], 1.3, Some(1.1)),
    Goal::cpu(
        "Four JPEGs against clone()",
        &[Group::SetAgainstClone],
        2.2,
        None,
    ),
    Goal::cpu(
        "Four JPEGs against a cascade",
        &[Group::SetAgainstCascade],
        1.3,
        None,
    ),
    Goal::cpu("One WebP", &[Group::Webp], 1.15, None),
    Goal::cpu(
        "One AVIF against sharp's defaults",
        &[Group::AvifAgainstDefault],
        6.0,
        None,
    ),
    Goal::cpu("One PNG", &[Group::Png], 1.7, None),
    Goal {
        title: "Fresh process to its first picture",
        groups: &[Group::FreshStart],
        measure: Measure::Wall,
        mean: 15.0,
        floor: None,
    },
    Goal {
        title: "Peak memory",
        groups: &[Group::FreshStart, Group::FreshJob],
        measure: Measure::Memory,
        mean: 3.0,
        floor: None,
    },
];

impl Goal {
    const fn cpu(
        title: &'static str,
        groups: &'static [Group],
        mean: f64,
        floor: Option<f64>,
    ) -> Self {
        Self {
            title,
            groups,
            measure: Measure::Cpu,
            mean,
            floor,
        }
    }

    /// Compares the goal with what was measured; `None` where none of its cases were run.
    pub(crate) fn assess(&self, outcomes: &[Outcome]) -> Option<Assessment> {
        let cases: Vec<&Outcome> = outcomes
            .iter()
            .filter(|outcome| self.groups.contains(&outcome.group))
            .collect();
        let ratios: Vec<f64> = cases
            .iter()
            .filter_map(|outcome| outcome.ratio(self.measure))
            .collect();
        let mean = geometric_mean(&ratios)?;
        let lowest = minimum(&ratios);
        let unequal = cases
            .iter()
            .filter(|outcome| outcome.inequality().is_some())
            .count();
        let is_fast = mean >= self.mean && self.floor.is_none_or(|floor| lowest >= floor);
        Some(Assessment {
            title: self.title,
            measure: self.measure,
            wanted_mean: self.mean,
            wanted_floor: self.floor,
            mean,
            lowest,
            cases: cases.len(),
            unequal,
            is_met: is_fast && unequal == 0,
        })
    }
}

/// How a goal stands.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Assessment {
    pub(crate) title: &'static str,
    pub(crate) measure: Measure,
    pub(crate) wanted_mean: f64,
    pub(crate) wanted_floor: Option<f64>,
    pub(crate) mean: f64,
    pub(crate) lowest: f64,
    pub(crate) cases: usize,
    /// Cases that are not of equal quality and size: with any of them the goal is not met.
    pub(crate) unequal: usize,
    pub(crate) is_met: bool,
}

impl Assessment {
    /// The goal in words, such as `≥ 1.30, none below 1.10`.
    pub(crate) fn wanted(&self) -> String {
        let floor = self
            .wanted_floor
            .map_or_else(String::new, |floor| format!(", none below {floor:.2}"));
        format!("≥ {:.2}{floor}", self.wanted_mean)
    }

    /// `met`, or what is missing.
    pub(crate) fn verdict(&self) -> String {
        let mut missing = Vec::new();
        if self.mean < self.wanted_mean {
            missing.push("mean too low".to_owned());
        }
        if self.wanted_floor.is_some_and(|floor| self.lowest < floor) {
            missing.push(format!("lowest is {:.2}", self.lowest));
        }
        if self.unequal > 0 {
            missing.push(format!(
                "{} of {} not at equal quality",
                self.unequal, self.cases
            ));
        }
        if missing.is_empty() {
            "met".to_owned()
        } else {
            format!("MISSED: {}", missing.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::tests::outcome;

    const GOAL: Goal = Goal::cpu("a goal", &[Group::Jpeg], 1.3, Some(1.1));

    fn verdict(outcomes: &[Outcome]) -> String {
        let assessment = GOAL.assess(outcomes).unwrap();
        assert_eq!(assessment.is_met, assessment.verdict() == "met");
        assessment.verdict()
    }

    #[test]
    fn a_goal_needs_its_mean_its_floor_and_equal_quality() {
        let fast = outcome(Group::Jpeg, 1.7, 0.0, 1.0);
        let slow = outcome(Group::Jpeg, 1.05, 0.0, 1.0);
        let worse = outcome(Group::Jpeg, 9.0, 2.0, 1.0);
        assert_eq!(verdict(&[fast.clone(), fast.clone()]), "met");
        assert_eq!(
            verdict(&[fast.clone(), slow.clone()]),
            "MISSED: lowest is 1.05"
        );
        assert_eq!(verdict(&[slow]), "MISSED: mean too low, lowest is 1.05");
        assert_eq!(
            verdict(&[fast, worse]),
            "MISSED: 1 of 2 not at equal quality"
        );
    }

    #[test]
    fn a_goal_without_cases_is_not_assessed() {
        assert!(GOAL.assess(&[outcome(Group::Png, 2.0, 0.0, 1.0)]).is_none());
    }
}
