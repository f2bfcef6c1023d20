//! What answers of other kinds come to.
#![expect(clippy::unwrap_used, reason = "a test ends at the first fault")]

use health_checks::{
    DnsAnswer, DnsCheck, Judgement, LambdaAnswer, Percent, Period, PostgresAnswer, Probe, Rcode,
    RdsAnswer, RedisAnswer, RedisRole, SiteChecks, SqsAnswer, StoreAnswer, TargetGroupAnswer,
    Timings, TlsAnswer, TlsVersion,
};
use health_state::{Outcome, UnknownReason};

const FULL: &str = include_str!("../test_data/full.toml");
const NOT_MEASURED: Outcome = Outcome::Unknown(UnknownReason::ProbeBroke);

fn probe(id: &str) -> Probe {
    SiteChecks::parse(FULL)
        .unwrap()
        .check(id)
        .unwrap()
        .probe
        .clone()
}

fn assert_judged(judgement: &Judgement, outcome: Outcome, text: &str) {
    assert_eq!(
        (judgement.outcome, judgement.text.as_str()),
        (outcome, text)
    );
}

#[test]
fn certificates_and_names_are_judged() {
    let Probe::Tls(check) = probe("certificate") else {
        panic!("not TLS")
    };
    let mut answer = TlsAnswer {
        left_s: 86_400 * 31,
        chain_fault: None,
        names: vec!["*.halden.example".to_owned()],
        version: TlsVersion::Tls12,
        timings: Timings::default(),
    };
    assert_eq!(check.judge(&answer).outcome, Outcome::Pass);
    answer.left_s -= 1;
    assert_judged(
        &check.judge(&answer),
        Outcome::Warn,
        "the certificate's days is 30, which warns at or below 30",
    );
    answer.names = vec![
        "*.www.halden.example".to_owned(),
        "halden.example".to_owned(),
    ];
    answer.chain_fault = Some("unknown issuer".to_owned());
    assert_judged(
        &check.judge(&answer),
        Outcome::Fail,
        "the chain is not valid: unknown issuer; the certificate is not for `www.halden.example`",
    );
    let Probe::Dns(check) = probe("dns") else {
        panic!("not DNS")
    };
    let dns = |rcode, records: &[&str]| DnsAnswer {
        rcode,
        records: records.iter().map(|record| (*record).to_owned()).collect(),
        timings: Timings::default(),
    };
    let judge = |check: &DnsCheck, answer: &DnsAnswer| check.judge(answer);
    assert_eq!(
        judge(&check, &dns(Rcode::NoError, &["192.0.2.7"])).outcome,
        Outcome::Pass
    );
    assert_judged(
        &judge(&check, &dns(Rcode::NxDomain, &[])),
        Outcome::Fail,
        "NXDOMAIN instead of NOERROR; 0 records instead of at least 1; `192.0.2.7` is not among the records",
    );
}

#[test]
fn databases_are_judged() {
    let Probe::Postgres(database) = probe("database") else {
        panic!("not PostgreSQL")
    };
    let mut answer = PostgresAnswer {
        writes: Some(true),
        connections: Some(Percent::of(96, 100)),
        xact_age: Some(Period::from_seconds(700)),
        xid_age: Some(7),
        ..PostgresAnswer::default()
    };
    assert_judged(
        &database.judge(&answer),
        Outcome::Fail,
        "connections is 96 %, which fails from 95.50 %",
    );
    answer.connections = None;
    assert_judged(
        &database.judge(&answer),
        NOT_MEASURED,
        "connections was not measured",
    );
    answer.writes = Some(false);
    assert_judged(
        &database.judge(&answer),
        Outcome::Fail,
        "writing does not work",
    );
    let Probe::Redis(cache) = probe("cache") else {
        panic!("not Redis")
    };
    let answer = RedisAnswer {
        role: Some(RedisRole::Replica),
        replicas: Some(0),
        memory: Some(Percent::of(1, 2)),
        evictions_per_min: Some(1),
        set_get: Some(true),
        latency: None,
    };
    assert_judged(
        &cache.judge(&answer),
        Outcome::Fail,
        "it is the replica instead of the master; 0 replicas instead of at least 1",
    );
    let Probe::Rds(instance) = probe("instance") else {
        panic!("not RDS")
    };
    let mut answer = RdsAnswer {
        status: "available".to_owned(),
        multi_az: Some(true),
        backup_age: Some(Period::from_seconds(300)),
        ca_days: Some(90),
        pending_maintenance: vec!["system-update".to_owned()],
    };
    assert_judged(
        &instance.judge(&answer),
        Outcome::Warn,
        "maintenance is pending: system-update",
    );
    answer.multi_az = Some(false);
    answer.status = "storage-full".to_owned();
    assert_judged(
        &instance.judge(&answer),
        Outcome::Fail,
        "the instance is storage-full; there is no standby in another zone",
    );
}

#[test]
fn services_are_judged() {
    let Probe::Sqs(queue) = probe("deliveries") else {
        panic!("not SQS")
    };
    let answer = SqsAnswer {
        oldest: Some(Period::from_seconds(400)),
        waiting: Some(1),
        dead_letters: Some(0),
    };
    assert_judged(
        &queue.judge(&answer),
        Outcome::Warn,
        "age of the oldest message is 400s, which warns from 5m",
    );
    let Probe::Lambda(function) = probe("functions") else {
        panic!("not Lambda")
    };
    let answer = LambdaAnswer {
        errors: Some(Percent::of(1, 20)),
        throttles_per_min: Some(1),
        concurrency: None,
    };
    assert_judged(
        &function.judge(&answer),
        Outcome::Fail,
        "errors is 5 %, which fails from 5 %; throttles in a minute is 1, which fails from 1",
    );
    let Probe::TargetGroup(group) = probe("alb") else {
        panic!("no target group")
    };
    let answer = TargetGroupAnswer {
        healthy: Some(1),
        errors: Some(Percent::default()),
        p95: Some(Period::from_ms(800)),
    };
    assert_judged(
        &group.judge(&answer),
        Outcome::Fail,
        "1 healthy targets instead of at least 2",
    );
    let Probe::S3(bucket) = probe("media") else {
        panic!("not S3")
    };
    assert_judged(
        &bucket.judge(&StoreAnswer::default()),
        NOT_MEASURED,
        "writing and reading was not measured; latency was not measured",
    );
    let Probe::Push(push) = probe("backup") else {
        panic!("no push")
    };
    assert_eq!(
        push.judge(Some("26h".parse().unwrap())).outcome,
        Outcome::Pass
    );
    assert_judged(
        &push.judge(Some("27h".parse().unwrap())),
        Outcome::Fail,
        "silent for 27h, more than 26h",
    );
    assert_eq!(push.judge(None).outcome, NOT_MEASURED);
}
