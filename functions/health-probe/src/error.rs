use lambda_kit::{Classified, ErrorClass};
use store::StoreError;
use telemetry::Chain;
use tracing::error;

/// What went wrong in a run. The rest of the run went on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The table of the site's health failed.
    #[error("{action} in the health table")]
    Table {
        /// What was tried.
        action: &'static str,
        /// Why not.
        #[source]
        source: StoreError,
    },
    /// The bucket of the status page failed.
    #[error("publish the status page")]
    Publish(#[source] StoreError),
    /// The snapshot cannot be written as JSON.
    #[error("write the snapshot")]
    Snapshot(#[from] serde_json::Error),
    /// It took too long.
    #[error("{0}: there was no time left")]
    OutOfTime(&'static str),
    /// Nothing of what was seen could be recorded.
    #[error("tell how the site is: nothing is known of any check")]
    NothingKnown,
}

impl Classified for RunError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Table { source, .. } | Self::Publish(source) => source.class(),
            Self::Snapshot(_) => ErrorClass::Permanent,
            Self::OutOfTime(_) | Self::NothingKnown => ErrorClass::Transient,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Table { source, .. } => source.code(),
            Self::Publish(_) => "probe.publish",
            Self::Snapshot(_) => "probe.snapshot",
            Self::OutOfTime(_) => "probe.out_of_time",
            Self::NothingKnown => "probe.nothing_known",
        }
    }
}

/// Faults that are told of, each; of more there is only the number.
const TOLD: usize = 3;

/// What went wrong, while the run goes on.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    first: Option<RunError>,
    count: usize,
}

impl Faults {
    /// Takes note of an error; the value where there is none.
    pub(crate) fn note<T>(&mut self, result: Result<T, RunError>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(fault) => {
                self.count += 1;
                if self.count <= TOLD {
                    error!(error = %Chain(&fault), code = fault.code(), "A part of the run failed");
                }
                self.first.get_or_insert(fault);
                None
            }
        }
    }

    /// Adds what went wrong elsewhere, which is logged already.
    pub(crate) fn add(&mut self, others: Self) {
        self.first = self.first.take().or(others.first);
        self.count += others.count;
    }

    /// How much went wrong.
    pub(crate) const fn count(&self) -> usize {
        self.count
    }

    /// The first error, so that the run counts as failed.
    pub(crate) fn end(self) -> Result<(), RunError> {
        self.first.map_or(Ok(()), Err)
    }
}
