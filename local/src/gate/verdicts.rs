//! What all judges found, and what of it was decided to be kept.

use std::collections::{BTreeMap, BTreeSet};

use super::decisions::{Decision, Decisions};
use super::judges::Verdict;
use super::summary::Summary;
use super::{Subject, resources};

/// The judge whose findings may be kept.
pub(super) const CHECKOV: &str = "checkov";

/// The render that has to be judged best.
const PRODUCTION: &str = "production";

/// What checkov has to look at in it, at least: fewer means that the render has lost something.
const FEWEST_EVALUATED: usize = 260;

/// Reasons for keeping what checkov finds in it, at most.
const MOST_DECISIONS: usize = 15;

/// Resources of a stack, at most:
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>.
const MOST_RESOURCES: usize = 500;

/// Everything that was said.
#[derive(Debug, Default)]
pub(super) struct Verdicts {
    summary: Summary,
    problems: Vec<String>,
    /// Which sides of each condition the deployments show.
    conditions: BTreeMap<String, BTreeSet<bool>>,
    /// Render, check and resource of the findings that are kept.
    kept: BTreeSet<(String, String, String)>,
}

impl Verdicts {
    pub(super) fn summary(&self) -> String {
        self.summary.text()
    }

    pub(super) fn problems(&self) -> &[String] {
        &self.problems
    }

    /// Notes how large a template is. Resources whose conditions do not hold count, too.
    pub(super) fn size(&mut self, subject: &Subject) {
        let (name, declared) = (&subject.name, subject.declared);
        let cell = if subject.is_render {
            format!("{} of {declared}", resources(&subject.template))
        } else {
            declared.to_string()
        };
        self.summary.note(name, "resources", cell);
        if declared > MOST_RESOURCES {
            self.problems.push(format!(
                "{name} has {declared} resources: a stack has at most {MOST_RESOURCES}"
            ));
        }
    }

    /// Notes which conditions of a template hold in a deployment.
    pub(super) fn conditions(&mut self, template: &str, conditions: BTreeMap<String, bool>) {
        for (name, holds) in conditions {
            let condition = format!("{template}: the condition {name}");
            self.conditions.entry(condition).or_default().insert(holds);
        }
    }

    /// Notes conditions that no deployment shows both sides of: nobody has seen the other.
    pub(super) fn one_sided(&mut self) {
        for (condition, sides) in std::mem::take(&mut self.conditions) {
            if sides.len() < 2 {
                let always = if sides.contains(&true) {
                    "always"
                } else {
                    "never"
                };
                self.problems.push(format!(
                    "{condition} {always} holds in {}",
                    super::deployments::FILE
                ));
            }
        }
    }

    /// Notes what a judge says of a template.
    pub(super) fn judged(
        &mut self,
        judge: &str,
        name: &str,
        decisions: &BTreeSet<Decision>,
        verdict: &Verdict,
    ) {
        let mut reasons = BTreeSet::new();
        let mut kept = 0;
        for finding in &verdict.findings {
            let decision = decisions.iter().find(|decision| {
                decision.check == finding.check && decision.resource == finding.resource
            });
            match decision {
                Some(decision) => {
                    kept += 1;
                    reasons.insert((&decision.check, &decision.reason));
                    self.kept.insert((
                        name.to_owned(),
                        finding.check.clone(),
                        finding.resource.clone(),
                    ));
                }
                None => self.problems.push(format!("{judge}, {name}: {finding}")),
            }
        }
        let open = verdict.findings.len() - kept;
        let cell = match verdict.evaluated {
            Some(evaluated) => format!("{open} of {}", evaluated - kept),
            None => open.to_string(),
        };
        self.summary.note(name, judge, cell);
        let (CHECKOV, Some(evaluated)) = (judge, verdict.evaluated) else {
            return;
        };
        let decided = format!("{kept} ({})", reasons.len());
        self.summary.note(name, "kept (reasons)", decided);
        if name == PRODUCTION && evaluated - kept < FEWEST_EVALUATED {
            self.problems.push(format!(
                "{judge}, {name}: {evaluated} checks, and {FEWEST_EVALUATED} have to be"
            ));
        }
        if name == PRODUCTION && reasons.len() > MOST_DECISIONS {
            self.problems.push(format!(
                "{judge}, {name}: {} reasons to keep findings, and {MOST_DECISIONS} may be",
                reasons.len()
            ));
        }
    }

