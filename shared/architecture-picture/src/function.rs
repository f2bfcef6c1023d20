//! Functions: what invokes each, and what each stores.

use std::collections::BTreeMap;

use serde_json::Value;
use template_render::read::{at, list};

use crate::PictureError;
use crate::access::accesses;
use crate::edge::{Edge, Origin};
use crate::events::{how_often, listens_to};
use crate::kind::{Kind, Line, merged, name_of};
use crate::listener::{Route, Target};
use crate::resource::Resources;

/// A Lambda function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Function {
    /// Its name, which is its folder's.
    pub(crate) name: String,
    /// The class of deployments that has it, where class production does not.
    pub(crate) class: Option<String>,
    pub(crate) triggers: Vec<Line>,
    pub(crate) accesses: Vec<Line>,
}

/// What invokes functions, by their logical ids.
type Triggers = BTreeMap<String, Vec<Line>>;

/// Every function of a render, by name.
pub(crate) fn functions(
    resources: Resources<'_>,
    edge: &Edge,
    routes: &[Route],
) -> Result<Vec<Function>, PictureError> {
    let mut triggers = Triggers::new();
    requests(edge, routes, &mut triggers);
    polled(resources, &mut triggers);
    pushed(resources, &mut triggers);
    let mut functions = Vec::new();
    for function in resources.of_type("AWS::Lambda::Function") {
        let lines = triggers.remove(function.id);
        let role = resources.referred(function.get("Role"));
        let mentioned = function.get("Environment/Variables");
        functions.push(Function {
            name: name_of(function.id),
            class: None,
            triggers: merged(lines.ok_or_else(|| PictureError::Trigger {
                function: function.id.to_owned(),
            })?),
            accesses: role.map_or_else(Vec::new, |role| accesses(resources, role, mentioned)),
        });
    }
    functions.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(functions)
}

fn add(triggers: &mut Triggers, function: &str, line: Line) {
    triggers.entry(function.to_owned()).or_default().push(line);
}

/// CloudFront's origins, and the load balancer's routes.
fn requests(edge: &Edge, routes: &[Route], triggers: &mut Triggers) {
    for behaviours in &edge.behaviours {
        for (rank, origin) in behaviours.origins.iter().enumerate() {
            if let Origin::Function(id) = origin {
                let mut line = Line::new(Kind::Edge, behaviours.paths.join(", "));
                if rank > 0 {
                    line.from.push("what S3 has not".to_owned());
                }
                add(triggers, id, line);
            }
        }
    }
    for route in routes {
        if let Target::Function(id) = &route.to {
            add(
                triggers,
                id,
                Line::new(Kind::Balancer, route.paths.join(", ")),
            );
        }
    }
}

/// Queues and streams, which Lambda reads.
fn polled(resources: Resources<'_>, triggers: &mut Triggers) {
    for mapping in resources.of_type("AWS::Lambda::EventSourceMapping") {
        let source = resources.referred(mapping.get("EventSourceArn"));
        let function = resources.function(mapping.get("FunctionName"));
        let (Some(source), Some(function), false) = (source, function, mapping.is_off()) else {
            continue;
        };
        let mut line = match source.kind {
            "AWS::SQS::Queue" => Line::new(Kind::Queue, name_of(source.id)),
            "AWS::DynamoDB::Table" => Line::new(Kind::Stream, name_of(source.id)),
            _ => continue,
        };
        for rule in resources.of_type("AWS::Events::Rule") {
            let targets = list(rule.get("Targets")).iter();
            let mut targets = targets.filter_map(|target| resources.referred(at(target, "Arn")));
            if !rule.is_off() && targets.any(|target| target.id == source.id) {
                line.from.extend(listens_to(resources, rule));
            }
        }
        add(triggers, function.id, line);
    }
}

/// Schedules, events, topics and log groups, which invoke by themselves.
fn pushed(resources: Resources<'_>, triggers: &mut Triggers) {
    for rule in resources.of_type("AWS::Events::Rule") {
        for target in list(rule.get("Targets")) {
            let function = resources.function(at(target, "Arn"));
            let (Some(function), false) = (function, rule.is_off()) else {
                continue;
            };
            for line in rule_lines(resources, rule) {
                add(triggers, function.id, line);
            }
        }
    }
    for schedule in resources.of_type("AWS::Scheduler::Schedule") {
        let function = resources.function(schedule.get("Target/Arn"));
        if let (Some(function), false) = (function, schedule.is_off()) {
            let often = how_often(schedule.text("ScheduleExpression"));
            add(triggers, function.id, Line::new(Kind::Schedule, often));
        }
    }
    for subscription in resources.of_type("AWS::SNS::Subscription") {
        let topic = resources.referred(subscription.get("TopicArn"));
        let function = resources.function(subscription.get("Endpoint"));
        if let (Some(topic), Some(function)) = (topic, function) {
            add(
                triggers,
                function.id,
                Line::new(Kind::Topic, name_of(topic.id)),
            );
        }
    }
    let mut log_groups: BTreeMap<&str, u32> = BTreeMap::new();
    for subscription in resources.of_type("AWS::Logs::SubscriptionFilter") {
        if let Some(function) = resources.function(subscription.get("DestinationArn")) {
            *log_groups.entry(function.id).or_default() += 1;
        }
    }
    for (function, count) in log_groups {
        let groups = if count == 1 { "group" } else { "groups" };
        let line = Line::new(Kind::Logs, format!("{count} log {groups}"));
        add(triggers, function, line);
    }
}

fn rule_lines(resources: Resources<'_>, rule: crate::resource::Resource<'_>) -> Vec<Line> {
    match rule.get("ScheduleExpression") {
        Value::String(expression) => vec![Line::new(Kind::Schedule, how_often(expression))],
        _ => listens_to(resources, rule)
            .into_iter()
            .map(|source| Line::new(Kind::Event, source))
            .collect(),
    }
}
