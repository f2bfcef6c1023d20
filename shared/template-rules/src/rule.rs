use crate::finding::Finding;
use crate::render::{Render, Resource};
use crate::renders::{Class, Subject};

/// A norm for the template.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its name, such as `queue-visibility`.
    pub id: &'static str,
    /// What it allows, in one line.
    pub statement: &'static str,
    /// The controls it answers: `FSBP SQS.1`, `CIS 2.1.1` (AWS Foundations Benchmark 3.0.0).
    pub controls: &'static [&'static str],
    /// Why: a page, as path on `https://docs.aws.amazon.com/`.
    pub reference: &'static str,
    /// The resource types it looks at.
    pub types: &'static [&'static str],
    /// What it is checked on. A class that is not in here is excused.
    pub subjects: &'static [Subject],
    pub(crate) check: fn(&Render<'_>, &mut Report),
}

/// Every class.
pub(crate) const ALL: &[Subject] = &[
    Subject::Render(Class::Local),
    Subject::Render(Class::Dev),
    Subject::Render(Class::Small),
    Subject::Render(Class::Production),
];

/// Every class but local, whose emulator is one process on one machine.
pub(crate) const CLOUD: &[Subject] = &[
    Subject::Render(Class::Dev),
    Subject::Render(Class::Small),
    Subject::Render(Class::Production),
];

/// The classes of sites that somebody relies on.
pub(crate) const KEPT: &[Subject] = &[
    Subject::Render(Class::Small),
    Subject::Render(Class::Production),
];

/// What is paid for in production only.
pub(crate) const PRODUCTION: &[Subject] = &[Subject::Render(Class::Production)];

/// The template itself, in which every class is.
pub(crate) const TEMPLATE: &[Subject] = &[Subject::Transformed];

impl Rule {
    /// A rule for every class, without controls and types as yet.
    pub(crate) const fn new(
        id: &'static str,
        statement: &'static str,
        check: fn(&Render<'_>, &mut Report),
    ) -> Self {
        Self {
            id,
            statement,
            controls: &[],
            reference: "",
            types: &[],
            subjects: ALL,
            check,
        }
    }

    /// The resource types it looks at, and the page that says why.
    pub(crate) const fn of(
        mut self,
        types: &'static [&'static str],
        reference: &'static str,
    ) -> Self {
        self.types = types;
        self.reference = reference;
        self
    }

    /// The controls it answers.
    pub(crate) const fn answers(mut self, controls: &'static [&'static str]) -> Self {
        self.controls = controls;
        self
    }

    /// What it is checked on, if not on every class.
    pub(crate) const fn on(mut self, subjects: &'static [Subject]) -> Self {
        self.subjects = subjects;
        self
    }
}

/// Collects what a rule finds.
pub(crate) struct Report {
    rule: &'static Rule,
    subject: Subject,
    findings: Vec<Finding>,
}

impl Report {
    pub(crate) fn new(rule: &'static Rule, subject: Subject) -> Self {
        Self {
            rule,
            subject,
            findings: Vec::new(),
        }
    }

    /// What is looked at.
    pub(crate) fn subject(&self) -> Subject {
        self.subject
    }

    /// Notes what is wrong with a resource.
    pub(crate) fn wrong(&mut self, resource: Resource<'_>, wrong: impl Into<String>) {
        self.wrong_with(resource.id, wrong);
    }

    /// Notes what is wrong with anything that has a name; `""` is the whole template.
    pub(crate) fn wrong_with(&mut self, id: &str, wrong: impl Into<String>) {
        self.findings.push(Finding {
            rule: self.rule.id,
            subject: self.subject,
            logical_id: id.to_owned(),
            wrong: wrong.into(),
            allowed: self.rule.statement,
        });
    }

    /// Notes what is wrong with a resource unless something holds.
    pub(crate) fn ensure(&mut self, holds: bool, resource: Resource<'_>, wrong: &str) {
        if !holds {
            self.wrong(resource, wrong);
        }
    }

    /// What was found, in the order of logical ids.
    pub(crate) fn into_findings(mut self) -> Vec<Finding> {
        self.findings
            .sort_by(|a, b| (&a.logical_id, &a.wrong).cmp(&(&b.logical_id, &b.wrong)));
        self.findings
    }
}
