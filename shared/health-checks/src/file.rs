//! The file as it is written, before what is left out is filled in.

use health_state::{Severity, Weekday};
use serde::Deserialize;
use toml::{Spanned, Value};

use crate::{
    Budget, Component, Defaults, DnsCheck, DynamoDbCheck, EventSource, Guard, HttpCheck,
    LambdaCheck, Period, PostgresCheck, Probe, PushCheck, RdsCheck, RedisCheck, S3Check, Setting,
    SqsCheck, TargetGroupCheck, TcpCheck, TlsCheck,
};

/// All of it. Checks and windows are read one by one, so that each can have its own fault.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    #[serde(default)]
    pub(crate) defaults: Defaults,
    #[serde(default)]
    pub(crate) budget: Budget,
    pub(crate) guard: Option<Guard>,
    #[serde(rename = "check", default)]
    pub(crate) checks: Vec<Spanned<Value>>,
    #[serde(default)]
    pub(crate) maintenance: Vec<Spanned<Value>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CheckEntry {
    pub(crate) id: String,
    pub(crate) every: Option<Period>,
    pub(crate) timeout: Option<Period>,
    pub(crate) fail_after: Option<u32>,
    pub(crate) pass_after: Option<u32>,
    pub(crate) severity: Option<Severity>,
    pub(crate) remind: Option<Period>,
    #[serde(default)]
    pub(crate) depends_on: Vec<String>,
    pub(crate) when: Option<Setting>,
    #[serde(default)]
    pub(crate) events: Vec<EventSource>,
    #[serde(rename = "public")]
    pub(crate) component: Option<Component>,
    http: Option<HttpCheck>,
    tcp: Option<TcpCheck>,
    tls: Option<TlsCheck>,
    dns: Option<DnsCheck>,
    postgres: Option<PostgresCheck>,
    rds: Option<RdsCheck>,
    redis: Option<RedisCheck>,
    s3: Option<S3Check>,
    dynamodb: Option<DynamoDbCheck>,
    sqs: Option<SqsCheck>,
    lambda: Option<LambdaCheck>,
    target_group: Option<TargetGroupCheck>,
    push: Option<PushCheck>,
}

impl CheckEntry {
    /// What it asks, all of it: one is right.
    pub(crate) fn take_probes(&mut self) -> Vec<Probe> {
        let probes = [
            self.http.take().map(|check| Probe::Http(Box::new(check))),
            self.tcp.take().map(Probe::Tcp),
            self.tls.take().map(Probe::Tls),
            self.dns.take().map(Probe::Dns),
            self.postgres.take().map(Probe::Postgres),
            self.rds.take().map(Probe::Rds),
            self.redis.take().map(Probe::Redis),
            self.s3.take().map(Probe::S3),
            self.dynamodb.take().map(Probe::DynamoDb),
            self.sqs.take().map(Probe::Sqs),
            self.lambda.take().map(Probe::Lambda),
            self.target_group.take().map(Probe::TargetGroup),
            self.push.take().map(Probe::Push),
        ];
        probes.into_iter().flatten().collect()
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WindowEntry {
    pub(crate) id: String,
    /// None for all.
    #[serde(default)]
    pub(crate) checks: Vec<String>,
    #[serde(default)]
    pub(crate) message: String,
    pub(crate) once: Option<OnceEntry>,
    pub(crate) weekly: Option<WeeklyEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OnceEntry {
    pub(crate) from: String,
    pub(crate) to: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WeeklyEntry {
    pub(crate) day: Weekday,
    pub(crate) time: String,
    pub(crate) time_zone: String,
    pub(crate) duration: Period,
}
