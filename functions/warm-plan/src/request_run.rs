//! The use case: something happened that made pages cold.

use serde::Deserialize;
use serde_json::Value;
use warm_store::RunPages;
use warming::{MAX_REQUEST_PATHS, Reason, Run, SourceKind, Target, WarmRequest, run_id};

use crate::{Deps, PlanError};

/// The source of our own events.
const OURS: &str = "sidetier.cache";
/// Their kind.
const REQUESTED: &str = "warm.requested";
/// The source of events about web servers.
/// <https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-eventbridge-events.html>
const AUTO_SCALING: &str = "aws.autoscaling";
/// All web servers were replaced: with them, what they kept in memory.
const REFRESHED: &str = "EC2 Auto Scaling Instance Refresh Succeeded";
/// What schedules say they are: EventBridge Scheduler, and rules.
const SCHEDULED: &str = "Scheduled Event";
/// Hot pages of a deployment's run, where the target has no source of them.
const HOT_PAGES: usize = 500;
/// Most characters of an event's id that a run's name has.
const ID_CHARS: usize = 36;

#[derive(Deserialize)]
struct Event {
    #[serde(default)]
    id: String,
    #[serde(default)]
    source: String,
    #[serde(rename = "detail-type", default)]
    kind: String,
    #[serde(default)]
    detail: Value,
}

/// Pages that are to be warm, and the event that says so.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Request {
    event: String,
    wish: WarmRequest,
}

impl Request {
    /// What an event asks for; `None` for the schedule's.
    pub(crate) fn of_event(event: &Value) -> Result<Option<Self>, PlanError> {
        let event = Event::deserialize(event).map_err(|_| PlanError::Event)?;
        let wish = match (event.source.as_str(), event.kind.as_str()) {
            (OURS, REQUESTED) => wish(event.detail)?,
            (AUTO_SCALING, REFRESHED) => WarmRequest {
                reason: Reason::Deploy,
                paths: Vec::new(),
                event_ms: None,
            },
            (_, SCHEDULED) => return Ok(None),
            _ => return Err(PlanError::Event),
        };
        // Only what a run's name may hold.
        let is_of_name = |char: &char| char.is_ascii_alphanumeric() || *char == '-';
        let id = event.id.chars().filter(is_of_name).take(ID_CHARS);
        Ok(Some(Self {
            event: id.collect::<String>().to_ascii_lowercase(),
            wish,
        }))
    }
}

fn wish(detail: Value) -> Result<WarmRequest, PlanError> {
    let wish = WarmRequest::deserialize(detail).map_err(PlanError::Request)?;
    let paths = wish.paths.len();
    if paths > MAX_REQUEST_PATHS {
        return Err(PlanError::TooManyPaths { paths });
    }
    Ok(wish)
}

/// Begins the runs that a request asks for, one a target, and names those that were begun now
/// or by an earlier delivery of the same event.
pub(crate) async fn request_run(
    request: &Request,
    deps: &Deps,
    now_ms: i64,
) -> Result<Vec<String>, PlanError> {
    let mut runs = Vec::new();
    for target in &deps.site.targets {
        let (run, pages) = run_of(request, target, now_ms);
        // `false` where an earlier delivery began it: its plan is gone on with all the same.
        deps.store.begin_run(&run, &pages, now_ms).await?;
        runs.push(run.id);
    }
    Ok(runs)
}

fn run_of(request: &Request, target: &Target, now_ms: i64) -> (Run, RunPages) {
    let wish = &request.wish;
    let reason = wish.reason;
    // A delivery that comes late must find the run of the first one: its time is the event's,
    // or none.
    let at_ms = wish.event_ms.unwrap_or(0);
    let what = format!("{}-{}", reason.as_str(), request.event);
    let id = run_id(&target.id, &what, at_ms);
    let mut run = Run::new(id, &target.id, reason, "request", now_ms);
    run.event_ms = Some(wish.event_ms.unwrap_or(now_ms));
    let pages = if wish.paths.is_empty() {
        RunPages::Hot {
            top: hot_pages(target),
        }
    } else {
        RunPages::List {
            paths: wish.paths.clone(),
        }
    };
    (run, pages)
}

fn hot_pages(target: &Target) -> usize {
    let tops = target
        .sources
        .iter()
        .filter_map(|source| match source.kind {
            SourceKind::Hot { top } => Some(top),
            _ => None,
        });
    tops.max().unwrap_or(HOT_PAGES)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use warming::{Lane, SiteWarming};

    use super::*;

    fn request(event: &Value) -> Request {
        Request::of_event(event).unwrap().unwrap()
    }

    fn run_of_site(event: &Value, now_ms: i64) -> (Run, RunPages) {
        let site = SiteWarming::of_site().unwrap();
        run_of(&request(event), &site.targets[0], now_ms)
    }

    fn invalidation() -> Value {
        json!({
            "id": "6A7e8feb-b491-4cf7-a9f1-bf3703467718", "source": "sidetier.cache",
            "detail-type": "warm.requested",
            "detail": {"reason": "invalidation", "paths": ["/products/*", "/"], "event_ms": 1_795_774_830_000_i64},
        })
    }

    #[test]
    fn what_was_made_invalid_is_asked_for_first() {
        let (run, pages) = run_of_site(&invalidation(), 1_795_774_840_000);
        assert_eq!((run.lane, run.reason), (Lane::P0, Reason::Invalidation));
        assert_eq!(run.event_ms, Some(1_795_774_830_000));
        let paths = vec!["/products/*".to_owned(), "/".to_owned()];
        assert_eq!(pages, RunPages::List { paths });
    }

    #[test]
    fn an_event_that_comes_again_means_the_same_run() {
        let mut event = invalidation();
        let first = run_of_site(&event, 1_795_774_840_000).0;
        let again = run_of_site(&event, 1_795_775_999_000).0;
        assert_eq!(first.id, again.id);
        event["id"] = json!("another");
        assert_ne!(run_of_site(&event, 1_795_774_840_000).0.id, first.id);
    }

    #[test]
    fn after_a_deployment_the_hot_pages_are_asked_for() {
        let event = json!({
            "id": "12345678-1234-1234-1234-123456789012", "source": "aws.autoscaling",
            "detail-type": "EC2 Auto Scaling Instance Refresh Succeeded",
            "detail": {"AutoScalingGroupName": "web"},
        });
        let (run, pages) = run_of_site(&event, 1_795_774_840_000);
        assert_eq!((run.lane, run.reason), (Lane::P1, Reason::Deploy));
        assert!(matches!(pages, RunPages::Hot { top } if top > 0));
    }

    #[test]
    fn the_schedule_asks_for_nothing_of_its_own_and_others_are_refused() {
        let schedule =
            json!({"source": "aws.scheduler", "detail-type": "Scheduled Event", "detail": "{}"});
        assert_eq!(Request::of_event(&schedule).unwrap(), None);
        for event in [
            json!({"source": "aws.s3", "detail-type": "Object Created"}),
            json!({"source": "aws.autoscaling", "detail-type": "EC2 Instance Launch Successful"}),
            json!([1]),
        ] {
            assert!(matches!(Request::of_event(&event), Err(PlanError::Event)));
        }
        let mut event = invalidation();
        event["detail"]["paths"] = vec!["/"; MAX_REQUEST_PATHS + 1].into();
        let refused = Request::of_event(&event);
        assert!(matches!(
            refused,
            Err(PlanError::TooManyPaths { paths: 3001 })
        ));
        event["detail"] = json!({"reason": "whim", "paths": []});
        assert!(matches!(
            Request::of_event(&event),
            Err(PlanError::Request(_))
        ));
    }
}
