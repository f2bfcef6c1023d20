//! The load balancer: which path goes where.

use serde_json::Value;
use template_render::read::{at, list, number, texts};

use crate::PictureError;
use crate::resource::{Resource, Resources};

/// The paths of whatever no other rule takes.
pub(crate) const OTHERS: &str = "everything else";

/// A rule of a listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) paths: Vec<String>,
    /// Whether the load balancer has visitors sign in first.
    pub(crate) needs_sign_in: bool,
    pub(crate) to: Target,
}

/// Who answers, by logical id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Function(String),
    /// An Auto Scaling group.
    Instances(String),
    /// The load balancer itself, with this status.
    Status(String),
}

/// The listener of a port, and what it does.
pub(crate) fn routes(
    resources: Resources<'_>,
    balancer: &str,
    port: u64,
) -> Result<Vec<Route>, PictureError> {
    let mut listeners = resources.of_type("AWS::ElasticLoadBalancingV2::Listener");
    let listener = listeners
        .find(|listener| {
            let of = resources.referred(listener.get("LoadBalancerArn"));
            of.is_some_and(|of| of.id == balancer) && number(listener.get("Port")) == Some(port)
        })
        .ok_or_else(|| PictureError::missing(balancer, "a listener of the port"))?;
    let mut rules: Vec<Resource<'_>> = resources
        .of_type("AWS::ElasticLoadBalancingV2::ListenerRule")
        .filter(|rule| {
            let of = resources.referred(rule.get("ListenerArn"));
            of.is_some_and(|of| of.id == listener.id)
        })
        .collect();
    rules.sort_by_key(|rule| number(rule.get("Priority")));
    let mut routes = Vec::new();
    for rule in rules {
        let paths = paths(rule)?;
        routes.push(route(resources, rule.id, paths, rule.get("Actions"))?);
    }
    let others = vec![OTHERS.to_owned()];
    let default = listener.get("DefaultActions");
    routes.push(route(resources, listener.id, others, default)?);
    Ok(routes)
}

fn paths(rule: Resource<'_>) -> Result<Vec<String>, PictureError> {
    let conditions = list(rule.get("Conditions")).iter();
    let paths: Vec<String> = conditions
        .filter(|condition| at(condition, "Field") == "path-pattern")
        .flat_map(|condition| {
            texts(at(condition, "PathPatternConfig/Values")).chain(texts(at(condition, "Values")))
        })
        .map(str::to_owned)
        .collect();
    if paths.is_empty() {
        return Err(PictureError::missing(rule.id, "a condition of paths"));
    }
    Ok(paths)
}

fn route(
    resources: Resources<'_>,
    from: &str,
    paths: Vec<String>,
    actions: &Value,
) -> Result<Route, PictureError> {
    let mut needs_sign_in = false;
    let mut to = None;
    for action in list(actions) {
        match at(action, "Type").as_str().unwrap_or_default() {
            "forward" => to = target(resources, at(action, "TargetGroupArn")),
            "fixed-response" => {
                let status = at(action, "FixedResponseConfig/StatusCode").as_str();
                to = status.map(|status| Target::Status(status.to_owned()));
            }
            kind => needs_sign_in |= kind.starts_with("authenticate-"),
        }
    }
    Ok(Route {
        paths,
        needs_sign_in,
        to: to.ok_or_else(|| PictureError::target(from))?,
    })
}

/// Whom a target group has: a function, or the instances of the group that registers with it.
fn target(resources: Resources<'_>, group: &Value) -> Option<Target> {
    let group = resources.referred(group)?;
    if let Some(target) = list(group.get("Targets")).first() {
        let function = resources.function(at(target, "Id"))?;
        return Some(Target::Function(function.id.to_owned()));
    }
    let mut instances = resources.of_type("AWS::AutoScaling::AutoScalingGroup");
    let registered = instances.find(|instances| {
        let groups = list(instances.get("TargetGroupARNs")).iter();
        let mut groups = groups.filter_map(|arn| resources.referred(arn));
        groups.any(|registered| registered.id == group.id)
    })?;
    Some(Target::Instances(registered.id.to_owned()))
}
