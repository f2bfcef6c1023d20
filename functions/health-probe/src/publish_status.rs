//! The use case: what is known of the site becomes its status page.
//!
//! The page is in a bucket, which serves it also when all else is down. When it is not written
//! any more, what is there stays, and says itself from when on not to trust it.

use std::collections::BTreeMap;
use std::sync::Arc;

use health_store::{HealthNow, History, NowCheck, TrackedIncident};
use lambda_kit::BoxFuture;
use status_page::{ATOM_TYPE, Incident, PAGE_TYPE, Snapshot, atom_feed, status_html, status_json};
use store::{NewObject, StoreError};

use crate::error::Faults;
use crate::in_parallel::in_parallel;
use crate::make_snapshot::{Facts, public};
use crate::record_results::{CheckNow, seen};
use crate::{Deps, RunError};

/// Names of the objects: the page, what it says as JSON, its feed, and what programs of ours
/// make answers of.
const PAGE: &str = "status";
const JSON: &str = "status.json";
const FEED: &str = "status/incidents.atom";
const SNAPSHOT: &str = "snapshot.json";

const JSON_TYPE: &str = "application/json";
const CACHE: &str = "public, max-age=30";
const DAY_MS: i64 = 86_400_000;
/// Days that the page tells of, today included.
const DAYS: i64 = 90;
/// For how long days before yesterday are taken as they were read.
const READ_AGAIN_MS: i64 = 3_600_000;
/// Histories that are read at once.
const PARALLEL: usize = 8;

/// What the status page was made of, kept from run to run.
#[derive(Default)]
pub(crate) struct Published {
    histories: BTreeMap<String, History>,
    /// When each history was read as a whole.
    read_ms: BTreeMap<String, i64>,
    /// The incidents as they were last known; `None` before they ever were.
    incidents: Option<Vec<TrackedIncident>>,
    /// The incidents that the feed has.
    feed: Option<Vec<Incident>>,
}

/// Publishes how the site is: the page and its feed, and the item that other functions read.
/// What fails is noted, and the rest goes on.
pub(crate) async fn publish_status(
    deps: &Arc<Deps>,
    checks: &BTreeMap<String, CheckNow>,
    published: &mut Published,
    now_ms: i64,
) -> Faults {
    let mut faults = Faults::default();
    let now = health_now(checks, now_ms);
    let written = deps.store.put_now(&now).await;
    faults.note(written.map_err(of_table("put how the site is")));
    let seen = seen(checks);
    let incidents = deps.store.incidents(now_ms, &seen, &deps.checks.graph);
    let incidents = incidents.await.map_err(of_table("update the incidents"));
    if let Some(incidents) = faults.note(incidents) {
        published.incidents = Some(incidents);
    }
    read_histories(deps, checks, published, now_ms, &mut faults).await;
    let facts = Facts {
        now_ms,
        site: &deps.config.site_name,
        url: deps.config.status_url(),
        checks: &deps.checks,
        states: checks,
        histories: &published.histories,
        incidents: published.incidents.as_deref().unwrap_or_default(),
    };
    let snapshot = facts.snapshot();
    put_objects(deps, &snapshot, now_ms, &mut faults).await;
    // A feed without incidents, only because they are not known, would say that all is well.
    if published.incidents.is_some() && published.feed.as_ref() != Some(&snapshot.incidents) {
        let feed = atom_feed(&snapshot);
        let put = put(deps, FEED, feed, ATOM_TYPE).await;
        if faults.note(put).is_some() {
            published.feed = Some(snapshot.incidents);
        }
    }
    faults
}

fn of_table(action: &'static str) -> impl Fn(StoreError) -> RunError {
    move |source| RunError::Table { action, source }
}

/// How all checks are, for functions that mind.
fn health_now(checks: &BTreeMap<String, CheckNow>, now_ms: i64) -> HealthNow {
    let of = |now: &CheckNow| NowCheck {
        state: now.state.state,
        since_ms: now.state.since_ms,
        maintenance: now.state.maintenance,
    };
    let checks = checks.iter().map(|(id, now)| (id.clone(), of(now)));
    HealthNow {
        made_ms: now_ms,
        checks: checks.collect(),
    }
}

async fn put_objects(deps: &Deps, snapshot: &Snapshot, now_ms: i64, faults: &mut Faults) {
    let page = status_html(snapshot, now_ms);
    let (json, whole) = (status_json(snapshot), serde_json::to_string(snapshot));
    let texts = json.and_then(|json| Ok((json, whole?)));
    let Some((json, whole)) = faults.note(texts.map_err(RunError::Snapshot)) else {
        return;
    };
    let (page, json, whole) = tokio::join!(
        put(deps, PAGE, page, PAGE_TYPE),
        put(deps, JSON, json, JSON_TYPE),
        put(deps, SNAPSHOT, whole, JSON_TYPE),
    );
    for result in [page, json, whole] {
        faults.note(result);
    }
}

async fn put(deps: &Deps, key: &str, text: String, content_type: &str) -> Result<(), RunError> {
    let object = NewObject {
        key,
        bytes: text.into(),
        content_type,
        cache_control: CACHE,
        metadata: &[],
    };
    let put = deps.bucket.put(object).await;
    put.map(drop).map_err(RunError::Publish)
}

/// Reads what changed of the days: yesterday and today. All of them at first, once an hour,
/// and when a check has just changed: a failure that is confirmed may have begun days ago.
async fn read_histories(
    deps: &Arc<Deps>,
    checks: &BTreeMap<String, CheckNow>,
    published: &mut Published,
    now_ms: i64,
    faults: &mut Faults,
) {
    let today = now_ms.div_euclid(DAY_MS);
    let first = today - DAYS + 1;
    let mut work = Vec::new();
    for (check, _) in public(&deps.checks) {
        let has_changed = checks.get(&check.id).is_some_and(|now| now.has_changed);
        let read_ms = published.read_ms.get(&check.id);
        let is_kept = read_ms.is_some_and(|at_ms| now_ms - at_ms < READ_AGAIN_MS);
        let from = if is_kept && !has_changed {
            today - 1
        } else {
            first
        };
        work.push(read(deps, check.id.clone(), from));
    }
    for (id, from, result) in in_parallel(work, PARALLEL).await {
        let Some(history) = faults.note(result) else {
            continue;
        };
        let kept = published.histories.entry(id.clone()).or_default();
        kept.merge(history);
        kept.forget_before(first);
        if from == first {
            published.read_ms.insert(id, now_ms);
        }
    }
}

type ReadHistory = (String, i64, Result<History, RunError>);

fn read(deps: &Arc<Deps>, id: String, from: i64) -> BoxFuture<'static, ReadHistory> {
    let deps = Arc::clone(deps);
    Box::pin(async move {
        let history = deps.store.history(&id, from).await;
        (id, from, history.map_err(of_table("list the days")))
    })
}
