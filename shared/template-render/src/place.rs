//! Where in a template something is.

use std::fmt::{self, Display, Formatter};

/// A key or an index, and what it is in. Borrowed: most places are never told of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    parent: Option<&'a Self>,
    step: Step<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

impl<'a> Place<'a> {
    /// A section of the template.
    pub(crate) const fn root(name: &'a str) -> Self {
        Self {
            parent: None,
            step: Step::Key(name),
        }
    }

    /// The value of a key in here.
    pub(crate) const fn key(&'a self, name: &'a str) -> Self {
        Self {
            parent: Some(self),
            step: Step::Key(name),
        }
    }

    /// An element of the list that is here.
    pub(crate) const fn index(&'a self, index: usize) -> Self {
        Self {
            parent: Some(self),
            step: Step::Index(index),
        }
    }
}

impl Display for Place<'_> {
    /// As JSONPath writes it, without the `$.`: `Resources.Queue.Properties.Tags[0]`.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            write!(f, "{parent}")?;
        }
        match self.step {
            Step::Key(name) if self.parent.is_some() => write!(f, ".{name}"),
            Step::Key(name) => write!(f, "{name}"),
            Step::Index(index) => write!(f, "[{index}]"),
        }
    }
}
