//! The judges that are programs of their own, and how their answers are read.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::Value;
use template_render::Deployment;

use crate::aws::REGION;
use crate::machine;
use crate::process::{self, StopBy, bound_command};
use crate::tools::{Environment, JudgeTools, Tools};

/// The regions whose schemas cfn-lint holds resources against: the one that has everything and
/// where CloudFront's resources have to be, one of Europe, and one that gets new types late.
const REGIONS: [&str; 3] = ["us-east-1", "eu-central-1", "ap-southeast-2"];

/// What cfn-lint is not asked of a render, only of the template: a render's zones are names by
/// then, and not `Fn::GetAZs`.
const NOT_OF_RENDERS: &str = "W3010";

/// Something that a judge found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    /// The judge's name of the check.
    pub(super) check: String,
    /// Logical id, or what else it is about.
    pub(super) resource: String,
    /// In the judge's words.
    pub(super) text: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.check, self.resource, self.text)
    }
}

/// What a judge says of a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    /// How much it looked at, findings included; none where it does not say.
    pub(super) evaluated: Option<usize>,
    pub(super) findings: Vec<Finding>,
}

/// Where the programs are, and where they write to.
#[derive(Clone, Copy)]
pub(super) struct Judges<'a> {
    pub(super) tools: &'a Tools,
    pub(super) more: &'a JudgeTools,
    /// What they answer, and what else they say.
    pub(super) reports: &'a Path,
}

impl Judges<'_> {
    /// `sam validate --lint` of template.yaml. Warnings fail too.
    pub(super) fn sam_validate(self) -> Result<()> {
        let mut command = program(&self.tools.sam, "sam");
        command.args(["validate", "--lint", "--region", REGION]);
        command.args(["--template-file", "template.yaml"]);
        process::run("validate template.yaml", command, &self.log("sam-validate"))
    }

    /// What SAM makes of a template for a deployment.
    pub(super) fn transform(
        self,
        template: &str,
        deployment: &Deployment,
        name: &str,
    ) -> Result<(PathBuf, Value)> {
        let what = || format!("transform {template} for {name}");
        let output = self.reports.join(format!("{name}.transformed.json"));
        let mut command = program(&self.tools.sam, "python");
        command.args(["local/tools/transform.py", template]);
        command.arg(&output);
        let parameters = self.reports.join(format!("{name}.parameters.json"));
        let values = serde_json::to_vec(&deployment.parameters).with_context(what)?;
        fs::write(&parameters, values).with_context(what)?;
        command.arg(&parameters);
        command.env("AWS_DEFAULT_REGION", &deployment.region);
        process::run(&what(), command, &self.log(&format!("transform-{name}")))?;
        let made = fs::read(&output).with_context(what)?;
        let made = serde_json::from_slice(&made).with_context(what)?;
        Ok((output, made))
    }

    /// cfn-lint, in all regions at once.
    pub(super) fn cfn_lint(self, file: &Path, name: &str, is_render: bool) -> Result<Verdict> {
        let mut command = program(&self.tools.sam, "cfn-lint");
        command.arg("--regions").args(REGIONS);
        if is_render {
            command.args(["--ignore-checks", NOT_OF_RENDERS]);
        }
        command.args(["--format", "json", "--"]).arg(file);
        let name = format!("cfn-lint-{name}");
        let answer = self.answer(&name, command)?;
        cfn_lint_verdict(&answer).with_context(|| self.unread(&name))
    }

    /// checkov, without the policies that it would download.
    pub(super) fn checkov(self, file: &Path, name: &str) -> Result<Verdict> {
        let mut command = program(&self.more.checkov, "checkov");
        command.args(["--framework", "cloudformation", "--skip-download"]);
        command.args(["--output", "json", "--quiet", "--compact", "--soft-fail"]);
        command.arg("--file").arg(file);
        let name = format!("checkov-{name}");
        let answer = self.answer(&name, command)?;
        checkov_verdict(&answer).with_context(|| self.unread(&name))
    }

    /// The standard output of a judge, which fails when it finds something.
    fn answer(self, name: &str, command: Command) -> Result<Vec<u8>> {
        let report = self.reports.join(format!("{name}.json"));
        process::run_into(name, command, &report, &self.log(name))?;
        fs::read(&report).with_context(|| format!("read {}", report.display()))
    }

    pub(super) fn log(self, name: &str) -> PathBuf {
        self.reports.join(format!("{name}.log"))
    }

    fn unread(self, name: &str) -> String {
        let log = self.log(name);
        let last = process::last_lines(&log, 10);
        format!(
            "read what {name} says; {} ends with:\n{last}\n",
            log.display()
        )
    }
}

