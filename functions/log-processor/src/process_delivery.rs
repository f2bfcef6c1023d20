//! The use case: CloudWatch Logs delivered events of a log group.

use std::io::Cursor;
use std::sync::Arc;
use std::time::SystemTime;

use lambda_kit::{Claim, Classified};
use log_formats::{Source, Subscription};
use log_ledger::LogName;
use telemetry::Chain;
use tracing::{info, warn};

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
    let token = match deps.deliveries.claim(&name, SystemTime::now()).await? {
        Claim::Acquired(token) => token,
        Claim::InProgress => return Err(ProcessError::InProgress { origin: log.origin }),
        Claim::Completed(_) => {
            info!(log.origin, "Skipped a delivery that was read before");
            return Ok(());
        }
    };
    let lines = Cursor::new(subscription.lines());
    let outcome = async {
        let result = read_log(lines, (source, &log.origin), deps).await?;
        store_result(log, source, result, deps).await
    };
    match outcome.await {
        Ok(()) => {
            let now = SystemTime::now();
            deps.deliveries.complete(&name, token, "read", now).await?;
            Ok(())
        }
        Err(error) => {
            if let Err(kept) = deps.deliveries.release(&name, token).await {
                warn!(error = %Chain(&kept), class = ?error.class(), "Kept the lease of a delivery");
            }
            Err(error)
        }
    }
}
