//! Runs the emulator extension's own tests with the emulator's Python.

use std::process::Command;

use local::{Progress, Tools};

#[test]
fn extension_closes_every_gap() {
    let tools = Tools::install(&Progress::silent()).unwrap();
    let output = Command::new(tools.emulator_python())
        .args(["-m", "unittest", "--quiet"])
        .args(["test_extension", "test_alb_access_logs"])
        .args(["test_cloudtrail_keys", "test_edge_invalidations"])
        .arg("test_service_events")
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/emulator"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
