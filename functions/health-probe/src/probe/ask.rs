//! What each kind of check asks, and how its answer is judged.

use std::time::SystemTime;

use health_checks::{
    Check, DnsCheck, DynamoDbCheck, HttpCheck, LambdaCheck, PostgresCheck, Probe, RdsCheck,
    RedisCheck, S3Check, SqsCheck, TargetGroupCheck, TcpCheck, TlsCheck,
};

use crate::probe::attempt::{Attempt, Run};
use crate::probe::phases::Phases;
use crate::probe::shared::Shared;
use crate::probe::{
    Clients, ProbeError, dns, dynamodb, http, lambda, postgres, push, redis, s3, sqs, target_group,
    tcp, tls,
};

type Asked = Result<Attempt, ProbeError>;

/// Asks once. The futures of clients are large, so they are boxed here.
pub(crate) async fn ask(run: &Run, check: &Check, phases: &Phases) -> Asked {
    let (id, clients, shared) = (check.id.as_str(), run.clients.as_ref(), &run.shared);
    match &check.probe {
        Probe::Http(check) => ask_http(check, clients, phases).await,
        Probe::Tcp(check) => ask_tcp(check, clients, phases).await,
        Probe::Tls(check) => ask_tls(check, clients, phases).await,
        Probe::Dns(check) => ask_dns(check, clients, phases).await,
        Probe::Postgres(check) => Box::pin(ask_postgres(check, clients, phases)).await,
        Probe::Redis(check) => Box::pin(ask_redis(id, check, clients, phases)).await,
        Probe::S3(check) => Box::pin(ask_s3(id, check, clients, phases)).await,
        Probe::DynamoDb(check) => Box::pin(ask_dynamodb(id, check, clients, phases)).await,
        Probe::Rds(check) => Box::pin(ask_rds(check, clients, shared)).await,
        Probe::Sqs(check) => Box::pin(ask_sqs(check, clients, shared)).await,
        Probe::Lambda(check) => Box::pin(ask_lambda(check, clients, shared)).await,
        Probe::TargetGroup(check) => Box::pin(ask_target_group(check, clients, shared)).await,
        Probe::Push(check) => {
            let beat = run.heartbeats.get(id);
            Ok(Attempt::untimed(push::judge(check, beat, run.started_ms)))
        }
    }
}

async fn ask_http(check: &HttpCheck, clients: &Clients, phases: &Phases) -> Asked {
    let answer = http::ask(check, &clients.variables, &clients.trust, phases).await?;
    let judgement = check.expect.judge(&answer);
    Ok(Attempt::timed(judgement, &answer.timings))
}

async fn ask_tcp(check: &TcpCheck, clients: &Clients, phases: &Phases) -> Asked {
    let timings = tcp::ask(check, &clients.variables, phases).await?;
    Ok(Attempt::timed(check.judge(&timings), &timings))
}

async fn ask_tls(check: &TlsCheck, clients: &Clients, phases: &Phases) -> Asked {
    let answer = tls::ask(check, &clients.variables, &clients.trust, phases).await?;
    Ok(Attempt::timed(check.judge(&answer), &answer.timings))
}

async fn ask_dns(check: &DnsCheck, clients: &Clients, phases: &Phases) -> Asked {
    let answer = dns::ask(check, &clients.variables, phases).await?;
    Ok(Attempt::timed(check.judge(&answer), &answer.timings))
}

async fn ask_postgres(check: &PostgresCheck, clients: &Clients, phases: &Phases) -> Asked {
    let answer = postgres::ask(check, clients, phases).await?;
    Ok(Attempt::timed(check.judge(&answer), &phases.finish()))
}

async fn ask_redis(id: &str, check: &RedisCheck, clients: &Clients, phases: &Phases) -> Asked {
    let answer = redis::ask(id, check, clients, phases).await?;
    Ok(Attempt::timed(check.judge(&answer), &phases.finish()))
}

async fn ask_s3(id: &str, check: &S3Check, clients: &Clients, phases: &Phases) -> Asked {
    let answer = s3::ask(id, check, &clients.variables, &clients.objects, phases).await?;
    Ok(Attempt::timed(check.judge(&answer), &phases.finish()))
}

async fn ask_dynamodb(
    id: &str,
    check: &DynamoDbCheck,
    clients: &Clients,
    phases: &Phases,
) -> Asked {
    let answer = dynamodb::ask(id, check, clients, phases).await?;
    Ok(Attempt::timed(check.judge(&answer), &phases.finish()))
}

async fn ask_rds(check: &RdsCheck, clients: &Clients, shared: &Shared) -> Asked {
    let instance = clients.variables.resolve(&check.instance)?;
    let instances = shared.instances(clients).await?;
    let answer = instances.answer(&instance, SystemTime::now());
    Ok(Attempt::untimed(check.judge(&answer)))
}

async fn ask_sqs(check: &SqsCheck, clients: &Clients, shared: &Shared) -> Asked {
    let answer = sqs::ask(check, clients, shared).await?;
    Ok(Attempt::untimed(check.judge(&answer)))
}

async fn ask_lambda(check: &LambdaCheck, clients: &Clients, shared: &Shared) -> Asked {
    let metrics = shared.metrics(clients).await?;
    let answer = lambda::ask(check, clients, metrics).await?;
    Ok(Attempt::untimed(check.judge(&answer)))
}

async fn ask_target_group(check: &TargetGroupCheck, clients: &Clients, shared: &Shared) -> Asked {
    let answer = target_group::ask(check, clients, shared).await?;
    Ok(Attempt::untimed(check.judge(&answer)))
}
