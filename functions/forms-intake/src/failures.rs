//! What goes wrong, as it is recorded and as visitors are told.

use lambda_kit::Classified;
use telemetry::Chain;
use tracing::{error, info};

use crate::IntakeError;

/// Records a failure, once.
pub(crate) fn log(failure: &IntakeError) {
    if failure.status().is_server_error() {
        error!(error.code = failure.code(), error = %Chain(failure), "Could not answer");
    } else {
        // What visitors do wrong is counted, not recorded: it may hold what they typed.
        info!(error.code = failure.code(), "Refused");
    }
}

/// A failure as heading and paragraph.
pub(crate) fn in_plain_words(failure: &IntakeError, request_id: &str) -> (&'static str, String) {
    match failure {
        IntakeError::NotFound => (
            "This page does not exist",
            "The address may be misspelled.".to_owned(),
        ),
        IntakeError::LinkExpired => (
            "This link no longer works",
            "Its time is over. Please send the form again.".to_owned(),
        ),
        IntakeError::LinkForged => (
            "This link does not work",
            "It is incomplete or was changed. Please copy all of it from the mail.".to_owned(),
        ),
        _ if failure.status().is_server_error() => (
            "Something went wrong",
            format!(
                "It is our fault. Please try again in a minute. Quote {request_id} when you ask about it."
            ),
        ),
        _ => ("This could not be done", format!("We failed to {failure}.")),
    }
}
