//! References between resources.

use std::collections::{BTreeMap, BTreeSet};

use template_render::read::{at, texts};

use crate::render::{Render, references};
use crate::rule::{ALL, Report, Rule};

pub(super) const RULES: &[Rule] = &[
    Rule::new(
        "references-exist",
        "whatever a class deploys refers only to what it deploys: a condition may leave something out",
        exist,
    )
    .of(
        &["Resources", "Outputs"],
        "AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-ref.html",
    )
    .on(ALL),
    Rule::new(
        "references-without-circles",
        "no resource needs itself, by way of whatever others: what SAM adds counts, too",
        circles,
    )
    .of(
        &["Resources"],
        "AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html",
    )
    .on(ALL),
];

fn exist(render: &Render<'_>, report: &mut Report) {
    let missing = |names: Vec<&str>| -> BTreeSet<String> {
        let unknown = names
            .into_iter()
            .filter(|name| render.named(name).is_none());
        unknown.map(str::to_owned).collect()
    };
    for resource in render.all() {
        let mut names = references(resource.body);
        names.extend(texts(at(resource.body, "DependsOn")));
        for name in missing(names) {
            report.wrong(
                resource,
                format!("it refers to {name}, which is not deployed"),
            );
        }
    }
    for (output, value) in at(render.template, "Outputs")
        .as_object()
        .into_iter()
        .flatten()
    {
        for name in missing(references(value)) {
            report.wrong_with(
                output,
                format!("it refers to {name}, which is not deployed"),
            );
        }
    }
}

fn circles(render: &Render<'_>, report: &mut Report) {
    let mut needs: BTreeMap<&str, BTreeSet<&str>> = render
        .all()
        .map(|resource| {
            let mut names: BTreeSet<&str> = references(resource.body).into_iter().collect();
            names.extend(texts(at(resource.body, "DependsOn")));
            names.retain(|name| render.named(name).is_some());
            (resource.id, names)
        })
        .collect();
    // Takes away what needs nothing that is left; what stays is in a circle or needs one.
    loop {
        let free: BTreeSet<&str> = needs
            .iter()
            .filter(|(_, needed)| needed.is_empty())
            .map(|(id, _)| *id)
            .collect();
        if free.is_empty() {
            break;
        }
        needs.retain(|id, _| !free.contains(id));
        for needed in needs.values_mut() {
            needed.retain(|id| !free.contains(id));
        }
    }
    // And what nothing that is left needs only hangs on a circle.
    loop {
        let needed: BTreeSet<&str> = needs.values().flatten().copied().collect();
        let before = needs.len();
        needs.retain(|id, _| needed.contains(id));
        if needs.len() == before {
            break;
        }
    }
    if let Some(first) = needs.keys().next() {
        let all: Vec<&str> = needs.keys().copied().collect();
        report.wrong_with(first, format!("a circle of {}", all.join(", ")));
    }
}
