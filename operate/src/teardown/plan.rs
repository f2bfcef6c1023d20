//! What becomes of each resource.

use std::collections::BTreeMap;

use crate::Console;
use crate::stack::{Resource, Stack};

/// What becomes of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is deleted.
    Deleted,
    /// It is deleted after a last snapshot was made.
    Copied,
    /// It stays.
    Kept,
    /// The template decides, and cannot be read: treated as if it stayed, until CloudFormation
    /// has tried to delete it.
    Unknown,
}

/// What becomes of a stack's resources.
#[derive(Debug)]
pub(super) struct Plan(Vec<(Fate, Resource)>);

impl Plan {
    pub(super) fn new(
        resources: Vec<Resource>,
        policies: Option<&BTreeMap<String, String>>,
    ) -> Self {
        let fate = |resource: &Resource| {
            let Some(policies) = policies else {
                return Fate::Unknown;
            };
            match policies.get(&resource.logical_id).map(String::as_str) {
                Some("Retain" | "RetainExceptOnCreate") => Fate::Kept,
                Some("Snapshot") => Fate::Copied,
                Some(_) => Fate::Deleted,
                // In the stack and in no template: left from an update that did not end well.
                None => Fate::Unknown,
            }
        };
        // What was skipped by a deletion before is kept, and still there.
        let there = resources
            .into_iter()
            .filter(|resource| resource.status != "DELETE_COMPLETE");
        Self(there.map(|resource| (fate(&resource), resource)).collect())
    }

    /// The resources with this fate.
    pub(super) fn of(&self, fate: Fate) -> impl Iterator<Item = &Resource> {
        let of = self.0.iter().filter(move |(of, _)| *of == fate);
        of.map(|(_, resource)| resource)
    }

    pub(super) fn tell(&self, name: &str, stack: &Stack, deletes_data: bool, console: Console) {
        let numbers = |fate| self.of(fate).count();
        console.line(&format!("Stack {name} ({}), {}", stack.id, stack.status));
        console.line(&format!(
            "  {} resources are deleted",
            numbers(Fate::Deleted)
        ));
        for bucket in self
            .of(Fate::Deleted)
            .filter(|resource| resource.is_bucket())
        {
            console.line(&format!(
                "    with everything in it: {}",
                bucket.physical_id
            ));
        }
        self.tell_of(Fate::Copied, "deleted after a last snapshot", console);
        let kept = if deletes_data {
            "kept by the template, and deleted afterwards, WITH ALL DATA"
        } else {
            "kept"
        };
        self.tell_of(Fate::Kept, kept, console);
        self.tell_of(
            Fate::Unknown,
            "kept or deleted, as the template says",
            console,
        );
        if stack.is_protected {
            console.line("  The stack's protection against deletion is switched off.");
        }
    }

    fn tell_of(&self, fate: Fate, what: &str, console: Console) {
        let number = self.of(fate).count();
        if number > 0 {
            console.line(&format!("  {number} {what}:"));
        }
        for resource in self.of(fate) {
            let Resource {
                kind,
                logical_id,
                physical_id,
                ..
            } = resource;
            console.line(&format!("    {kind:<28} {logical_id:<22} {physical_id}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(logical_id: &str, status: &str) -> Resource {
        Resource {
            logical_id: logical_id.to_owned(),
            physical_id: String::new(),
            kind: "AWS::S3::Bucket".to_owned(),
            status: status.to_owned(),
            reason: String::new(),
        }
    }

    fn names(plan: &Plan, fate: Fate) -> Vec<&str> {
        plan.of(fate)
            .map(|resource| resource.logical_id.as_str())
            .collect()
    }

    #[test]
    fn the_template_decides_and_what_it_does_not_name_is_not_touched() {
        let all = ["Goes", "Stays", "Copied", "Stray"].map(|id| resource(id, "CREATE_COMPLETE"));
        let gone = resource("Gone", "DELETE_COMPLETE");
        let policies = [
            ("Goes", "Delete"),
            ("Stays", "RetainExceptOnCreate"),
            ("Copied", "Snapshot"),
            ("Gone", "Delete"),
        ];
        let policies = policies.map(|(id, policy)| (id.to_owned(), policy.to_owned()));
        let policies = BTreeMap::from(policies);
        let resources: Vec<_> = all.into_iter().chain([gone]).collect();
        let plan = Plan::new(resources.clone(), Some(&policies));
        assert_eq!(names(&plan, Fate::Deleted), ["Goes"]);
        assert_eq!(names(&plan, Fate::Kept), ["Stays"]);
        assert_eq!(names(&plan, Fate::Copied), ["Copied"]);
        assert_eq!(names(&plan, Fate::Unknown), ["Stray"]);
        let unread = Plan::new(resources, None);
        assert!(names(&unread, Fate::Deleted).is_empty());
    }
}
