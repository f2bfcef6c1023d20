//! What several checks of a run ask together.

use std::collections::BTreeSet;
use std::time::SystemTime;

use health_checks::{Check, Probe};
use tokio::sync::OnceCell;

use crate::probe::metrics::{Metrics, Series};
use crate::probe::rds::{Instances, Wanted};
use crate::probe::{Clients, ProbeError, lambda, metrics, rds, sqs, target_group};

/// Answers that are asked for once, by the check that needs them first. When its time is over
/// before, the next one that needs them asks.
pub(crate) struct Shared {
    checks: Vec<Check>,
    metrics: OnceCell<Metrics>,
    instances: OnceCell<Instances>,
}

impl Shared {
    /// Nothing is asked yet.
    pub(crate) fn new(checks: &[Check]) -> Self {
        Self {
            checks: checks.to_vec(),
            metrics: OnceCell::new(),
            instances: OnceCell::new(),
        }
    }

    /// What CloudWatch measured of all that the run's checks look at.
    pub(crate) async fn metrics(&self, clients: &Clients) -> Result<&Metrics, ProbeError> {
        let fetch = async || {
            let series = self.series(clients).await;
            metrics::fetch(&clients.metrics, series, SystemTime::now()).await
        };
        self.metrics.get_or_try_init(fetch).await
    }

    /// What the RDS API says of all instances that the run's checks look at.
    pub(crate) async fn instances(&self, clients: &Clients) -> Result<&Instances, ProbeError> {
        let fetch = async || {
            let mut wanted = Wanted::default();
            for check in &self.checks {
                // What cannot be resolved is told by the check itself.
                if let Probe::Rds(check) = &check.probe
                    && let Ok(instance) = clients.variables.resolve(&check.instance)
                {
                    wanted.add(check, instance);
                }
            }
            rds::fetch(&clients.instances, &wanted).await
        };
        self.instances.get_or_try_init(fetch).await
    }

    async fn series(&self, clients: &Clients) -> BTreeSet<Series> {
        let mut series = BTreeSet::new();
        let resolve = |setting| clients.variables.resolve(setting).ok();
        for check in &self.checks {
            match &check.probe {
                Probe::Lambda(check) => {
                    let function = resolve(&check.function);
                    series.extend(
                        function
                            .into_iter()
                            .flat_map(|it| lambda::series(check, &it)),
                    );
                }
                Probe::Sqs(check) => {
                    let queue = resolve(&check.queue);
                    series.extend(queue.into_iter().flat_map(|it| sqs::series(check, &it)));
                }
                Probe::TargetGroup(check) if target_group::is_measured(check) => {
                    let Some(group) = resolve(&check.target_group) else {
                        continue;
                    };
                    if let Ok(Some(load_balancer)) = clients.load_balancer(&group).await {
                        series.extend(target_group::series(&group, &load_balancer));
                    }
                }
                _ => {}
            }
        }
        series
    }
}
