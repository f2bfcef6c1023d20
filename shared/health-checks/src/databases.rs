//! Checks of PostgreSQL and of Redis, whose addresses may have a password: only the names of
//! variables are in the file.

use serde::Deserialize;

use crate::judgement::Findings;
use crate::{Judgement, Levels, Percent, Period, Setting};

/// Asks a PostgreSQL server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostgresCheck {
    /// The variable that has its address.
    pub url: Setting,
    /// Whether a row is written, too.
    #[serde(default)]
    pub write_canary: bool,
    /// Connections, of those that it allows.
    #[serde(default)]
    pub connections_pct: Levels<Percent>,
    /// How long the oldest transaction has been open.
    #[serde(default)]
    pub xact_age: Levels<Period>,
    /// How many transactions ago rows were frozen last: it stops at two thousand million.
    #[serde(default)]
    pub xid_age: Levels<u64>,
    /// How far a replica is behind.
    #[serde(default)]
    pub replica_lag: Levels<Period>,
    /// How long an answer may take.
    #[serde(default)]
    pub latency: Levels<Period>,
}

/// What PostgreSQL answered; `None` for what was not asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "as in the check")]
pub struct PostgresAnswer {
    pub writes: Option<bool>,
    pub connections: Option<Percent>,
    pub xact_age: Option<Period>,
    pub xid_age: Option<u64>,
    pub replica_lag: Option<Period>,
    pub latency: Option<Period>,
}

impl PostgresCheck {
    /// Judges an answer.
    #[must_use]
    pub fn judge(&self, answer: &PostgresAnswer) -> Judgement {
        let mut findings = Findings::default();
        findings.required("writing", self.write_canary, answer.writes);
        findings.levels(
            "connections",
            &self.connections_pct,
            answer.connections.as_ref(),
        );
        findings.levels(
            "oldest transaction",
            &self.xact_age,
            answer.xact_age.as_ref(),
        );
        findings.levels(
            "age of transaction ids",
            &self.xid_age,
            answer.xid_age.as_ref(),
        );
        findings.levels(
            "replica lag",
            &self.replica_lag,
            answer.replica_lag.as_ref(),
        );
        findings.levels("latency", &self.latency, answer.latency.as_ref());
        findings.judgement()
    }

    pub(crate) fn faults(&self) -> Vec<String> {
        let writes_to_replica = (self.write_canary && self.replica_lag.is_set()).then(|| {
            "`write_canary` and `replica_lag` can never both hold: a replica takes no writes"
                .to_owned()
        });
        let faults = [
            self.url.fault_unless_variable("url"),
            writes_to_replica,
            self.connections_pct.fault("connections_pct"),
            self.xact_age.fault("xact_age"),
            self.xid_age.fault("xid_age"),
            self.replica_lag.fault("replica_lag"),
            self.latency.fault("latency"),
        ];
        faults.into_iter().flatten().collect()
    }
}

/// What a Redis node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum RedisRole {
    Master,
    Replica,
}

/// Asks a Redis server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedisCheck {
    /// The variable that has its address.
    pub url: Setting,
    /// What it is.
    pub role: Option<RedisRole>,
    /// So many replicas follow it, at least.
    pub replicas_min: Option<u32>,
    /// Memory, of that which it may take.
    #[serde(default)]
    pub memory_pct: Levels<Percent>,
    /// How many keys it drops for want of memory, in a minute.
    #[serde(default)]
    pub evictions_per_min: Levels<u64>,
    /// Whether a key is written and read, too.
    #[serde(default)]
    pub set_get: bool,
    /// How long an answer may take.
    #[serde(default)]
    pub latency: Levels<Period>,
}

/// What Redis answered; `None` for what was not asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "as in the check")]
pub struct RedisAnswer {
    pub role: Option<RedisRole>,
    pub replicas: Option<u32>,
    pub memory: Option<Percent>,
    pub evictions_per_min: Option<u64>,
    pub set_get: Option<bool>,
    pub latency: Option<Period>,
}

impl RedisCheck {
    /// Judges an answer.
    #[must_use]
    pub fn judge(&self, answer: &RedisAnswer) -> Judgement {
        let mut findings = Findings::default();
        match (self.role, answer.role) {
            (Some(_), None) => findings.not_measured("role"),
            (Some(wanted), Some(role)) => findings.fail_unless(role == wanted, || {
                format!("it is the {role:?} instead of the {wanted:?}").to_ascii_lowercase()
            }),
            (None, _) => {}
        }
        match (self.replicas_min, answer.replicas) {
            (Some(_), None) => findings.not_measured("replicas"),
            (Some(min), Some(replicas)) => findings.fail_unless(replicas >= min, || {
                format!("{replicas} replicas instead of at least {min}")
            }),
            (None, _) => {}
        }
        findings.levels("memory", &self.memory_pct, answer.memory.as_ref());
        let evictions = answer.evictions_per_min.as_ref();
        findings.levels("evictions in a minute", &self.evictions_per_min, evictions);
        findings.required("writing and reading", self.set_get, answer.set_get);
        findings.levels("latency", &self.latency, answer.latency.as_ref());
        findings.judgement()
    }

    pub(crate) fn faults(&self) -> Vec<String> {
        let replica_writes = (self.role == Some(RedisRole::Replica) && self.set_get).then(|| {
            "`role` replica and `set_get` can never both hold: a replica takes no writes".to_owned()
        });
        let faults = [
            self.url.fault_unless_variable("url"),
            replica_writes,
            self.memory_pct.fault("memory_pct"),
            self.evictions_per_min.fault("evictions_per_min"),
            self.latency.fault("latency"),
        ];
        faults.into_iter().flatten().collect()
    }
}
