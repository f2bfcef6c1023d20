//! What the commands say.

use std::io::{self, BufRead, IsTerminal, Write};

use anyhow::{Result, bail};

/// Where it is said: standard output, or nowhere, for tests.
#[derive(Debug, Clone, Copy)]
pub struct Console {
    visible: bool,
}

impl Console {
    /// Writes lines to standard output.
    #[must_use]
    pub const fn standard() -> Self {
        Self { visible: true }
    }

    /// Says nothing.
    #[must_use]
    pub const fn silent() -> Self {
        Self { visible: false }
    }

    /// One line.
    pub(crate) fn line(self, text: &str) {
        if self.visible {
            // Nobody to tell when standard output is closed.
            let _ = writeln!(io::stdout().lock(), "{text}");
        }
    }

    /// A failure with all its causes, on standard error.
    pub fn failed(self, error: &anyhow::Error) {
        if self.visible {
            let _ = writeln!(io::stderr().lock(), "\n  ✗ failed to {error:#}");
        }
    }

    /// Has `word` typed before something that cannot be taken back.
    ///
    /// # Errors
    /// When nobody is there to type, or something else was typed.
    pub(crate) fn confirm(self, what: &str, word: &str) -> Result<()> {
        if !io::stdin().is_terminal() {
            bail!("{what}: nobody is there to confirm it; --yes does");
        }
        self.line(&format!("\nType {word} to {what}:"));
        let mut typed = String::new();
        io::stdin().lock().read_line(&mut typed)?;
        if typed.trim() != word {
            bail!("{what}: it was not confirmed, and nothing was done");
        }
        Ok(())
    }
}
