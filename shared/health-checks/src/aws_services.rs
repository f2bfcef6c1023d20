//! Checks of AWS services: what is asked of them, and what their metrics may be.

use serde::Deserialize;

use crate::judgement::Findings;
use crate::{Judgement, Levels, Percent, Period, Setting};

/// Looks at a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct S3Check {
    /// Its name.
    pub bucket: Setting,
    /// Whether an object is written and read, too.
    #[serde(default)]
    pub put_get: bool,
    /// How long it may take.
    #[serde(default)]
    pub latency: Levels<Period>,
}

/// Looks at a table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DynamoDbCheck {
    /// Its name.
    pub table: Setting,
    /// Whether an item is written and read, too.
    #[serde(default)]
    pub write_read: bool,
    /// How long it may take.
    #[serde(default)]
    pub latency: Levels<Period>,
}

/// What a store answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StoreAnswer {
    /// Whether what was written was read again; `None` when it was not tried.
    pub round_trip: Option<bool>,
    /// How long it took.
    pub latency: Option<Period>,
}

fn judge_store(answer: &StoreAnswer, round_trip: bool, latency: &Levels<Period>) -> Judgement {
    let mut findings = Findings::default();
    findings.required("writing and reading", round_trip, answer.round_trip);
    findings.levels("latency", latency, answer.latency.as_ref());
    findings.judgement()
}

impl S3Check {
    /// Judges an answer.
    #[must_use]
    pub fn judge(&self, answer: &StoreAnswer) -> Judgement {
        judge_store(answer, self.put_get, &self.latency)
    }

    pub(crate) fn faults(&self) -> Vec<String> {
        let faults = [self.bucket.fault("bucket"), self.latency.fault("latency")];
        faults.into_iter().flatten().collect()
    }
}

impl DynamoDbCheck {
    /// Judges an answer.
    #[must_use]
    pub fn judge(&self, answer: &StoreAnswer) -> Judgement {
        judge_store(answer, self.write_read, &self.latency)
    }

    pub(crate) fn faults(&self) -> Vec<String> {
        let faults = [self.table.fault("table"), self.latency.fault("latency")];
        faults.into_iter().flatten().collect()
    }
}

/// Looks at a queue.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SqsCheck {
    /// Its name or address.
    pub queue: Setting,
    /// The name or address of its dead letter queue.
    pub dead_letter_queue: Option<Setting>,
    /// How old the oldest message is.
    #[serde(default)]
    pub oldest: Levels<Period>,
    /// How many messages wait.
    #[serde(default)]
    pub waiting: Levels<u64>,
    /// How many messages nobody could handle.
    #[serde(default)]
    pub dead_letters: Levels<u64>,
}

/// What a queue looks like; `None` for what was not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "as in the check")]
pub struct SqsAnswer {
    pub oldest: Option<Period>,
    pub waiting: Option<u64>,
    pub dead_letters: Option<u64>,
}

impl SqsCheck {
    /// Judges an answer.
    #[must_use]
    pub fn judge(&self, answer: &SqsAnswer) -> Judgement {
        let mut findings = Findings::default();
        findings.levels(
            "age of the oldest message",
            &self.oldest,
            answer.oldest.as_ref(),
        );
        findings.levels("waiting messages", &self.waiting, answer.waiting.as_ref());
        findings.levels(
            "dead letters",
            &self.dead_letters,
            answer.dead_letters.as_ref(),
        );
        findings.judgement()
    }

    pub(crate) fn faults(&self) -> Vec<String> {
        let dead = self.dead_letter_queue.as_ref();
        let without = (self.dead_letters.is_set() && dead.is_none()).then(|| {
            "`dead_letters` are counted of no queue: `dead_letter_queue` is needed".to_owned()
        });
        let faults = [
            self.queue.fault("queue"),
            dead.and_then(|queue| queue.fault("dead_letter_queue")),
            without,
            self.oldest.fault("oldest"),
            self.waiting.fault("waiting"),
            self.dead_letters.fault("dead_letters"),
        ];
        faults.into_iter().flatten().collect()
    }
}

/// Looks at a function.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LambdaCheck {
    /// Its name.
    pub function: Setting,
    /// Invocations that fail.
    #[serde(default)]
    pub errors_pct: Levels<Percent>,
    /// How many invocations are refused, in a minute.
    #[serde(default)]
    pub throttles_per_min: Levels<u64>,
    /// Invocations at once, of those that are allowed.
    #[serde(default)]
    pub concurrency_pct: Levels<Percent>,
}

/// What a function's metrics say; `None` for what was not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "as in the check")]
pub struct LambdaAnswer {
    pub errors: Option<Percent>,
    pub throttles_per_min: Option<u64>,
    pub concurrency: Option<Percent>,
}

impl LambdaCheck {
    /// Judges an answer.
    #[must_use]
    pub fn judge(&self, answer: &LambdaAnswer) -> Judgement {
        let mut findings = Findings::default();
        findings.levels("errors", &self.errors_pct, answer.errors.as_ref());
        let throttles = answer.throttles_per_min.as_ref();
        findings.levels("throttles in a minute", &self.throttles_per_min, throttles);
        findings.levels(
            "concurrency",
            &self.concurrency_pct,
            answer.concurrency.as_ref(),
        );
        findings.judgement()
    }

    pub(crate) fn faults(&self) -> Vec<String> {
        let faults = [
            self.function.fault("function"),
            self.errors_pct.fault("errors_pct"),
            self.throttles_per_min.fault("throttles_per_min"),
            self.concurrency_pct.fault("concurrency_pct"),
        ];
        faults.into_iter().flatten().collect()
    }
}

/// Looks at a target group of a load balancer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetGroupCheck {
    /// Its ARN.
    pub target_group: Setting,
    /// So many targets are healthy, at least.
    pub healthy_min: Option<u32>,
    /// Responses with a server's error.
    #[serde(rename = "5xx_pct", default)]
    pub errors_pct: Levels<Percent>,
    /// How long all but five per cent of the requests take, at most.
    #[serde(default)]
    pub p95: Levels<Period>,
}

/// What a target group looks like; `None` for what was not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "as in the check")]
pub struct TargetGroupAnswer {
    pub healthy: Option<u32>,
    pub errors: Option<Percent>,
    pub p95: Option<Period>,
}

impl TargetGroupCheck {
    /// Judges an answer.
    #[must_use]
    pub fn judge(&self, answer: &TargetGroupAnswer) -> Judgement {
        let mut findings = Findings::default();
        match (self.healthy_min, answer.healthy) {
            (Some(_), None) => findings.not_measured("healthy targets"),
            (Some(min), Some(healthy)) => findings.fail_unless(healthy >= min, || {
                format!("{healthy} healthy targets instead of at least {min}")
            }),
            (None, _) => {}
        }
        findings.levels(
            "responses with an error",
            &self.errors_pct,
            answer.errors.as_ref(),
        );
        findings.levels("95th percentile of latency", &self.p95, answer.p95.as_ref());
        findings.judgement()
    }

    pub(crate) fn faults(&self) -> Vec<String> {
        let faults = [
            self.target_group.fault("target_group"),
            self.errors_pct.fault("5xx_pct"),
            self.p95.fault("p95"),
        ];
        faults.into_iter().flatten().collect()
    }
}