/// A program of a Python environment, to be run in the repository.
fn program(environment: &Environment, name: &str) -> Command {
    let mut command = bound_command(&environment.program(name), StopBy::Terminate, None);
    command
        .current_dir(machine::repository())
        .env("SAM_CLI_TELEMETRY", "0")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        // The transform asks boto3 where it is.
        .env("AWS_DEFAULT_REGION", REGION);
    command
}

/// <https://github.com/aws-cloudformation/cfn-lint#parameters>, `--format json`.
fn cfn_lint_verdict(answer: &[u8]) -> Result<Verdict> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Match {
        message: String,
        location: Location,
        rule: Rule,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Location {
        path: Option<Vec<Value>>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Rule {
        id: String,
    }
    let matches: Vec<Match> = serde_json::from_slice(answer)?;
    let findings = matches.into_iter().map(|found| {
        let path = found.location.path.unwrap_or_default();
        let path = path.iter().map(|step| match step {
            Value::String(key) => key.clone(),
            other => other.to_string(),
        });
        let path: Vec<String> = path.collect();
        Finding {
            check: found.rule.id,
            resource: path.join("."),
            // Some messages list everything that the template has.
            text: found.message.chars().take(200).collect(),
        }
    });
    Ok(Verdict {
        evaluated: None,
        findings: findings.collect(),
    })
}

/// <https://www.checkov.io/2.Basics/Reviewing%20Scan%20Results.html>, `--output json`.
fn checkov_verdict(answer: &[u8]) -> Result<Verdict> {
    #[derive(Deserialize)]
    struct Report {
        results: Results,
        summary: Summary,
    }
    #[derive(Deserialize)]
    struct Results {
        failed_checks: Vec<Check>,
    }
    #[derive(Deserialize)]
    struct Check {
        check_id: String,
        check_name: String,
        /// `AWS::SQS::Queue.ImageDeriveQueue`.
        resource: String,
    }
    #[derive(Deserialize)]
    struct Summary {
        passed: usize,
        failed: usize,
        parsing_errors: usize,
    }
    let report: Report = serde_json::from_slice(answer)?;
    ensure!(
        report.summary.parsing_errors == 0,
        "it cannot parse the file"
    );
    let failed = report.results.failed_checks.into_iter();
    Ok(Verdict {
        evaluated: Some(report.summary.passed + report.summary.failed),
        findings: failed
            .map(|check| Finding {
                check: check.check_id,
                resource: match check.resource.rsplit_once('.') {
                    Some((_, id)) => id.to_owned(),
                    None => check.resource,
                },
                text: check.check_name,
            })
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cfn_lint_is_read() {
        let answer = br#"[{"Message": "bad", "Rule": {"Id": "E3002"}, "Level": "Error",
            "Location": {"Path": ["Resources", "Queue", 0], "Start": {}, "End": {}}}]"#;
        let verdict = cfn_lint_verdict(answer).unwrap();
        assert_eq!(verdict.findings.len(), 1);
        assert_eq!(
            verdict.findings[0].to_string(),
            "E3002 Resources.Queue.0: bad"
        );
        assert_eq!(cfn_lint_verdict(b"[]\n").unwrap(), Verdict::default());
        assert!(cfn_lint_verdict(b"Traceback").is_err());
    }

    #[test]
    fn checkov_is_read() {
        let answer = |errors: u8| {
            format!(
                r#"{{"results": {{"failed_checks": [{{"check_id": "CKV_1", "check_name": "Ensure",
                "resource": "AWS::SQS::Queue.Queue"}}]}}, "summary": {{"passed": 4, "failed": 1,
                "skipped": 0, "parsing_errors": {errors}}}}}"#
            )
        };
        let verdict = checkov_verdict(answer(0).as_bytes()).unwrap();
        assert_eq!(verdict.evaluated, Some(5));
        assert_eq!(verdict.findings[0].to_string(), "CKV_1 Queue: Ensure");
        assert!(checkov_verdict(answer(1).as_bytes()).is_err());
        // What it answers for a file without resources.
        assert!(checkov_verdict(br#"{"passed": 0, "failed": 0}"#).is_err());
    }
}
