use std::future::Future;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use telemetry::Chain;
use tracing::{Instrument, error, info_span};

use crate::{Classified, ErrorClass};

/// A batch was refused as a whole.
#[derive(Debug, thiserror::Error)]
#[error("report the batch: {records} records came without a message id")]
pub struct UnnamedRecords {
    records: usize,
}

impl Classified for UnnamedRecords {
    fn class(&self) -> ErrorClass {
        ErrorClass::Permanent
    }

    fn code(&self) -> &'static str {
        "batch.unnamed_records"
    }
}

/// Handles the records of an SQS batch one after the other and reports those to be delivered again.
///
/// `handle` gets the message body. A record returns to the queue when its error's
/// class says so, and when its handler panicked: one bad record never fails its
/// neighbours.
///
/// # Errors
/// A record without a message id cannot be reported (an empty identifier makes
/// Lambda retry the whole batch anyway,
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>),
/// so the batch is refused before anything is done.
pub async fn process_batch<H, F, E>(
    event: SqsEvent,
    handle: H,
) -> Result<SqsBatchResponse, UnnamedRecords>
where
    H: Fn(String) -> F,
    F: Future<Output = Result<(), E>> + Send + 'static,
    E: Classified,
{
    let unnamed = event
        .records
        .iter()
        .filter(|record| record.message_id.is_none())
        .count();
    if unnamed > 0 {
        return Err(UnnamedRecords { records: unnamed });
    }
    let mut response = SqsBatchResponse::default();
    for record in event.records {
        let id = record.message_id.unwrap_or_default();
        let span = info_span!("record", message_id = %id);
        // A task of its own contains a panic.
        let work = handle(record.body.unwrap_or_default()).instrument(span.clone());
        let outcome = tokio::spawn(work).await;
        let _entered = span.enter();
        match outcome {
            Ok(Ok(())) => {}
            Ok(Err(failure)) if failure.class().returns_to_queue() => {
                error!(error.code = failure.code(), error = %Chain(&failure), "Returned a message to the queue");
                response.add_failure(id);
            }
            Ok(Err(failure)) => {
                error!(error.code = failure.code(), error = %Chain(&failure), "Gave up on a message");
            }
            Err(panic) => {
                error!(error.code = "batch.panic", error = %Chain(&panic), "Returned a message to the queue");
                response.add_failure(id);
            }
        }
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lambda_events::event::sqs::SqsMessage;

    #[derive(Debug, thiserror::Error)]
    #[error("handle it")]
    struct Fault(ErrorClass);

    impl Classified for Fault {
        fn class(&self) -> ErrorClass {
            self.0
        }

        fn code(&self) -> &'static str {
            "test.fault"
        }
    }

    fn event(messages: &[(Option<&str>, &str)]) -> SqsEvent {
        let mut event = SqsEvent::default();
        for (id, body) in messages {
            let mut message = SqsMessage::default();
            message.message_id = id.map(str::to_owned);
            message.body = Some((*body).to_owned());
            event.records.push(message);
        }
        event
    }

    async fn handle(body: String) -> Result<(), Fault> {
        match body.as_str() {
            "invalid" => Err(Fault(ErrorClass::Invalid)),
            "transient" => Err(Fault(ErrorClass::Transient)),
            "permanent" => Err(Fault(ErrorClass::Permanent)),
            "panic" => panic!("boom"),
            _ => Ok(()),
        }
    }

    #[tokio::test]
    async fn returns_only_what_may_succeed_later() {
        let event = event(&[
            (Some("1"), "fine"),
            (Some("2"), "invalid"),
            (Some("3"), "transient"),
            (Some("4"), "panic"),
            (Some("5"), "permanent"),
            (Some("6"), "fine"),
        ]);
        let response = process_batch(event, handle).await.unwrap();
        let failed: Vec<_> = response
            .batch_item_failures
            .iter()
            .map(|item| item.item_identifier.as_str())
            .collect();
        assert_eq!(failed, ["3", "4", "5"]);
    }

    #[tokio::test]
    async fn refuses_records_it_could_not_report() {
        let error = process_batch(event(&[(None, "fine")]), handle)
            .await
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "report the batch: 1 records came without a message id"
        );
    }
}
