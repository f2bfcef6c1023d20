//! Reading AWS's XML answers.

use roxmltree::Node;

/// Tag names without their namespace, which differs between AWS and emulators.
pub(crate) trait Named<'a>: Sized {
    fn is_named(&self, name: &str) -> bool;
    /// The first child of this name.
    fn child(&self, name: &str) -> Option<Self>;
    /// The text of the first child of this name.
    fn text_of(&self, name: &str) -> Option<&'a str>;
}

impl<'a> Named<'a> for Node<'a, '_> {
    fn is_named(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }

    fn child(&self, name: &str) -> Option<Self> {
        self.children().find(|child| child.is_named(name))
    }

    fn text_of(&self, name: &str) -> Option<&'a str> {
        self.child(name)?.text()
    }
}
