//! Events of Auto Scaling.
//! <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-event-reference.html>

use health_checks::EventKind;
use serde::Deserialize;

use crate::envelope::{Event, evidence};
use crate::told::{Meaning, Told};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Detail {
    auto_scaling_group_name: String,
    end_time: Option<String>,
    #[serde(default)]
    status_message: String,
    #[serde(default)]
    cause: String,
}

pub(crate) fn read(event: &Event) -> Option<Told> {
    let detail: Detail = event.detail()?;
    let (word, meaning) = match event.detail_type.as_str() {
        "EC2 Instance Launch Unsuccessful" => ("launch-failed", Meaning::PASSES),
        "EC2 Instance Launch Successful" => ("launched", Meaning::Ends),
        "EC2 Instance Terminate Successful" if is_for_health(&detail.cause) => {
            ("replacing-an-instance", Meaning::PASSES)
        }
        // An instance that stays costs money, and serves.
        "EC2 Instance Terminate Unsuccessful" => ("termination-failed", Meaning::Informs),
        "EC2 Instance Terminate Successful" => ("terminated", Meaning::Informs),
        _ => return None,
    };
    Some(Told {
        kind: EventKind::AutoScaling,
        at_ms: event.at_ms(detail.end_time.as_deref())?,
        word,
        meaning,
        evidence: evidence([
            &event.detail_type,
            &event.proof(),
            &detail.status_message,
            &detail.cause,
        ]),
        names: vec![detail.auto_scaling_group_name],
    })
}

/// Whether an instance was taken out because it did not work, rather than because it was not
/// needed.
fn is_for_health(cause: &str) -> bool {
    ["health check", "status check"]
        .iter()
        .any(|reason| cause.contains(reason))
}
