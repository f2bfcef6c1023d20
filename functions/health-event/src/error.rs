use lambda_kit::{Classified, ErrorClass};
use store::StoreError;

/// Why an event was not taken in by all checks that it concerns.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// The table failed.
    #[error("take in what was told of the check `{check}`")]
    Store {
        /// The check.
        check: String,
        /// What DynamoDB said.
        #[source]
        source: StoreError,
    },
}

impl Classified for EventError {
    fn class(&self) -> ErrorClass {
        let Self::Store { source, .. } = self;
        source.class()
    }

    fn code(&self) -> &'static str {
        let Self::Store { source, .. } = self;
        source.code()
    }
}
