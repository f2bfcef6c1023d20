//! The deployments that the template is rendered for.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use template_render::Deployment;

/// The template of the site. The others go beside it.
pub(super) const TEMPLATE: &str = "template.yaml";

/// Where they are written down.
pub(super) const FILE: &str = "local/template/deployments.toml";

/// A deployment and its name, which is that of its render.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) name: String,
    /// The file of the template, such as `template.yaml`.
    pub(super) template: String,
    /// Whether it is for AWS, and not for the emulator.
    pub(super) is_for_aws: bool,
    pub(super) deployment: Deployment,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    stack_name: String,
    account: String,
    partition: String,
    ssm_parameters: BTreeMap<String, String>,
    deployment: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    #[serde(default = "main_template")]
    template: String,
    /// The environment in samconfig.toml; none for class local, which is not deployed by it.
    samconfig: Option<String>,
    region: String,
    /// Parameters that have another value here than in samconfig.toml.
    #[serde(default)]
    replaces: Vec<String>,
    #[serde(default)]
    parameters: BTreeMap<String, String>,
}

fn main_template() -> String {
    TEMPLATE.to_owned()
}

/// An environment of samconfig.toml.
#[derive(Clone)]
struct Environment {
    template: String,
    stack_name: String,
    parameters: BTreeMap<String, String>,
}

/// The deployments of `deployments.toml`, with the parameters that `samconfig.toml` sets.
///
/// # Errors
/// When they do not agree, or an environment of samconfig.toml is in none of the deployments.
pub(super) fn parse(file: &str, samconfig: &str) -> Result<Vec<Named>> {
    let file: File = toml::from_str(file).with_context(|| format!("read {FILE}"))?;
    let environments = environments(samconfig)?;
    let mut unused: BTreeSet<&String> = environments.keys().collect();
    let mut named = Vec::new();
    for entry in &file.deployment {
        let environment = match &entry.samconfig {
            None => Environment {
                template: entry.template.clone(),
                stack_name: file.stack_name.clone(),
                parameters: BTreeMap::new(),
            },
            Some(name) => {
                unused.remove(name);
                let known = environments.get(name).cloned();
                known.with_context(|| {
                    format!("read {FILE}: samconfig.toml has no environment {name}")
                })?
            }
        };
        ensure!(
            environment.template == entry.template,
            "read {FILE}: {} is of {}, in samconfig.toml of {}",
            entry.name,
            entry.template,
            environment.template
        );
        let mut parameters = environment.parameters;
        for (name, value) in &entry.parameters {
            let replaces = entry.replaces.contains(name);
            if parameters.insert(name.clone(), value.clone()).is_some() != replaces {
                let not = if replaces { "not " } else { "" };
                bail!(
                    "read {FILE}: {name} of {} is {not}in samconfig.toml",
                    entry.name
                );
            }
        }
        named.push(Named {
            name: entry.name.clone(),
            template: entry.template.clone(),
            is_for_aws: entry.samconfig.is_some(),
            deployment: Deployment {
                parameters,
                ssm_parameters: file.ssm_parameters.clone(),
                region: entry.region.clone(),
                partition: file.partition.clone(),
                account: file.account.clone(),
                stack_name: environment.stack_name,
            },
        });
    }
    if let Some(name) = unused.first() {
        bail!("read {FILE}: no deployment of samconfig.toml's {name}");
    }
    Ok(named)
}

