//! What AWS services say when they refuse.

use std::error::Error;

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use telemetry::Chain;

use crate::probe::ProbeError;

/// The service that a check asks about refused, or did not answer.
pub(crate) fn service<E, R>(service: &'static str, error: &SdkError<E, R>) -> ProbeError
where
    E: Error + ProvideErrorMetadata + 'static,
    R: std::fmt::Debug + 'static,
{
    ProbeError::Service {
        service,
        reason: reason(error),
    }
}

/// An API that only tells of what a check asks about refused, or did not answer.
pub(crate) fn api<E, R>(api: &'static str, error: &SdkError<E, R>) -> ProbeError
where
    E: Error + ProvideErrorMetadata + 'static,
    R: std::fmt::Debug + 'static,
{
    ProbeError::Api {
        api,
        reason: reason(error),
    }
}

/// The service's code and words, or why it said nothing.
fn reason<E, R>(error: &SdkError<E, R>) -> String
where
    E: Error + ProvideErrorMetadata + 'static,
    R: std::fmt::Debug + 'static,
{
    let said = error.as_service_error();
    match said.map(|said| (said.code(), said.message())) {
        Some((Some(code), Some(message))) => format!("{code}: {message}"),
        Some((Some(code), None)) => code.to_owned(),
        _ => Chain(error).to_string(),
    }
}
