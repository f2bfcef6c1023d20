use health_state::{AlertRule, CheckRules};
use serde::Deserialize;

use crate::{
    DnsCheck, DynamoDbCheck, EventSource, HttpCheck, LambdaCheck, Levels, Period, PostgresCheck,
    PushCheck, RdsCheck, RedisCheck, S3Check, Setting, SqsCheck, TargetGroupCheck, TcpCheck,
    TlsCheck,
};

/// One of the site's checks.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// Its name in keys: lower-case letters, digits and hyphens.
    pub id: String,
    /// What it asks.
    pub probe: Probe,
    /// The variable without which it is left out; see
    /// [`of_deployment`](crate::SiteChecks::of_deployment).
    pub when: Option<Setting>,
    /// How long an answer is waited for.
    pub timeout: Period,
    /// How its results are judged, maintenance included.
    pub rules: CheckRules,
    /// Who is told of it.
    pub alert: AlertRule,
    /// The checks without which it cannot work.
    pub depends_on: Vec<String>,
    /// Whose events say that it fails, before a probe can.
    pub events: Vec<EventSource>,
    /// Its place on the status page; `None` for what is not there.
    pub component: Option<Component>,
}

/// What the public sees of a check.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// Its name.
    pub name: String,
    /// The heading that it is under.
    pub group: Option<String>,
}

/// What a check asks.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the types say it")]
pub enum Probe {
    Http(Box<HttpCheck>),
    Tcp(TcpCheck),
    Tls(TlsCheck),
    Dns(DnsCheck),
    Postgres(PostgresCheck),
    Rds(RdsCheck),
    Redis(RedisCheck),
    S3(S3Check),
    DynamoDb(DynamoDbCheck),
    Sqs(SqsCheck),
    Lambda(LambdaCheck),
    TargetGroup(TargetGroupCheck),
    Push(PushCheck),
}

impl Probe {
    /// Its name in the file.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Http(_) => "http",
            Self::Tcp(_) => "tcp",
            Self::Tls(_) => "tls",
            Self::Dns(_) => "dns",
            Self::Postgres(_) => "postgres",
            Self::Rds(_) => "rds",
            Self::Redis(_) => "redis",
            Self::S3(_) => "s3",
            Self::DynamoDb(_) => "dynamodb",
            Self::Sqs(_) => "sqs",
            Self::Lambda(_) => "lambda",
            Self::TargetGroup(_) => "target_group",
            Self::Push(_) => "push",
        }
    }

    /// Its settings that may name a variable.
    pub(crate) fn settings(&self) -> Vec<&Setting> {
        match self {
            Self::Http(check) => std::iter::once(&check.url)
                .chain(check.headers.values())
                .collect(),
            Self::Tcp(check) => vec![&check.address],
            Self::Tls(check) => vec![&check.address],
            Self::Dns(check) => std::iter::once(&check.name)
                .chain(&check.resolver)
                .collect(),
            Self::Postgres(check) => vec![&check.url],
            Self::Rds(check) => vec![&check.instance],
            Self::Redis(check) => vec![&check.url],
            Self::S3(check) => vec![&check.bucket],
            Self::DynamoDb(check) => vec![&check.table],
            Self::Sqs(check) => std::iter::once(&check.queue)
                .chain(&check.dead_letter_queue)
                .collect(),
            Self::Lambda(check) => vec![&check.function],
            Self::TargetGroup(check) => vec![&check.target_group],
            Self::Push(_) => Vec::new(),
        }
    }

    /// What is wrong with it.
    pub(crate) fn faults(&self) -> Vec<String> {
        match self {
            Self::Http(check) => check.faults(),
            Self::Tcp(check) => check.faults(),
            Self::Tls(check) => check.faults(),
            Self::Dns(check) => check.faults(),
            Self::Postgres(check) => check.faults(),
            Self::Rds(check) => check.faults(),
            Self::Redis(check) => check.faults(),
            Self::S3(check) => check.faults(),
            Self::DynamoDb(check) => check.faults(),
            Self::Sqs(check) => check.faults(),
            Self::Lambda(check) => check.faults(),
            Self::TargetGroup(check) => check.faults(),
            Self::Push(check) => check.faults(),
        }
    }

    /// The levels of how long an answer takes, which the timeout cuts off.
    pub(crate) const fn latency(&self) -> Option<&Levels<Period>> {
        match self {
            Self::Http(check) => Some(&check.expect.latency),
            Self::Tcp(check) => Some(&check.latency),
            Self::Tls(check) => Some(&check.latency),
            Self::Dns(check) => Some(&check.latency),
            Self::Postgres(check) => Some(&check.latency),
            Self::Redis(check) => Some(&check.latency),
            Self::S3(check) => Some(&check.latency),
            Self::DynamoDb(check) => Some(&check.latency),
            _ => None,
        }
    }
}
