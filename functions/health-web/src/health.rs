//! The answers to programs: whether the function is well, and whether the site is.

use std::io::{self, Write as _};

use http::Response;
use lambda_http::Body;
use serde_json::{Value, json};
use status_page::{HEALTH_TYPE, HealthStatus, health_json, health_status};
use tracing::error;

use crate::response::{NOT_KEPT, answer};
use crate::snapshots::Known;

/// Whether the process answers. Nothing else is looked at: whoever takes a server out of use
/// for what it shares with all the others takes out all of them.
pub(crate) fn live() -> Response<Body> {
    let body = json!({"status": HealthStatus::Pass.name()});
    answer(200, HEALTH_TYPE, NOT_KEPT, body.to_string())
}

/// Whether the function can do its work, as far as that is up to itself.
pub(crate) fn ready(known: &Known, now_ms: i64) -> Response<Body> {
    let temporary = write_temporary();
    if let Err(failure) = &temporary {
        error!(error = %failure, "Could not write a temporary file");
    }
    readiness(temporary.is_ok(), known, now_ms)
}

fn write_temporary() -> io::Result<()> {
    tempfile::tempfile()?.write_all(b"ready")
}

/// What is shared with others is a warning at most.
fn readiness(is_writable: bool, known: &Known, now_ms: i64) -> Response<Body> {
    let temporary = if is_writable {
        HealthStatus::Pass
    } else {
        HealthStatus::Fail
    };
    let snapshot = match &known.snapshot {
        Some(snapshot) if !known.has_failed && !snapshot.is_stale(now_ms) => HealthStatus::Pass,
        _ => HealthStatus::Warn,
    };
    let shared = known
        .snapshot
        .as_ref()
        .map_or(HealthStatus::Warn, |snapshot| {
            health_status(snapshot, now_ms)
        })
        .min(HealthStatus::Warn);
    let status = temporary.max(snapshot).max(shared);
    let check = |status: HealthStatus, kind: &str| -> Value {
        json!([{"componentType": kind, "status": status.name()}])
    };
    let body = json!({
        "status": status.name(),
        "checks": {
            "configuration:loaded": check(HealthStatus::Pass, "system"),
            "temporary-files:writable": check(temporary, "system"),
            "snapshot:readable": check(snapshot, "datastore"),
            "site:health": check(shared, "system"),
        },
    });
    answer(
        status.http_status(),
        HEALTH_TYPE,
        NOT_KEPT,
        body.to_string(),
    )
}

/// How the site is, as far as the prober knew. Nothing is asked for this.
pub(crate) fn health(known: &Known, now_ms: i64) -> Response<Body> {
    let (status, body) = match &known.snapshot {
        Some(snapshot) => (
            health_status(snapshot, now_ms),
            health_json(snapshot, now_ms),
        ),
        None => {
            let notes = ["nothing is known of the site just now"];
            let status = HealthStatus::Warn;
            let body = json!({"status": status.name(), "notes": notes});
            (status, body.to_string())
        }
    };
    answer(status.http_status(), HEALTH_TYPE, "max-age=10", body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    use health_state::State;
    use status_page::{Component, Snapshot};

    const NOW_MS: i64 = 1_795_774_830_000;

    fn known(state: State, age_ms: i64, has_failed: bool) -> Known {
        let component = Component {
            id: "home".to_owned(),
            name: "Shop".to_owned(),
            state,
            ..Component::default()
        };
        let snapshot = Snapshot {
            made_ms: NOW_MS - age_ms,
            stale_ms: 180_000,
            components: vec![component],
            ..Snapshot::default()
        };
        let mut known = Known::default();
        known.snapshot = Some(Arc::new(snapshot));
        known.has_failed = has_failed;
        known
    }

    fn said(response: &Response<Body>) -> (u16, String) {
        let body: Value = serde_json::from_slice(response.body()).unwrap();
        let status = body["status"].as_str().unwrap().to_owned();
        (response.status().as_u16(), status)
    }

    #[test]
    fn what_all_share_is_a_warning_and_what_is_its_own_a_failure() {
        let warn = (200, "warn".to_owned());
        let fine = known(State::Pass, 30_000, false);
        assert_eq!(
            said(&readiness(true, &fine, NOW_MS)),
            (200, "pass".to_owned())
        );
        assert_eq!(
            said(&readiness(false, &fine, NOW_MS)),
            (503, "fail".to_owned())
        );
        for known in [
            // The site fails: that is no reason to be out of use.
            known(State::Fail, 30_000, false),
            Known::default(),
            known(State::Pass, 30_000, true),
            known(State::Pass, 600_000, false),
        ] {
            assert_eq!(said(&readiness(true, &known, NOW_MS)), warn, "{known:?}");
        }
    }

    #[test]
    fn health_is_that_of_the_site_and_never_well_when_nobody_knows() {
        let of = |known: &Known| said(&health(known, NOW_MS));
        assert_eq!(of(&known(State::Pass, 0, false)), (200, "pass".to_owned()));
        assert_eq!(of(&known(State::Fail, 0, false)), (503, "fail".to_owned()));
        assert_eq!(
            of(&known(State::Pass, 600_000, true)),
            (200, "warn".to_owned())
        );
        assert_eq!(of(&Known::default()), (200, "warn".to_owned()));
    }

    #[test]
    fn being_alive_depends_on_nothing() {
        assert_eq!(said(&live()), (200, "pass".to_owned()));
        write_temporary().unwrap();
    }
}
