//! A defect, and how it is made.

use serde_json::{Map, Value};

use crate::renders::{Class, Subject};

/// A defect that somebody could make.
#[derive(Debug, Clone, Copy)]
pub struct Mutation {
    /// What is done wrong.
    pub name: &'static str,
    /// The rule that has to notice.
    pub rule: &'static str,
    /// What it is made in.
    pub subject: Subject,
    /// The resource that it is made in; empty for another part of the template.
    pub resource: &'static str,
    edit: Edit,
}

/// A change at one place. A path has `/` between its names and indices; `Name=value` is the
/// item of a list whose `Name` is that, with `~1` for `/`. It starts at the resource's properties; with a `/` in
/// front, at the resource; and without a resource, at the template.
#[derive(Debug, Clone, Copy)]
enum Edit {
    /// Sets a value, written as JSON.
    Set(&'static str, &'static str),
    /// Takes a value away.
    Remove(&'static str),
    /// Adds a value, written as JSON, to a list.
    Push(&'static str, &'static str),
    /// Adds so many topics or parameters to a section.
    Fill(&'static str, usize),
}

const PRODUCTION: Subject = Subject::Render(Class::Production);

/// In class production, if nothing else is said.
const fn mutation(
    name: &'static str,
    rule: &'static str,
    resource: &'static str,
    edit: Edit,
) -> Mutation {
    Mutation {
        name,
        rule,
        subject: PRODUCTION,
        resource,
        edit,
    }
}

pub(super) const fn set(
    name: &'static str,
    rule: &'static str,
    resource: &'static str,
    path: &'static str,
    json: &'static str,
) -> Mutation {
    mutation(name, rule, resource, Edit::Set(path, json))
}

pub(super) const fn remove(
    name: &'static str,
    rule: &'static str,
    resource: &'static str,
    path: &'static str,
) -> Mutation {
    mutation(name, rule, resource, Edit::Remove(path))
}

pub(super) const fn fill(
    name: &'static str,
    rule: &'static str,
    section: &'static str,
    many: usize,
) -> Mutation {
    mutation(name, rule, "", Edit::Fill(section, many)).in_template()
}

pub(super) const fn push(
    name: &'static str,
    rule: &'static str,
    resource: &'static str,
    path: &'static str,
    json: &'static str,
) -> Mutation {
    mutation(name, rule, resource, Edit::Push(path, json))
}

impl Mutation {
    pub(super) const fn in_template(mut self) -> Self {
        self.subject = Subject::Transformed;
        self
    }

    pub(super) const fn in_class(mut self, class: Class) -> Self {
        self.subject = Subject::Render(class);
        self
    }

    /// The template with the defect in it.
    ///
    /// # Errors
    /// When there is no such place in it, or nothing changes.
    pub fn apply(&self, template: &Value) -> Result<Value, MutationError> {
        let mut mutated = template.clone();
        self.edit_in(&mut mutated)
            .ok_or(MutationError::NoSuchPlace)?;
        if mutated == *template {
            return Err(MutationError::ChangesNothing);
        }
        Ok(mutated)
    }

    fn edit_in(&self, template: &mut Value) -> Option<()> {
        match self.edit {
            Edit::Set(path, json) => {
                let value = serde_json::from_str(json).ok()?;
                let (parent, name) = self.parent_of(path);
                let parent = find(template, &parent)?;
                match parent {
                    Value::Object(map) => drop(map.insert(name.to_owned(), value)),
                    other => *step(other, name)? = value,
                }
            }
            Edit::Remove(path) => {
                let (parent, name) = self.parent_of(path);
                match find(template, &parent)? {
                    Value::Object(map) => drop(map.remove(name)?),
                    Value::Array(items) => {
                        let place = position(items, name)?;
                        items.remove(place);
                    }
                    _ => return None,
                }
            }
            Edit::Push(path, json) => {
                let (parent, name) = self.parent_of(path);
                let list = step(find(template, &parent)?, name)?;
                list.as_array_mut()?.push(serde_json::from_str(json).ok()?);
            }
            Edit::Fill(section, many) => {
                let section = find(template, section)?.as_object_mut()?;
                for number in 0..many {
                    let topic = Map::from_iter([("Type".to_owned(), "AWS::SNS::Topic".into())]);
                    section.insert(format!("Filler{number}"), Value::Object(topic));
                }
            }
        }
        Some(())
    }

    /// The path from the template's root, in two: what a thing is in, and its name there.
    fn parent_of(&self, path: &'static str) -> (String, &'static str) {
        let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
        let start = match (self.resource, path.starts_with('/')) {
            ("", _) => String::new(),
            (resource, true) => format!("Resources/{resource}"),
            (resource, false) => format!("Resources/{resource}/Properties"),
        };
        (format!("{start}/{parent}"), name)
    }
}

fn find<'a>(value: &'a mut Value, path: &str) -> Option<&'a mut Value> {
    let mut steps = path.split('/').filter(|name| !name.is_empty());
    steps.try_fold(value, step)
}

fn step<'a>(value: &'a mut Value, name: &str) -> Option<&'a mut Value> {
    match value {
        Value::Array(items) => {
            let place = position(items, name)?;
            items.get_mut(place)
        }
        other => other.get_mut(name),
    }
}

fn position(items: &[Value], name: &str) -> Option<usize> {
    match name.split_once('=') {
        Some((key, wanted)) => items.iter().position(|item| {
            item.get(key)
                .is_some_and(|it| *it == wanted.replace("~1", "/"))
        }),
        None => name.parse().ok().filter(|place| *place < items.len()),
    }
}

/// Why a mutation proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MutationError {
    /// The template was changed, and the list of mutations was not.
    #[error("the template has no such place")]
    NoSuchPlace,
    /// The template has the defect already.
    #[error("it changes nothing")]
    ChangesNothing,
    /// The rules are blind to it.
    #[error("its rule does not notice it")]
    Unnoticed,
}
