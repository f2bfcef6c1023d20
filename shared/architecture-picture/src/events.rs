//! What events say of where they come from.

use serde_json::Value;
use template_render::read::{at, list, texts};

use crate::kind::name_of;
use crate::resource::{Resource, Resources, references};

/// What a rule listens to, in few words: a bucket and what its keys begin with, a service of AWS,
/// or the events' own types.
pub(crate) fn listens_to(resources: Resources<'_>, rule: Resource<'_>) -> Vec<String> {
    let pattern = rule.get("EventPattern");
    let mut found = Vec::new();
    for source in texts(at(pattern, "source")) {
        match source {
            "aws.s3" => found.push(objects(resources, at(pattern, "detail"))),
            "aws.guardduty" => found.push("GuardDuty".to_owned()),
            "aws.rds" => found.push("RDS".to_owned()),
            "aws.autoscaling" => found.push("Auto Scaling".to_owned()),
            "aws.cloudwatch" => found.push("alarms".to_owned()),
            "aws.cloudformation" => found.push("CloudFormation".to_owned()),
            _ => match source.strip_prefix("aws.") {
                Some(service) => found.push(service.to_owned()),
                None => found.extend(texts(at(pattern, "detail-type")).map(str::to_owned)),
            },
        }
    }
    found
}

fn objects(resources: Resources<'_>, detail: &Value) -> String {
    let buckets = references(at(detail, "bucket")).into_iter();
    let names: Vec<String> = buckets
        .filter(|id| resources.named(id).is_some())
        .map(name_of)
        .collect();
    let keys = list(at(detail, "object/key")).iter();
    let prefixes: Vec<&str> = keys.filter_map(|key| at(key, "prefix").as_str()).collect();
    format!("bucket {} {}", names.join(", "), prefixes.join(", "))
        .trim()
        .to_owned()
}

/// A schedule's expression in words: `rate(1 minute)` is `each minute`.
pub(crate) fn how_often(expression: &str) -> String {
    let rate = expression
        .strip_prefix("rate(")
        .and_then(|rest| rest.strip_suffix(')'));
    match rate {
        Some(rate) => format!("each {}", rate.strip_prefix("1 ").unwrap_or(rate)),
        None => expression.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::how_often;

    #[test]
    fn rates_are_words_and_others_stay() {
        assert_eq!(how_often("rate(1 minute)"), "each minute");
        assert_eq!(how_often("rate(5 minutes)"), "each 5 minutes");
        assert_eq!(how_often("cron(0 3 * * ? *)"), "cron(0 3 * * ? *)");
    }
}
