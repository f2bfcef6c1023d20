use aws_sdk_lambda::Client;
use health_checks::{LambdaAnswer, LambdaCheck, Percent};

use crate::probe::aws_error::api;
use crate::probe::metrics::{Metrics, Series, count};
use crate::probe::{Clients, ProbeError};

/// What is measured of a function:
/// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html>.
struct OfFunction {
    errors: Series,
    invocations: Series,
    throttles: Series,
    concurrency: Series,
}

impl OfFunction {
    fn new(function: &str) -> Self {
        let series = |metric, statistic| Series {
            namespace: "AWS/Lambda",
            metric,
            statistic,
            dimensions: vec![("FunctionName", function.to_owned())],
        };
        Self {
            errors: series("Errors", "Sum"),
            invocations: series("Invocations", "Sum"),
            throttles: series("Throttles", "Sum"),
            concurrency: series("ConcurrentExecutions", "Maximum"),
        }
    }
}

/// What the check needs of CloudWatch.
pub(crate) fn series(check: &LambdaCheck, function: &str) -> Vec<Series> {
    let of = OfFunction::new(function);
    let mut series = Vec::new();
    if check.errors_pct.is_set() {
        series.extend([of.errors, of.invocations]);
    }
    if check.throttles_per_min.is_set() {
        series.push(of.throttles);
    }
    if check.concurrency_pct.is_set() {
        series.push(of.concurrency);
    }
    series
}

/// Tells what the metrics of the last minutes say of a function, whose limit of concurrency is
/// asked where it matters.
pub(crate) async fn ask(
    check: &LambdaCheck,
    clients: &Clients,
    metrics: &Metrics,
) -> Result<LambdaAnswer, ProbeError> {
    let function = clients.variables.resolve(&check.function)?;
    let allowed = if check.concurrency_pct.is_set() {
        Some(allowed(&clients.functions, &function).await?)
    } else {
        None
    };
    Ok(answer(&OfFunction::new(&function), metrics, allowed))
}

fn answer(of: &OfFunction, metrics: &Metrics, allowed: Option<u64>) -> LambdaAnswer {
    let errors = metrics.sum(&of.errors).zip(metrics.sum(&of.invocations));
    let concurrency = metrics.highest(&of.concurrency).zip(allowed);
    LambdaAnswer {
        errors: errors.map(|(errors, all)| Percent::of(count(errors), count(all))),
        throttles_per_min: metrics.highest(&of.throttles).map(count),
        concurrency: concurrency.map(|(highest, allowed)| Percent::of(count(highest), allowed)),
    }
}

/// So many invocations at once: the function's own limit, or what the account has left for all
/// that have none.
async fn allowed(client: &Client, function: &str) -> Result<u64, ProbeError> {
    let own = client.get_function_concurrency().function_name(function);
    let own = own.send().await.map_err(|error| api("Lambda", &error))?;
    if let Some(own) = own.reserved_concurrent_executions() {
        return Ok(u64::try_from(own).unwrap_or(0));
    }
    let account = client.get_account_settings().send().await;
    let account = account.map_err(|error| api("Lambda", &error))?;
    let limit = account.account_limit();
    let shared = limit.and_then(|limit| limit.unreserved_concurrent_executions());
    let shared = shared.and_then(|shared| u64::try_from(shared).ok());
    shared.ok_or(ProbeError::Answer("no limit of concurrency is told"))
}
