//! Says what is being done, what is waited for, and how it went.

use std::fmt::Display;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::process::last_lines;
use crate::stack::Stack;

/// How long a step may be silent before a line says that it still runs.
const REMINDER: Duration = Duration::from_secs(10);

/// Where steps are reported: standard error, or nowhere.
#[derive(Debug, Clone)]
pub struct Progress {
    visible: bool,
}

impl Progress {
    /// Writes plain lines to standard error.
    #[must_use]
    pub const fn plain() -> Self {
        Self { visible: true }
    }

    /// Says nothing, for tests.
    #[must_use]
    pub const fn silent() -> Self {
        Self { visible: false }
    }

    fn line(&self, text: &str) {
        if self.visible {
            // Nobody to tell when standard error is closed.
            let _ = writeln!(std::io::stderr().lock(), "{text}");
        }
    }

    /// One line of its own.
    pub fn note(&self, text: &str) {
        self.line(&format!("  · {text}"));
    }

    /// Lines of their own, such as a table.
    pub fn block(&self, text: &str) {
        self.line(&format!("\n{text}\n"));
    }

    /// A failure, with all its causes.
    pub fn failed(&self, error: &anyhow::Error) {
        self.line(&format!("\n  ✗ failed to {error:#}"));
    }

    /// Runs `work`, which `name` describes in the -ing form. When it takes long,
    /// the last line of its `log` shows how far it is.
    ///
    /// # Errors
    /// Whatever `work` returns.
    pub fn step<T>(
        &self,
        name: &str,
        log: Option<&Path>,
        work: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        let start = Instant::now();
        let (done, wait) = mpsc::channel::<()>();
        let result = thread::scope(|scope| {
            scope.spawn(move || self.remind(name, log, start, &wait));
            let result = work();
            drop(done);
            result
        });
        if result.is_ok() {
            self.line(&format!(
                "  ✓ {name} ({:.1} s)",
                start.elapsed().as_secs_f64()
            ));
        }
        result
    }

    fn remind(&self, name: &str, log: Option<&Path>, start: Instant, wait: &mpsc::Receiver<()>) {
        while wait.recv_timeout(REMINDER) == Err(RecvTimeoutError::Timeout) {
            let seconds = start.elapsed().as_secs();
            let last = log.map(|log| last_lines(log, 1)).unwrap_or_default();
            let last: String = last.trim().chars().take(90).collect();
            self.line(&format!("  … {name}, {seconds} s so far  {last}"));
        }
    }

    /// What to try, once the site is up.
    pub fn ready(&self, stack: &Stack) {
        let site = stack.site_url();
        let rows: [(&str, &dyn Display); 6] = [
            ("Home page", &site),
            ("Contact form", &format!("{site}/forms/contact")),
            (
                "Any size",
                &format!("{site}/img/w=400,f=webp/harbour-at-dusk.jpg"),
            ),
            ("AWS endpoint", &stack.emulator_endpoint()),
            ("Functions' log", &stack.emulator_log().display()),
            ("PostgreSQL", &stack.postgres_url()),
        ];
        self.line("\nThe site is up. Ctrl-C stops everything.\n");
        for (name, value) in rows {
            self.line(&format!("  {name:<15} {value}"));
        }
        let environment: PathBuf = stack.functions_environment();
        self.line(&format!(
            "\nDrop a photo on the home page, or ask for any size:\n\
             \n  curl -o small.webp '{site}/img/w=400,f=webp/harbour-at-dusk.jpg'\n\
             \nWork on a function in another terminal:\n\
             \n  export PATH=\"{tools}:$PATH\"\
             \n  cargo lambda watch -A 127.0.0.1 --env-file {environment}\
             \n  cargo lambda invoke image-serve -A 127.0.0.1 --data-file events/image-serve/preset.json\n",
            tools = stack.tools().cargo_lambda_bin().display(),
            environment = environment.display(),
        ));
    }
}