/// The environments of samconfig.toml that deploy, with their parameters:
/// <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-config.html>.
fn environments(samconfig: &str) -> Result<BTreeMap<String, Environment>> {
    let config: toml::Table = toml::from_str(samconfig).context("read samconfig.toml")?;
    let mut environments = BTreeMap::new();
    for (name, commands) in &config {
        let setting = |command: &str, setting: &str| {
            let parameters = commands.get(command)?.get("parameters")?;
            parameters.get(setting)?.as_str().map(str::to_owned)
        };
        if commands.get("deploy").is_none() {
            continue;
        }
        let stack_name = setting("deploy", "stack_name").or(setting("global", "stack_name"));
        let overrides = setting("deploy", "parameter_overrides").unwrap_or_default();
        let parameters = overrides.split_whitespace().map(|pair| {
            // The SAM CLI takes quotes, too; nothing needs them so far.
            let plain = pair.split_once('=').filter(|_| !pair.contains(['"', '\'']));
            let (name, value) = plain
                .with_context(|| format!("read samconfig.toml: {pair:?} is not name=value"))?;
            Ok((name.to_owned(), value.to_owned()))
        });
        let environment = Environment {
            template: setting("deploy", "template_file").unwrap_or_else(main_template),
            stack_name: stack_name
                .with_context(|| format!("read samconfig.toml: {name} has no stack_name"))?,
            parameters: parameters.collect::<Result<_>>()?,
        };
        environments.insert(name.clone(), environment);
    }
    Ok(environments)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMCONFIG: &str = r#"
        version = 0.1
        [default.global.parameters]
        stack_name = "small"
        [default.deploy.parameters]
        parameter_overrides = "Class=dev"
        [big.deploy.parameters]
        stack_name = "big"
        parameter_overrides = "Class=big Cache=nodes"
        [default.validate.parameters]
        lint = true
    "#;

    fn file(entries: &str) -> String {
        format!(
            "stack_name = 's'\naccount = '1'\npartition = 'aws'\nssm_parameters = {{}}\n{entries}"
        )
    }

    fn entry(name: &str, more: &str) -> String {
        format!("[[deployment]]\nname = '{name}'\nregion = 'r'\nsamconfig = '{name}'\n{more}\n")
    }

    fn refused(entries: &str) -> String {
        parse(&file(entries), SAMCONFIG).unwrap_err().to_string()
    }

    #[test]
    fn parameters_of_samconfig_come_first() {
        let default = entry("default", "parameters = {Mail = 'x'}");
        let big = entry("big", "replaces = ['Cache']\nparameters = {Cache = 'none'}");
        let named = parse(&file(&(default + &big)), SAMCONFIG).unwrap();
        let of = |index: usize| &named[index].deployment.parameters;
        assert_eq!(of(0)["Class"], "dev");
        assert_eq!(of(0)["Mail"], "x");
        let stacks = named
            .iter()
            .map(|named| named.deployment.stack_name.as_str());
        assert_eq!(stacks.collect::<Vec<_>>(), ["small", "big"]);
        assert_eq!(
            (of(1)["Class"].as_str(), of(1)["Cache"].as_str()),
            ("big", "none")
        );
    }

    #[test]
    fn deployments_agree_with_samconfig() {
        let default = entry("default", "");
        assert!(refused(&default).contains("no deployment of samconfig.toml's big"));
        let contradiction = default.clone() + &entry("big", "parameters = {Cache = 'none'}");
        assert!(refused(&contradiction).contains("Cache of big is in samconfig.toml"));
        let replaces = entry("big", "replaces = ['Mail']\nparameters = {Mail = 'x'}");
        assert!(refused(&(default.clone() + &replaces)).contains("Mail of big is not in"));
        let other = default.clone() + &entry("big", "template = 'edge.yaml'");
        assert!(refused(&other).contains("big is of edge.yaml"));
        let unknown = default + &entry("big", "") + &entry("none", "");
        assert!(refused(&unknown).contains("has no environment none"));
    }

    fn of_the_repository() -> Vec<Named> {
        let read = |file: &str| {
            let path = crate::machine::repository().join(file);
            std::fs::read_to_string(path).unwrap()
        };
        let named = parse(&read(FILE), &read("samconfig.toml")).unwrap();
        let names = named.iter().map(|named| named.name.as_str()).collect();
        let decisions = super::super::decisions::FILE;
        assert!(super::super::decisions::Decisions::parse(&read(decisions), &names).is_ok());
        named
    }

    #[test]
    fn local_has_the_parameters_that_cargo_run_gives() {
        let ports = crate::ports::PortPlan {
            site: 1,
            home: 2,
            emulator: 3,
            postgres: 4,
            redis: 5,
            proxy: 6,
            proxy_tls: 7,
            web: [8, 9],
        };
        let aws = crate::aws::Aws::new("http://127.0.0.1:3".to_owned());
        let forms = crate::forms::FormsSetup {
            endpoints_secret_arn: "arn".to_owned(),
        };
        let given = crate::deploy::parameters(&aws, &ports, &forms);
        let given = given.iter().filter_map(|pair| pair.split_once('='));
        let given: BTreeSet<&str> = given.map(|(name, _)| name).collect();
        let named = of_the_repository();
        let local = named.iter().find(|named| !named.is_for_aws).unwrap();
        let parameters = local.deployment.parameters.keys().map(String::as_str);
        assert_eq!(parameters.collect::<BTreeSet<_>>(), given);
    }
}
