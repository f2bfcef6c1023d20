//! The limits of CloudFormation, with room for the next tier.

use template_render::read::at;

use crate::render::Render;
use crate::rule::{Report, Rule, TEMPLATE};

const LIMITS: &str = "AWSCloudFormation/latest/UserGuide/cloudformation-limits.html";

/// CloudFormation takes 500.
pub(crate) const MAX_RESOURCES: usize = 490;
/// CloudFormation takes 200.
pub(crate) const MAX_PARAMETERS: usize = 100;
/// CloudFormation takes 200.
pub(crate) const MAX_OUTPUTS: usize = 150;
/// Bytes; CloudFormation takes 1 MB from a bucket.
pub(crate) const MAX_BYTES: usize = 900_000;

pub(super) const RULES: &[Rule] = &[
    Rule::new(
        "limit-resources",
        "at most 490 resources, of 500, after what SAM adds",
        resources,
    )
    .of(&["Resources"], LIMITS)
    .on(TEMPLATE),
    Rule::new(
        "limit-parameters",
        "at most 100 parameters and 150 outputs, of 200 each",
        parameters,
    )
    .of(&["Parameters", "Outputs"], LIMITS)
    .on(TEMPLATE),
    Rule::new("limit-size", "at most 900 kB, of 1 MB", size)
        .of(&["Resources"], LIMITS)
        .on(TEMPLATE),
];

fn count(render: &Render<'_>, section: &str) -> usize {
    at(render.template, section)
        .as_object()
        .map_or(0, serde_json::Map::len)
}

fn resources(render: &Render<'_>, report: &mut Report) {
    let resources = render.all().count();
    if resources > MAX_RESOURCES {
        report.wrong_with("", format!("{resources} resources"));
    }
}

fn parameters(render: &Render<'_>, report: &mut Report) {
    let (parameters, outputs) = (count(render, "Parameters"), count(render, "Outputs"));
    if parameters > MAX_PARAMETERS || outputs > MAX_OUTPUTS {
        report.wrong_with("", format!("{parameters} parameters and {outputs} outputs"));
    }
}

fn size(render: &Render<'_>, report: &mut Report) {
    let bytes = render.template.to_string().len();
    if bytes > MAX_BYTES {
        report.wrong_with("", format!("{bytes} bytes"));
    }
}
