//! Deploys template.yaml to the emulator with the SAM CLI.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::aws::{ACCESS_KEY_ID, Aws, REGION, SECRET_ACCESS_KEY};
use crate::forms::{self, FormsSetup};
use crate::ports::PortPlan;
use crate::process::{self, StopBy, bound_command};
use crate::tools::Environment;
use crate::xml::Named;
use crate::{functions, machine, postgres, redis};

/// Name of the CloudFormation stack.
pub(crate) const STACK: &str = "sidetier";

/// Stands for the SSM parameter that names a machine image: nothing is started from it.
const IMAGE_PARAMETER: &str = "/sidetier/image";

/// The reference site's name, on its status page.
pub(crate) const SITE_NAME: &str = "Halden";

/// How template.yaml begins every function's path, and only that.
const SOURCE_PATH: &str = "CodeUri: functions/";

/// Outputs of the deployed stack, by name.
pub(crate) type Outputs = BTreeMap<String, String>;

/// Deploys the template, unchanged but for one thing that `sam build` would do
/// too: each function's `CodeUri` names its built directory.
pub(crate) fn deploy(
    sam: &Environment,
    aws: &Aws,
    ports: &PortPlan,
    forms: &FormsSetup,
    state: &Path,
    logs: &Path,
) -> Result<Outputs> {
    let source = machine::repository().join("template.yaml");
    let template =
        fs::read_to_string(&source).with_context(|| format!("read {}", source.display()))?;
    let built = format!("CodeUri: {}/", functions::output_dir().display());
    let rendered = state.join("template.yaml");
    fs::write(&rendered, template.replace(SOURCE_PATH, &built))
        .with_context(|| format!("write {}", rendered.display()))?;

    store_image_parameter(aws)?;
    let mut command = bound_command(&sam.program("sam"), StopBy::Terminate, None);
    command
        .current_dir(state)
        .env("AWS_ENDPOINT_URL", aws.endpoint())
        .env("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID)
        .env("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY)
        .env("AWS_DEFAULT_REGION", REGION)
        .env_remove("AWS_PROFILE")
        .env_remove("AWS_SESSION_TOKEN")
        .env("SAM_CLI_TELEMETRY", "0")
        .env("SAM_CLI_POLL_DELAY", "1")
        .args(["deploy", "--template-file"])
        .arg(&rendered)
        .args([
            "--stack-name",
            STACK,
            "--resolve-s3",
            "--capabilities",
            "CAPABILITY_IAM",
        ])
        .args([
            "--no-confirm-changeset",
            "--no-fail-on-empty-changeset",
            "--no-progressbar",
        ])
        .arg("--parameter-overrides")
        .args(parameters(aws, ports, forms));
    process::run("deploy template.yaml", command, &logs.join("deploy.log"))?;
    outputs(aws)
}

/// AWS's own parameters, such as `/aws/service/debian/…`, are not in the emulator.
fn store_image_parameter(aws: &Aws) -> Result<()> {
    let request = serde_json::json!({
        "Name": IMAGE_PARAMETER, "Value": "ami-00000000000000000", "Type": "String",
    });
    aws.post(
        "ssm",
        "application/x-amz-json-1.1",
        Some("AmazonSSM.PutParameter"),
        &request.to_string(),
    )
    .context("store the parameter of the machine image")?;
    Ok(())
}

/// The template's parameters on this machine.
pub(crate) fn parameters(aws: &Aws, ports: &PortPlan, forms: &FormsSetup) -> Vec<String> {
    let site = format!("http://127.0.0.1:{}", ports.site);
    [
        ("EnvironmentClass", "local"),
        ("ImageUnsignedOptions", "any"),
        ("Architecture", machine::architecture()),
        ("SiteUrl", &site),
        ("MailFrom", forms::MAIL_FROM),
        ("MailTeam", forms::MAIL_TEAM),
        ("WebhookEndpointsSecretArn", &forms.endpoints_secret_arn),
        ("WebhookAllowedHosts", &forms::receiver(ports)),
        ("SiteName", SITE_NAME),
        ("DatabaseUrl", &postgres::url(ports.postgres)),
        ("WarmDatabaseUrl", &postgres::warm_url(ports.postgres)),
        ("CacheUrl", &redis::url(ports.redis)),
        // Its instances are processes of this machine: see `stack.rs`.
        ("WebTier", "instances"),
        ("ProxyImageId", IMAGE_PARAMETER),
        ("WebImageId", IMAGE_PARAMETER),
        ("LocalEndpoint", aws.endpoint()),
        ("AdminPassword", forms::ADMIN_PASSWORD),
    ]
    .map(|(name, value)| format!("{name}={value}"))
    .to_vec()
}

/// Reads the stack's outputs:
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html>.
fn outputs(aws: &Aws) -> Result<Outputs> {
    let form = format!("Action=DescribeStacks&Version=2010-05-15&StackName={STACK}");
    let answer = aws
        .post(
            "cloudformation",
            "application/x-www-form-urlencoded",
            None,
            &form,
        )
        .context("read the stack's outputs")?;
    parse_outputs(&answer)
}

fn parse_outputs(xml: &str) -> Result<Outputs> {
    let document = roxmltree::Document::parse(xml).context("parse the stack's outputs")?;
    let text = |node: roxmltree::Node<'_, '_>, name: &str| node.text_of(name).map(str::to_owned);
    let outputs: Outputs = document
        .descendants()
        .filter_map(|node| Some((text(node, "OutputKey")?, text(node, "OutputValue")?)))
        .collect();
    if outputs.is_empty() {
        bail!("find outputs of the stack {STACK}: there are none");
    }
    Ok(outputs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_read_by_name() {
        let xml = r#"<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">
            <DescribeStacksResult><Stacks><member><StackName>s</StackName><Outputs>
            <member><OutputKey>A</OutputKey><OutputValue>1 &amp; 2</OutputValue></member>
            <member><OutputKey>B</OutputKey><OutputValue>3</OutputValue></member>
            </Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>"#;
        let outputs = parse_outputs(xml).unwrap();
        assert_eq!(outputs["A"], "1 & 2");
        assert_eq!(outputs["B"], "3");
    }

    #[test]
    fn every_function_of_the_template_gets_its_built_directory() {
        let template = fs::read_to_string(machine::repository().join("template.yaml")).unwrap();
        let functions = functions::names().unwrap();
        for name in &functions {
            assert!(
                template.contains(&format!("{SOURCE_PATH}{name}\n")),
                "{name}"
            );
        }
        assert_eq!(template.matches("CodeUri:").count(), functions.len());
    }
}
