//! What CloudFront and the event bus are asked.

use aws_sdk_cloudfront::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cloudfront::types::{InvalidationBatch, Paths};
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use lambda_kit::ErrorClass;
use serde_json::json;

use crate::InvalidateError;
use crate::purge_table::Purge;

/// Who tells the event bus.
const EVENT_SOURCE: &str = "sidetier.cache";
/// What it is told of pages, for all warmers.
const PAGES: &str = "warm.requested";
/// What it is told of answers: those of pages as soon as CloudFront is told, for they are not
/// its own; and those that are on no page that anybody named, of which `warm.requested` would be
/// about all pages.
const ANSWERS: &str = "answers.invalidated";
/// CloudFront's word for an invalidation that has reached all its places.
const COMPLETED: &str = "Completed";

/// The CDN, and the bus that the warmer listens to.
#[derive(Debug, Clone)]
pub(crate) struct Edge {
    cloudfront: aws_sdk_cloudfront::Client,
    events: aws_sdk_eventbridge::Client,
    distribution_id: Option<String>,
    event_bus: Option<String>,
}

/// How far an invalidation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Some places have not heard of it.
    Begun,
    /// All have forgotten.
    Completed,
    /// CloudFront knows none of this id.
    Unknown,
}

impl Edge {
    pub(crate) const fn new(
        cloudfront: aws_sdk_cloudfront::Client,
        events: aws_sdk_eventbridge::Client,
        distribution_id: Option<String>,
        event_bus: Option<String>,
    ) -> Self {
        Self {
            cloudfront,
            events,
            distribution_id,
            event_bus,
        }
    }

    /// Whether anybody is to be told.
    pub(crate) const fn is_there(&self) -> bool {
        self.distribution_id.is_some() || self.event_bus.is_some()
    }

    /// Whether there is a CDN that can be told.
    pub(crate) const fn has_distribution(&self) -> bool {
        self.distribution_id.is_some()
    }

    /// Tells CloudFront to forget; the invalidation's id. Nothing without a distribution. Told
    /// again, it is the same invalidation:
    /// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateInvalidation.html>.
    pub(crate) async fn invalidate(
        &self,
        purge: &Purge,
    ) -> Result<Option<String>, InvalidateError> {
        let Some(distribution) = &self.distribution_id else {
            return Ok(None);
        };
        let failed = |error| failure("create", purge, error);
        let paths = Paths::builder()
            .quantity(i32::try_from(purge.paths.len()).unwrap_or(i32::MAX))
            .set_items(Some(purge.paths.clone()))
            .build();
        let batch = paths.map_err(Box::from).and_then(|paths| {
            let batch = InvalidationBatch::builder().paths(paths);
            let batch = batch.caller_reference(&purge.reference).build();
            batch.map_err(Box::<dyn std::error::Error + Send + Sync>::from)
        });
        let batch = batch.map_err(|source| permanent("create", purge, source))?;
        let request = self.cloudfront.create_invalidation();
        let request = request.distribution_id(distribution);
        let answer = request.invalidation_batch(batch).send().await;
        let answer = answer.map_err(failed)?;
        match answer.invalidation {
            Some(invalidation) => Ok(Some(invalidation.id)),
            None => Err(permanent("create", purge, "the answer names none".into())),
        }
    }

    /// How far an invalidation is.
    pub(crate) async fn progress(
        &self,
        purge: &Purge,
        invalidation: &str,
    ) -> Result<Progress, InvalidateError> {
        let Some(distribution) = &self.distribution_id else {
            return Ok(Progress::Completed);
        };
        let request = self.cloudfront.get_invalidation();
        let answer = request
            .distribution_id(distribution)
            .id(invalidation)
            .send();
        match answer.await {
            Ok(answer) => {
                let status = answer.invalidation.map(|invalidation| invalidation.status);
                let is_completed = status.is_some_and(|status| status == COMPLETED);
                Ok(if is_completed {
                    Progress::Completed
                } else {
                    Progress::Begun
                })
            }
            Err(SdkError::ServiceError(context)) if context.err().is_no_such_invalidation() => {
                Ok(Progress::Unknown)
            }
            Err(error) => Err(failure("look for", purge, error)),
        }
    }

    /// Asks for pages and answers to be warmed; does nothing without a bus.
    pub(crate) async fn request_warming(&self, purge: &Purge) -> Result<(), InvalidateError> {
        let what = if purge.paths.is_empty() {
            ANSWERS
        } else {
            PAGES
        };
        self.tell(purge, what).await
    }

    /// Asks for answers to be made anew, while the CDN still forgets; does nothing without a bus
    /// or tags.
    pub(crate) async fn request_answers(&self, purge: &Purge) -> Result<(), InvalidateError> {
        if purge.tags.is_empty() {
            return Ok(());
        }
        self.tell(purge, ANSWERS).await
    }

    async fn tell(&self, purge: &Purge, what: &str) -> Result<(), InvalidateError> {
        let Some(bus) = &self.event_bus else {
            return Ok(());
        };
        let failed = |source| InvalidateError::Event {
            reference: purge.reference.clone(),
            source,
        };
        let detail = json!({
            "reason": "invalidation",
            "paths": purge.paths,
            "tags": purge.tags,
            "event_ms": purge.changed_ms,
        });
        let entry = PutEventsRequestEntry::builder()
            .event_bus_name(bus)
            .source(EVENT_SOURCE)
            .detail_type(what)
            .detail(detail.to_string())
            .build();
        let answer = self.events.put_events().entries(entry).send().await;
        let answer = answer.map_err(|error| failed(Some(Box::new(error))))?;
        if answer.failed_entry_count() > 0 {
            let reason = answer
                .entries()
                .iter()
                .find_map(|entry| entry.error_message());
            return Err(failed(reason.map(Box::from)));
        }
        Ok(())
    }
}

fn failure<E, R>(action: &'static str, purge: &Purge, error: SdkError<E, R>) -> InvalidateError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    let class = match error.code() {
        // Others' invalidations are under way: theirs end.
        Some("TooManyInvalidationsInProgress" | "Throttling" | "ThrottlingException") => {
            ErrorClass::Throttled
        }
        // It will not take this one, ever.
        Some(
            "InvalidArgument"
            | "InvalidationBatchAlreadyExists"
            | "BatchTooLarge"
            | "InconsistentQuantities"
            | "MissingBody"
            | "MalformedXML",
        ) => ErrorClass::Invalid,
        // A missing grant or distribution does not mend itself, but is mended.
        Some("AccessDenied" | "AccessDeniedException" | "NoSuchDistribution") => {
            ErrorClass::Permanent
        }
        _ => ErrorClass::Transient,
    };
    InvalidateError::Edge {
        action,
        reference: purge.reference.clone(),
        class,
        source: Box::new(error),
    }
}

fn permanent(
    action: &'static str,
    purge: &Purge,
    source: Box<dyn std::error::Error + Send + Sync>,
) -> InvalidateError {
    InvalidateError::Edge {
        action,
        reference: purge.reference.clone(),
        class: ErrorClass::Permanent,
        source,
    }
}
