use settings::Reader;
use tracing::level_filters::LevelFilter;

use crate::{Metrics, init, level_from};

/// Who writes logs and metrics, and how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// `POWERTOOLS_SERVICE_NAME`: the `service` of logs and metrics.
    pub name: String,
    /// `POWERTOOLS_METRICS_NAMESPACE`: the CloudWatch namespace.
    pub metrics_namespace: String,
    /// `AWS_LAMBDA_LOG_LEVEL`: set by Lambda from the function's logging settings.
    pub log_level: LevelFilter,
}

impl Service {
    /// Reads the settings that every function has; `name` where none is set.
    #[must_use]
    pub fn read(reader: &Reader<'_>, name: &str) -> Self {
        let or = |variable, default: &str| {
            reader
                .optional(variable)
                .unwrap_or_else(|| default.to_owned())
        };
        Self {
            name: or("POWERTOOLS_SERVICE_NAME", name),
            metrics_namespace: or("POWERTOOLS_METRICS_NAMESPACE", "Sidetier"),
            log_level: level_from(reader.optional("AWS_LAMBDA_LOG_LEVEL").as_deref()),
        }
    }

    /// Starts logging.
    pub fn init_logs(&self) {
        init(&self.name, self.log_level);
    }

    /// The metrics of one invocation, empty.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        Metrics::new(&self.metrics_namespace, &self.name)
    }
}