    /// Notes decisions that no finding needs any more.
    pub(super) fn decisions(&mut self, decisions: &Decisions, renders: &[Subject]) {
        let mut noted = BTreeSet::new();
        for render in renders.iter().filter(|render| render.is_for_aws) {
            for Decision {
                check, resource, ..
            } in &render.decisions
            {
                noted.insert((check.as_str(), resource.as_str()));
                let key = (render.name.clone(), check.clone(), resource.clone());
                if !self.kept.contains(&key) {
                    self.problems.push(format!(
                        "{check} is to be kept of {resource} in {}, where {CHECKOV} does not find it",
                        render.name
                    ));
                }
            }
        }
        for (check, resource) in decisions.named() {
            if !noted.contains(&(check, resource)) {
                self.problems.push(format!(
                    "{check} is to be kept of {resource}, which no render has"
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::judges::Finding;
    use super::*;
    use serde_json::json;

    fn subject(name: &str, kept: &[(&str, &str)]) -> Subject {
        Subject {
            name: name.to_owned(),
            is_render: true,
            is_for_aws: true,
            file: name.into(),
            bare: name.into(),
            template: json!({"Resources": {"Queue": {}}}),
            declared: 1,
            decisions: kept
                .iter()
                .map(|(check, reason)| Decision {
                    check: (*check).to_owned(),
                    resource: "Queue".to_owned(),
                    reason: (*reason).to_owned(),
                })
                .collect(),
        }
    }

    fn decided(kept: &[(&str, &str)]) -> BTreeSet<Decision> {
        subject("", kept).decisions
    }

    fn verdict(evaluated: usize, checks: &[&str]) -> Verdict {
        let findings = checks.iter().map(|check| Finding {
            check: (*check).to_owned(),
            resource: "Queue".to_owned(),
            text: "is bad".to_owned(),
        });
        Verdict {
            evaluated: Some(evaluated),
            findings: findings.collect(),
        }
    }

    #[test]
    fn what_nobody_decided_to_keep_is_a_problem() {
        let mut verdicts = Verdicts::default();
        let dev = subject("dev", &[("CKV_1", "cheap")]);
        verdicts.judged(
            CHECKOV,
            "dev",
            &dev.decisions,
            &verdict(5, &["CKV_1", "CKV_2"]),
        );
        assert_eq!(verdicts.problems(), ["checkov, dev: CKV_2 Queue: is bad"]);
        let text = verdicts.summary();
        assert!(text.contains("1 of 4"), "{text}");
        assert!(text.contains("1 (1)"), "{text}");
    }

    #[test]
    fn production_is_looked_at_and_has_few_reasons() {
        let few = FEWEST_EVALUATED;
        let mut verdicts = Verdicts::default();
        verdicts.judged(CHECKOV, "production", &decided(&[]), &verdict(few, &[]));
        assert!(verdicts.problems().is_empty(), "{:?}", verdicts.problems());
        verdicts.judged(CHECKOV, "production", &decided(&[]), &verdict(few - 1, &[]));
        assert_eq!(verdicts.problems().len(), 1, "{:?}", verdicts.problems());

        let checks: Vec<String> = (0..=MOST_DECISIONS).map(|n| format!("C{n}")).collect();
        let checks: Vec<&str> = checks.iter().map(String::as_str).collect();
        let kept: Vec<_> = checks.iter().map(|check| (*check, "why not")).collect();
        let mut verdicts = Verdicts::default();
        verdicts.judged(
            CHECKOV,
            "production",
            &decided(&kept),
            &verdict(1000, &checks),
        );
        assert!(
            verdicts.problems()[0].contains("16 reasons"),
            "{:?}",
            verdicts.problems()
        );
    }

    #[test]
    fn decisions_without_findings_are_told() {
        let decisions = "keep = [{check = 'C1', reason = 'r', resources = ['Gone']}]";
        let decisions = Decisions::parse(decisions, &BTreeSet::new()).unwrap();
        let mut verdicts = Verdicts::default();
        let dev = subject("dev", &[("C2", "needed"), ("C3", "not")]);
        verdicts.judged(CHECKOV, "dev", &dev.decisions, &verdict(9, &["C2"]));
        verdicts.decisions(&decisions, &[dev]);
        let told: Vec<&str> = verdicts.problems().iter().map(|p| &p[..2]).collect();
        assert_eq!(told, ["C3", "C1"]);
    }

    #[test]
    fn conditions_are_seen_from_both_sides() {
        let mut verdicts = Verdicts::default();
        let seen =
            |both: bool| BTreeMap::from([("Both".to_owned(), both), ("One".to_owned(), true)]);
        verdicts.conditions("t.yaml", seen(true));
        verdicts.conditions("t.yaml", seen(false));
        verdicts.one_sided();
        assert_eq!(verdicts.problems().len(), 1, "{:?}", verdicts.problems());
        assert!(verdicts.problems()[0].starts_with("t.yaml: the condition One always holds"));
    }

    #[test]
    fn a_stack_has_a_limit() {
        let mut verdicts = Verdicts::default();
        let mut large = subject("dev", &[]);
        large.declared = MOST_RESOURCES;
        verdicts.size(&large);
        assert!(verdicts.problems().is_empty(), "{:?}", verdicts.problems());
        large.declared += 1;
        verdicts.size(&large);
        assert!(
            verdicts.problems()[0].contains("501"),
            "{:?}",
            verdicts.problems()
        );
        assert!(
            verdicts.summary().contains("1 of 501"),
            "{}",
            verdicts.summary()
        );
    }
}
