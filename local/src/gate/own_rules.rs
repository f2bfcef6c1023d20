//! The rules of `template-rules`, which know what this site is made of.

use anyhow::{Context, Result};
use template_rules::{Class, Renders};

use super::Subject;
use super::deployments::TEMPLATE;
use super::judges::{Finding, Verdict};

/// The classes and the renders that stand for them; class dev is looked at without data, too.
const RENDERS: [(Class, &str); 5] = [
    (Class::Local, "local"),
    (Class::Dev, "dev-data"),
    (Class::Small, "small"),
    (Class::Production, "production"),
    (Class::Dev, "dev"),
];

/// What the rules say, by the name of the template that they say it of.
///
/// # Errors
/// When one of the renders is missing.
pub(super) fn judge(subjects: &[Subject]) -> Result<Vec<(&'static str, Verdict)>> {
    let of = |name: &str| {
        let subject = subjects.iter().find(|subject| subject.name == name);
        let subject = subject.with_context(|| format!("judge {name}: it is not rendered"))?;
        anyhow::Ok(subject.template.clone())
    };
    let mut renders = Renders {
        transformed: of(TEMPLATE)?,
        local: of("local")?,
        dev: of("dev-data")?,
        small: of("small")?,
        production: of("production")?,
    };
    let findings = template_rules::check(&renders);
    let blind = template_rules::mutation_table(&renders);
    renders.dev = of("dev")?;
    let more = template_rules::check(&renders);

    let verdict = |subject: template_rules::Subject, findings: &[template_rules::Finding]| {
        let rules = template_rules::rules().iter();
        let own = findings.iter().filter(|finding| finding.subject == subject);
        Verdict {
            evaluated: Some(
                rules
                    .filter(|rule| rule.subjects.contains(&subject))
                    .count(),
            ),
            findings: own.map(finding).collect(),
        }
    };
    let mut transformed = verdict(template_rules::Subject::Transformed, &findings);
    transformed
        .findings
        .extend(blind.iter().filter_map(unproven));
    let mut verdicts = vec![(TEMPLATE, transformed)];
    for (class, name) in RENDERS {
        let findings = if name == "dev" { &more } else { &findings };
        let subject = template_rules::Subject::Render(class);
        verdicts.push((name, verdict(subject, findings)));
    }
    Ok(verdicts)
}

fn finding(found: &template_rules::Finding) -> Finding {
    Finding {
        check: found.rule.to_owned(),
        resource: found.logical_id.clone(),
        text: format!("{}. Allowed: {}", found.wrong, found.allowed),
    }
}

/// A known defect that the rule for it does not notice in this template.
fn unproven(outcome: &template_rules::MutationOutcome) -> Option<Finding> {
    let error = outcome.noticed.as_ref().err()?;
    let mutation = outcome.mutation;
    Some(Finding {
        check: mutation.rule.to_owned(),
        resource: mutation.resource.to_owned(),
        text: format!("tried {}: {error}", mutation.name),
    })
}
