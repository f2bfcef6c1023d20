//! Writes the page `docs/template-controls.md` to standard output.

use std::io::{self, Write};

fn main() -> io::Result<()> {
    io::stdout().write_all(template_rules::controls_document().as_bytes())
}
