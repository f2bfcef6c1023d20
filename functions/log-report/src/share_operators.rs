//! The use case: the forms look twice at visitors of operators whose visitors attacked.

use std::collections::BTreeSet;
use std::time::{Duration, UNIX_EPOCH};

use log_detections::abusive_operators;
use log_summary::HOUR_MS;

use crate::recent_hours::RecentHours;
use crate::{Deps, ReportError};

/// How long the list is in force, should nobody write it again.
const IN_FORCE_MS: i64 = 6 * HOUR_MS;
/// How often it is written though it has not changed: another process may have written an
/// earlier one since.
const AGAIN_MS: i64 = HOUR_MS / 12;

/// The list as the forms have it.
pub(crate) struct Shared {
    operators: BTreeSet<u32>,
    written_ms: i64,
}

/// Writes the list when it has changed, or is about to end.
pub(crate) async fn share_operators(
    deps: &Deps,
    recent: &RecentHours,
    shared: &mut Option<Shared>,
    now_ms: i64,
) -> Result<(), ReportError> {
    let rules = &deps.rules.abuse;
    let since_ms = now_ms - i64::from(rules.hours) * HOUR_MS;
    let operators = abusive_operators(&recent.summary, rules, since_ms);
    let is_same =
        |shared: &Shared| shared.operators == operators && now_ms - shared.written_ms < AGAIN_MS;
    if shared.as_ref().is_some_and(is_same) {
        return Ok(());
    }
    let expires_ms = u64::try_from(now_ms + IN_FORCE_MS).unwrap_or(0);
    let expires_at = UNIX_EPOCH + Duration::from_millis(expires_ms);
    deps.guard
        .set_abusive_operators(&operators, expires_at)
        .await?;
    *shared = Some(Shared {
        operators,
        written_ms: now_ms,
    });
    Ok(())
}
