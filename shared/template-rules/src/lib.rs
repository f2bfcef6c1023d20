//! What must hold of `template.yaml` in each class, and defects that this must notice.
//!
//! Linters know single resources. What makes this site work is between them: a queue and the
//! timeout of its function, a grant and the rule that triggers on what is written, an alarm and
//! what it measures. [`check`] looks at what SAM makes of the template and at what each class
//! deploys of it: parameters, conditions and mappings are resolved by then.
//!
//! [`rules`] are the norms, each with the controls of AWS Security Hub (FSBP) and of the CIS
//! benchmark that it answers. [`mutation_table`] breaks the template in ways that are known, one
//! at a time, and tells whether the rule that should notice does. [`controls_document`] writes
//! both down, and what is not held, with the reason.
//!
//! Nothing here reads files, renders templates or talks to anybody.

mod document;
mod finding;
mod mutations;
mod policy;
mod render;
mod renders;
mod rule;
mod rules;

pub use document::{controls_document, controls_summary};
pub use finding::Finding;
pub use mutations::{
    MarkdownTable, Mutation, MutationError, MutationOutcome, mutation_table, mutations,
};
pub use renders::{Class, Renders, Subject};
pub use rule::Rule;
pub use rules::rules;

use render::Render;
use rule::Report;

/// What is wrong with the template: nothing, if it is as the [`rules`] say.
///
/// Findings are in the order of the rules, then of the classes, then of logical ids.
#[must_use]
pub fn check(renders: &Renders) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Subject::ALL
        .into_iter()
        .flat_map(|subject| check_subject(subject, renders.of(subject)))
        .collect();
    let order: Vec<&str> = rules().iter().map(|rule| rule.id).collect();
    findings.sort_by_key(|finding| order.iter().position(|id| *id == finding.rule));
    findings
}

/// What the rules for one subject find in a template: a class may have further renders.
///
/// Findings are in the order of the rules, then of logical ids.
#[must_use]
pub fn check_subject(subject: Subject, template: &serde_json::Value) -> Vec<Finding> {
    let render = Render::new(template);
    rules()
        .iter()
        .filter(|rule| rule.subjects.contains(&subject))
        .flat_map(|rule| {
            let mut report = Report::new(rule, subject);
            (rule.check)(&render, &mut report);
            report.into_findings()
        })
        .collect()
}
