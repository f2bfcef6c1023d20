//! Known defects: whether the rules notice what they are for.

mod data;
mod edge;
mod edit;
mod functions;
mod identity;
mod invocations;
mod platform;
mod state;
mod template;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::LazyLock;

use serde_json::Value;

use crate::check_subject;
use crate::finding::Finding;
use crate::renders::{Renders, Subject};

pub use edit::{Mutation, MutationError};

/// What became of a mutation.
#[derive(Debug, Clone)]
pub struct MutationOutcome {
    /// The mutation.
    pub mutation: Mutation,
    /// The rules that notice it, its own first; or why it proves nothing.
    pub noticed: Result<Vec<&'static str>, MutationError>,
}

/// Every mutation, in the order of the table.
#[must_use]
pub fn mutations() -> &'static [Mutation] {
    static MUTATIONS: LazyLock<Vec<Mutation>> = LazyLock::new(|| {
        [
            functions::MUTATIONS,
            invocations::MUTATIONS,
            edge::MUTATIONS,
            data::MUTATIONS,
            state::MUTATIONS,
            platform::MUTATIONS,
            identity::MUTATIONS,
            template::MUTATIONS,
        ]
        .concat()
    });
    &MUTATIONS
}

/// Makes each mutation, and tells which rules notice it. What the rules find anyway does not
/// count.
#[must_use]
pub fn mutation_table(renders: &Renders) -> Vec<MutationOutcome> {
    let base: Vec<(Subject, BTreeSet<String>)> = Subject::ALL
        .into_iter()
        .map(|subject| (subject, keys(&check_subject(subject, renders.of(subject)))))
        .collect();
    let known = |subject| base.iter().find(|(it, _)| *it == subject);
    mutations()
        .iter()
        .map(|mutation| {
            let before = known(mutation.subject).map(|(_, keys)| keys);
            let noticed = noticed(mutation, renders.of(mutation.subject), before);
            MutationOutcome {
                mutation: *mutation,
                noticed,
            }
        })
        .collect()
}

fn noticed(
    mutation: &Mutation,
    template: &Value,
    before: Option<&BTreeSet<String>>,
) -> Result<Vec<&'static str>, MutationError> {
    let mutated = mutation.apply(template)?;
    let new = |finding: &Finding| before.is_none_or(|known| !known.contains(&finding.to_string()));
    let findings = check_subject(mutation.subject, &mutated);
    let by: BTreeSet<&'static str> = findings
        .iter()
        .filter(|it| new(it))
        .map(|it| it.rule)
        .collect();
    if !by.contains(mutation.rule) {
        return Err(MutationError::Unnoticed);
    }
    let others = by.into_iter().filter(|rule| *rule != mutation.rule);
    Ok(std::iter::once(mutation.rule).chain(others).collect())
}

fn keys(findings: &[Finding]) -> BTreeSet<String> {
    findings.iter().map(Finding::to_string).collect()
}

/// Outcomes as a table in Markdown.
#[derive(Debug, Clone, Copy)]
pub struct MarkdownTable<'a>(pub &'a [MutationOutcome]);

impl fmt::Display for MarkdownTable<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "| defect | where | in | noticed by |")?;
        writeln!(out, "|---|---|---|---|")?;
        for MutationOutcome { mutation, noticed } in self.0 {
            let resource = match mutation.resource {
                "" => "the template",
                resource => resource,
            };
            let by = match noticed {
                Ok(rules) => rules.join(", "),
                Err(error) => format!("**nobody: {error}** ({} should)", mutation.rule),
            };
            let Mutation { name, subject, .. } = mutation;
            writeln!(out, "| {name} | {resource} | {subject} | {by} |")?;
        }
        Ok(())
    }
}
