//! Writes the page `docs/template-controls.md` to standard output, or with `summary` the table
//! of README.

use std::env;
use std::io::{self, Write};

fn main() -> io::Result<()> {
    let page = if env::args().nth(1).as_deref() == Some("summary") {
        template_rules::controls_summary()
    } else {
        template_rules::controls_document()
    };
    io::stdout().write_all(page.as_bytes())
}
