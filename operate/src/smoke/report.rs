//! What came of each check.

use std::time::Instant;

use anyhow::Result;

use crate::Console;

/// A check that was made, or left out.
#[derive(Debug)]
pub struct Check {
    /// What was checked.
    pub name: &'static str,
    /// What was seen, or what is wrong.
    pub detail: String,
    /// Whether it is well; `None` where it was left out.
    pub passed: Option<bool>,
}

/// All checks, in the order they were made. Each is told as soon as it is done.
#[derive(Debug)]
pub struct Report {
    console: Console,
    checks: Vec<Check>,
}

impl Report {
    pub(super) const fn new(console: Console) -> Self {
        Self {
            console,
            checks: Vec::new(),
        }
    }

    /// Every check.
    #[must_use]
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// Whether nothing failed.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.checks.iter().all(|check| check.passed != Some(false))
    }

    /// Makes a check and returns whether it passed.
    pub(super) async fn check(
        &mut self,
        name: &'static str,
        work: impl Future<Output = Result<String>>,
    ) -> bool {
        let started = Instant::now();
        let result = work.await;
        let passed = result.is_ok();
        let detail = result.unwrap_or_else(|error| format!("{error:#}"));
        let took = started.elapsed().as_secs_f64();
        let mark = if passed { '✓' } else { '✗' };
        self.console
            .line(&format!("  {mark} {name:<18} {took:>6.1} s  {detail}"));
        self.checks.push(Check {
            name,
            detail,
            passed: Some(passed),
        });
        passed
    }

    /// Leaves a check out.
    pub(super) fn skip(&mut self, name: &'static str, reason: &str) {
        self.console
            .line(&format!("  · {name:<18}          left out: {reason}"));
        self.checks.push(Check {
            name,
            detail: reason.to_owned(),
            passed: None,
        });
    }
}
