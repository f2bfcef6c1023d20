//! Writes README's table of controls to standard output.

use std::io::{self, Write};

fn main() -> io::Result<()> {
    io::stdout().write_all(template_rules::controls_summary().as_bytes())
}
