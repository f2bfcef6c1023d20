use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::Client;
use aws_sdk_elasticloadbalancingv2::types::{TargetHealthDescription, TargetHealthStateEnum};
use health_checks::{Percent, Period, TargetGroupAnswer, TargetGroupCheck};

use crate::probe::aws_error::api;
use crate::probe::metrics::{Metrics, Series, count};
use crate::probe::shared::Shared;
use crate::probe::{Clients, ProbeError};

/// What is measured of a target group:
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html>.
struct OfGroup {
    requests: Series,
    errors: Series,
    p95: Series,
}

impl OfGroup {
    /// `None` when the ARNs are none.
    fn new(group: &str, load_balancer: &str) -> Option<Self> {
        let (_, group) = group.rsplit_once(':')?;
        let (_, load_balancer) = load_balancer.split_once(":loadbalancer/")?;
        let series = |metric, statistic| Series {
            namespace: "AWS/ApplicationELB",
            metric,
            statistic,
            dimensions: vec![
                ("LoadBalancer", load_balancer.to_owned()),
                ("TargetGroup", group.to_owned()),
            ],
        };
        Some(Self {
            requests: series("RequestCount", "Sum"),
            errors: series("HTTPCode_Target_5XX_Count", "Sum"),
            p95: series("TargetResponseTime", "p95"),
        })
    }
}

/// Whether CloudWatch is needed at all.
pub(crate) const fn is_measured(check: &TargetGroupCheck) -> bool {
    check.errors_pct.is_set() || check.p95.is_set()
}

/// What the check needs of CloudWatch.
pub(crate) fn series(group: &str, load_balancer: &str) -> Vec<Series> {
    let of = OfGroup::new(group, load_balancer);
    of.map_or_else(Vec::new, |of| vec![of.requests, of.errors, of.p95])
}

/// Asks which targets are healthy, and what the metrics of the last minutes say.
pub(crate) async fn ask(
    check: &TargetGroupCheck,
    clients: &Clients,
    shared: &Shared,
) -> Result<TargetGroupAnswer, ProbeError> {
    let group = clients.variables.resolve(&check.target_group)?;
    let healthy = if check.healthy_min.is_some() {
        let client = &clients.load_balancers;
        let targets = client.describe_target_health().target_group_arn(&group);
        let targets = targets
            .send()
            .await
            .map_err(|error| api("Elastic Load Balancing", &error))?;
        Some(healthy(targets.target_health_descriptions()))
    } else {
        None
    };
    if !is_measured(check) {
        return Ok(TargetGroupAnswer {
            healthy,
            ..TargetGroupAnswer::default()
        });
    }
    let metrics = shared.metrics(clients).await?;
    let load_balancer = clients.load_balancer(&group).await?;
    let of = load_balancer.and_then(|load_balancer| OfGroup::new(&group, &load_balancer));
    let measured = of.map(|of| measured(&of, metrics)).unwrap_or_default();
    Ok(TargetGroupAnswer {
        healthy,
        ..measured
    })
}

fn healthy(targets: &[TargetHealthDescription]) -> u32 {
    let is_healthy = |target: &&TargetHealthDescription| {
        let state = target.target_health().and_then(|health| health.state());
        state == Some(&TargetHealthStateEnum::Healthy)
    };
    u32::try_from(targets.iter().filter(is_healthy).count()).unwrap_or(u32::MAX)
}

/// Where nothing is asked for, nothing fails and nothing is slow.
fn measured(of: &OfGroup, metrics: &Metrics) -> TargetGroupAnswer {
    let counts = metrics.sum(&of.errors).zip(metrics.sum(&of.requests));
    let slowest = metrics.highest(&of.p95);
    let period = |seconds: f64| {
        let time = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
        Period::from_ms(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
    };
    TargetGroupAnswer {
        healthy: None,
        errors: counts.map(|(errors, all)| Percent::of(count(errors), count(all))),
        p95: slowest.map(period),
    }
}

/// The load balancer of a target group; `None` when it has none.
pub(crate) async fn load_balancer_of(
    client: &Client,
    group: &str,
) -> Result<Option<String>, ProbeError> {
    let groups = client.describe_target_groups().target_group_arns(group);
    let groups = groups
        .send()
        .await
        .map_err(|error| api("Elastic Load Balancing", &error))?;
    let own = groups.target_groups().first();
    Ok(own.and_then(|own| own.load_balancer_arns().first().cloned()))
}

#[cfg(test)]
mod tests {
    use aws_sdk_elasticloadbalancingv2::types::TargetHealth;

    use super::*;

    #[test]
    fn dimensions_are_the_ends_of_arns() {
        let arn = "arn:aws:elasticloadbalancing:eu-central-1:1:";
        let of = OfGroup::new(
            &format!("{arn}targetgroup/web/ab"),
            &format!("{arn}loadbalancer/app/site/cd"),
        );
        let dimensions = of.unwrap().requests.dimensions;
        assert_eq!(
            dimensions,
            [
                ("LoadBalancer", "app/site/cd".to_owned()),
                ("TargetGroup", "targetgroup/web/ab".to_owned())
            ]
        );
        assert!(OfGroup::new("web", "site").is_none());
    }

    #[test]
    fn only_healthy_targets_count() {
        let target = |state: Option<TargetHealthStateEnum>| {
            let health = state.map(|state| TargetHealth::builder().state(state).build());
            TargetHealthDescription::builder()
                .set_target_health(health)
                .build()
        };
        let targets = [
            target(Some(TargetHealthStateEnum::Healthy)),
            target(Some(TargetHealthStateEnum::Draining)),
            target(Some(TargetHealthStateEnum::Unhealthy)),
            target(None),
        ];
        assert_eq!(healthy(&targets), 1);
    }
}
