//! Files that follow from others: they are compared, or written anew.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::machine;

/// The render of the template that `validate` made last for a deployment.
pub(crate) fn render(deployment: &str) -> Result<Value> {
    let path = machine::target_dir()
        .join("template-gate")
        .join(format!("{deployment}.json"));
    serde_json::from_str(&read(&path)?).with_context(|| format!("parse {}", path.display()))
}

pub(crate) fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("read {}", path.display()))
}

/// Compares a file with what it should be; with `write`, makes it so, as `cargo run -- {task} --write`
/// does.
pub(crate) fn keep(path: &Path, text: &str, write: bool, task: &str) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    if !write {
        bail!(
            "find {} up to date: `cargo run -- {task} --write` makes it so",
            path.display()
        );
    }
    fs::write(path, text).with_context(|| format!("write {}", path.display()))
}
