use std::path::Path;
use std::process::Command;

use local::{Progress, Tools};
use serde_json::Value;

/// Runs a Python program with DuckDB, in a folder; it prints a JSON value.
pub(crate) fn run(program: &str, dir: &Path) -> Value {
    let tools = Tools::install(&Progress::silent()).unwrap();
    let output = Command::new(tools.emulator_python())
        .args(["-c", program])
        .current_dir(dir)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}
