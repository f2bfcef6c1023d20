//! Files with faults, each with what is said of it.
#![expect(clippy::panic, reason = "a test ends at the first fault")]

mod contradictions;
mod lints;

use health_checks::{ChecksError, SiteChecks};

pub(crate) fn faults(text: &str) -> Vec<String> {
    match SiteChecks::parse(text) {
        Ok(_) => Vec::new(),
        Err(ChecksError::Faults(faults)) => faults.iter().map(ToString::to_string).collect(),
        Err(error) => panic!("{text}: {error}"),
    }
}

/// The faults of a check `a`, without that name, given the rest of its keys.
pub(crate) fn of_check(keys: &str) -> Vec<String> {
    let found = faults(&format!("[[check]]\nid = \"a\"\n{keys}"));
    found
        .iter()
        .map(|fault| fault.replacen("check `a`: ", "", 1))
        .collect()
}

pub(crate) fn assert_fault(keys: &str, fault: &str) {
    assert_eq!(of_check(keys), [fault], "{keys}");
}
