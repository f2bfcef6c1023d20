//! Reading AWS's XML answers, whose namespaces differ between services and emulators.

use anyhow::{Context, Result};
use roxmltree::{Document, Node};

/// Parses an answer.
pub(crate) fn parse<'a>(what: &str, xml: &'a str) -> Result<Document<'a>> {
    Document::parse(xml).with_context(|| format!("parse the answer about {what}"))
}

/// The text of the first child of this name.
pub(crate) fn text<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    let child = node.children().find(|child| child.has_name(name))?;
    child.text()
}

/// Every element below `node` that has a child of this name.
pub(crate) fn having<'a, 'input: 'a>(
    node: Node<'a, 'input>,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'input>> {
    let has = move |node: &Node<'a, 'input>| node.children().any(|child| child.has_name(name));
    node.descendants().filter(has)
}

trait Named {
    fn has_name(&self, name: &str) -> bool;
}

impl Named for Node<'_, '_> {
    fn has_name(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}
