//! The use case: CloudWatch Logs delivered events of a log group.

use std::io::Cursor;
use std::sync::Arc;

use lambda_kit::Once;
use log_formats::{Source, Subscription};
use log_ledger::LogName;
use tracing::info;

use crate::read_log::{read_log, store_result};
use crate::{Deps, ProcessError};

/// The most that a delivery is decompressed to, in bytes: CloudWatch Logs sends 1 MB of text
/// at most, each character of which JSON may write as six.
const MAX_BYTES: u64 = 16 << 20;

/// Reads a delivery once.
///
/// # Errors
/// A delivery that cannot be read, now or ever.
pub(crate) async fn process_delivery(data: &str, deps: &Arc<Deps>) -> Result<(), ProcessError> {
    let subscription = Subscription::decode(data, MAX_BYTES)?;
    if subscription.is_control() {
        return Ok(());
    }
    let log = LogName::of_delivery(&subscription.dedupe_key());
    let source = subscription.source().ok_or_else(|| ProcessError::Source {
        origin: log.origin.clone(),
        allowed: Source::ALL.map(Source::name).join(", "),
    })?;
    let name = format!("log-processor#{}", log.origin);
    let origin = log.origin.clone();
    let work = async {
        let lines = Cursor::new(subscription.lines());
        let result = read_log(lines, (source, &log.origin), deps).await?;
        store_result(log, source, result, deps).await?;
        Ok::<_, ProcessError>("read")
    };
    match deps.deliveries.once(&name, work).await? {
        Once::Done(_) => {}
        Once::DoneBefore(_) => {
            info!(
                log.origin = origin,
                "Skipped a delivery that was read before"
            );
        }
        Once::InProgress => return Err(ProcessError::InProgress { origin }),
    }
    Ok(())
}
