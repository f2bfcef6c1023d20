//! What can be said of the template without deploying it.

use std::process::Command;

use anyhow::Result;

use crate::aws::REGION;
use crate::machine;
use crate::process::{self, StopBy, bound_command};
use crate::progress::Progress;
use crate::tools::Tools;

/// Validates template.yaml with the SAM CLI and its linter, as it is written and as SAM
/// transforms it: a circle between a function and what refers to it shows in the second
/// only. Warnings fail too.
///
/// # Errors
/// With the linter's words.
pub fn validate_template(tools: &Tools, progress: &Progress) -> Result<()> {
    let log = machine::target_dir().join("sam-validate.log");
    let transformed = machine::target_dir().join("template.transformed.json");
    progress.step("validating template.yaml", Some(&log), || {
        let mut validate = program(tools, "sam");
        validate.args(["validate", "--lint", "--region", REGION]);
        validate.args(["--template-file", "template.yaml"]);
        process::run("validate template.yaml", validate, &log)?;

        let mut transform = program(tools, "python");
        transform.args(["local/tools/transform.py", "template.yaml"]);
        transform.arg(&transformed);
        process::run("transform template.yaml", transform, &log)?;

        let mut lint = program(tools, "cfn-lint");
        lint.args(["--region", REGION, "--"]).arg(&transformed);
        process::run("lint the transformed template.yaml", lint, &log)
    })
}

/// A program of the SAM CLI's environment, to be run in the repository.
fn program(tools: &Tools, name: &str) -> Command {
    let mut command = bound_command(&tools.sam.program(name), StopBy::Terminate, None);
    command
        .current_dir(machine::repository())
        .env("SAM_CLI_TELEMETRY", "0")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        // The transform asks boto3 where it is.
        .env("AWS_DEFAULT_REGION", REGION);
    command
}
