//! `sam validate --lint`: what can be said of the template without deploying it.

use anyhow::Result;

use crate::aws::REGION;
use crate::machine;
use crate::process::{self, StopBy, bound_command};
use crate::progress::Progress;
use crate::tools::Tools;

/// Validates template.yaml with the SAM CLI and its linter. Warnings fail too.
///
/// # Errors
/// With the linter's words.
pub fn validate_template(tools: &Tools, progress: &Progress) -> Result<()> {
    let log = machine::target_dir().join("sam-validate.log");
    let mut command = bound_command(&tools.sam.program("sam"), StopBy::Terminate, None);
    command
        .current_dir(machine::repository())
        .env("SAM_CLI_TELEMETRY", "0")
        .args([
            "validate",
            "--lint",
            "--region",
            REGION,
            "--template-file",
            "template.yaml",
        ]);
    progress.step("validating template.yaml", Some(&log), || {
        process::run("validate template.yaml", command, &log)
    })
}
