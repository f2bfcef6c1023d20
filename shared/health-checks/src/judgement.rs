use std::fmt::Display;

use health_state::{Observation, Outcome, UnknownReason};

use crate::Levels;
use crate::excerpt::excerpt;

/// Pieces of evidence at most.
const MAX_EVIDENCE: usize = 20;
const MAX_TEXT: usize = 500;

/// What an answer comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// How it ended.
    pub outcome: Outcome,
    /// What was seen, in a sentence.
    pub text: String,
    /// Proof, without secrets.
    pub evidence: Vec<String>,
}

impl Judgement {
    pub(crate) fn new(outcome: Outcome, text: impl Into<String>) -> Self {
        Self {
            outcome,
            text: text.into(),
            evidence: Vec::new(),
        }
    }

    /// What is not asked, or answered nothing: the check fails with what the attempt said, of
    /// which nothing of `secrets` is shown.
    #[must_use]
    pub fn no_answer(error: &str, secrets: &[String]) -> Self {
        Self::new(Outcome::Fail, excerpt(error.as_bytes(), MAX_TEXT, secrets))
    }

    /// What nobody knows, and why.
    #[must_use]
    pub fn unknown(reason: UnknownReason) -> Self {
        Self::new(Outcome::Unknown(reason), reason.name())
    }

    /// The observation that it makes of a run.
    #[must_use]
    pub fn observation(self, at_ms: i64, run_id: u64, latency_us: Option<u32>) -> Observation {
        Observation {
            at_ms,
            run_id,
            outcome: self.outcome,
            latency_us,
            text: self.text,
            evidence: self.evidence,
        }
    }
}

/// Collects what is found, and makes one judgement of the worst of it.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    found: Vec<Judgement>,
    evidence: Vec<String>,
}

impl Findings {
    pub(crate) fn add(&mut self, judgement: Judgement) {
        self.found.push(judgement);
    }

    pub(crate) fn evidence(&mut self, evidence: String) {
        if self.evidence.len() < MAX_EVIDENCE {
            self.evidence.push(evidence);
        }
    }

    pub(crate) fn fail(&mut self, text: impl Into<String>) {
        self.add(Judgement::new(Outcome::Fail, text));
    }

    pub(crate) fn fail_unless(&mut self, holds: bool, text: impl FnOnce() -> String) {
        if !holds {
            self.fail(text());
        }
    }

    /// A value that must have been measured when anything is expected of it.
    pub(crate) fn levels<T: PartialOrd + Display, const FALLING: bool>(
        &mut self,
        name: &str,
        levels: &Levels<T, FALLING>,
        value: Option<&T>,
    ) {
        match value {
            Some(value) => self.add(levels.judge(name, value)),
            None if levels.is_set() => self.not_measured(name),
            None => {}
        }
    }

    /// Something that is required, and whether it is so.
    pub(crate) fn required(&mut self, name: &str, is_required: bool, is_so: Option<bool>) {
        match is_so {
            _ if !is_required => {}
            Some(true) => self.add(Judgement::new(Outcome::Pass, format!("{name} works"))),
            Some(false) => self.fail(format!("{name} does not work")),
            None => self.not_measured(name),
        }
    }

    pub(crate) fn not_measured(&mut self, name: &str) {
        let outcome = Outcome::Unknown(UnknownReason::ProbeBroke);
        self.add(Judgement::new(outcome, format!("{name} was not measured")));
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.worst() == Outcome::Fail
    }

    fn worst(&self) -> Outcome {
        let outcomes = self.found.iter().map(|judgement| judgement.outcome);
        outcomes
            .max_by_key(|outcome| badness(*outcome))
            .unwrap_or(Outcome::Pass)
    }

    /// The worst counts, and what is as bad is told with it.
    pub(crate) fn judgement(self) -> Judgement {
        let outcome = self.worst();
        let is_as_bad = |judgement: &&Judgement| badness(judgement.outcome) == badness(outcome);
        let texts: Vec<&str> = self
            .found
            .iter()
            .filter(is_as_bad)
            .map(|found| found.text.as_str())
            .collect();
        let text: String = texts.join("; ").chars().take(MAX_TEXT).collect();
        Judgement {
            outcome,
            text,
            evidence: self.evidence,
        }
    }
}

/// A failure is worse than not to know, as it is known.
const fn badness(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Pass => 0,
        Outcome::Warn => 1,
        Outcome::Unknown(_) => 2,
        Outcome::Fail => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_counts_and_only_it_is_told() {
        let mut findings = Findings::default();
        let levels: Levels<u64> = Levels {
            warn: Some(80),
            fail: None,
        };
        findings.levels("memory", &levels, Some(&90));
        findings.required("writing", true, None);
        assert_eq!(
            findings.worst(),
            Outcome::Unknown(UnknownReason::ProbeBroke)
        );
        findings.fail("a");
        findings.fail_unless(false, || "b".to_owned());
        let judgement = findings.judgement();
        assert_eq!(
            (judgement.outcome, judgement.text.as_str()),
            (Outcome::Fail, "a; b")
        );
        assert_eq!(Findings::default().judgement().outcome, Outcome::Pass);
    }

    #[test]
    fn an_attempt_that_failed_shows_no_secret() {
        let secrets = ["hunter2".to_owned()];
        let judgement = Judgement::no_answer("password=hunter2 for hunter2\nrefused", &secrets);
        assert_eq!(judgement.text, "password=*** for ***·refused");
    }
}
