//! Parameters and outputs, as who deploys sees them.

use serde_json::{Map, Value};
use template_render::read::{at, list, texts};

use crate::render::Render;
use crate::rule::{Report, Rule, TEMPLATE};

const PARAMETERS: &str = "AWSCloudFormation/latest/UserGuide/parameters-section-structure.html";

pub(super) const RULES: &[Rule] = &[
    Rule::new(
        "parameter-descriptions",
        "each parameter says what it is for, and each limit of its values what is allowed",
        descriptions,
    )
    .of(&["Parameters"], PARAMETERS)
    .on(TEMPLATE),
    Rule::new(
        "parameter-groups",
        "each parameter has a label and is in one group",
        groups,
    )
    .of(
        &["Parameters"],
        "AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-interface.html",
    )
    .on(TEMPLATE),
    Rule::new(
        "parameter-defaults",
        "each parameter has a default that it allows, so that a first deployment asks for nothing",
        defaults,
    )
    .of(&["Parameters"], PARAMETERS)
    .on(TEMPLATE),
    Rule::new(
        "parameter-secrets",
        "parameters with a password in them are not shown, and have no default",
        secrets,
    )
    .of(&["Parameters"], PARAMETERS)
    .on(TEMPLATE),
    Rule::new(
        "parameter-images",
        "machine images are named by SSM parameters: an id is of one region and gets old",
        images,
    )
    .of(
        &["Parameters", "Mappings"],
        "systems-manager/latest/userguide/parameter-store-public-parameters-ami.html",
    )
    .on(TEMPLATE),
    Rule::new(
        "output-descriptions",
        "each output says what it is",
        outputs,
    )
    .of(
        &["Outputs"],
        "AWSCloudFormation/latest/UserGuide/outputs-section-structure.html",
    )
    .on(TEMPLATE),
];

fn section<'a>(render: &Render<'a>, name: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    let section: Option<&'a Map<String, Value>> = at(render.template, name).as_object();
    section.into_iter().flatten()
}

fn says(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.len() >= 10)
}

fn descriptions(render: &Render<'_>, report: &mut Report) {
    for (name, parameter) in section(render, "Parameters") {
        if !says(at(parameter, "Description")) {
            report.wrong_with(name, "it does not say what it is for");
        }
        let limited = [
            "AllowedPattern",
            "AllowedValues",
            "MinValue",
            "MaxValue",
            "MinLength",
            "MaxLength",
        ]
        .iter()
        .any(|limit| !at(parameter, limit).is_null());
        if limited && !says(at(parameter, "ConstraintDescription")) {
            report.wrong_with(name, "whoever gets it wrong is not told what is allowed");
        }
    }
}

fn groups(render: &Render<'_>, report: &mut Report) {
    let interface = at(render.template, "Metadata/AWS::CloudFormation::Interface");
    let grouped: Vec<&str> = list(at(interface, "ParameterGroups"))
        .iter()
        .flat_map(|group| texts(at(group, "Parameters")))
        .collect();
    for (name, _) in section(render, "Parameters") {
        let times = grouped.iter().filter(|it| *it == name).count();
        if times != 1 {
            report.wrong_with(name, format!("it is in {times} groups"));
        }
        let label = at(at(interface, "ParameterLabels"), name);
        if at(label, "default").is_null() {
            report.wrong_with(name, "it has no label");
        }
    }
    let known = at(render.template, "Parameters");
    for name in grouped.iter().filter(|name| known.get(**name).is_none()) {
        report.wrong_with(name, "a group names a parameter that is not there");
    }
}

fn defaults(render: &Render<'_>, report: &mut Report) {
    for (name, parameter) in section(render, "Parameters") {
        let default = at(parameter, "Default");
        let values = at(parameter, "AllowedValues");
        if default.is_null() {
            report.wrong_with(name, "it has no default");
        } else if !values.is_null() && !list(values).contains(default) {
            report.wrong_with(name, "its default is not among its values");
        }
    }
}

fn secrets(render: &Render<'_>, report: &mut Report) {
    for (name, parameter) in section(render, "Parameters") {
        let by_name = ["Password", "Secret", "Token"]
            .iter()
            .any(|end| name.ends_with(end));
        // A database's URL may have a password in it.
        let by_shape = name.ends_with("DatabaseUrl");
        if !(by_name || by_shape) {
            continue;
        }
        if at(parameter, "NoEcho") != true && at(parameter, "NoEcho") != "true" {
            report.wrong_with(name, "NoEcho is not true");
        }
        if at(parameter, "Default")
            .as_str()
            .is_some_and(|text| !text.is_empty())
        {
            report.wrong_with(name, "a secret is in the template");
        }
    }
}

fn images(render: &Render<'_>, report: &mut Report) {
    for (name, parameter) in section(render, "Parameters") {
        let kind = at(parameter, "Type").as_str().unwrap_or_default();
        if name.ends_with("ImageId") && !kind.starts_with("AWS::SSM::Parameter::Value<") {
            report.wrong_with(name, "it takes the id of an image");
        }
    }
    if at(render.template, "Mappings")
        .to_string()
        .contains("\"ami-")
    {
        report.wrong_with("Mappings", "there are ids of images");
    }
}

fn outputs(render: &Render<'_>, report: &mut Report) {
    for (name, output) in section(render, "Outputs") {
        if !says(at(output, "Description")) {
            report.wrong_with(name, "it does not say what it is");
        }
    }
}
