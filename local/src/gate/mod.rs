//! The gate of template.yaml: everything that can be said of it without deploying it.
//!
//! Judges of templates do not see what SAM adds, and read past conditions and parameters. So
//! the template is transformed, and then rendered for the deployments of `deployments.toml`;
//! cfn-lint, checkov and the rules of `template-rules` judge what is left. What they find and
//! the template keeps is a decision, with a reason: in the resource's metadata, or in
//! `decisions.toml` where one holds for many.

mod decisions;
mod deployments;
mod judges;
mod own_rules;
mod summary;
mod verdicts;
mod work;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use self::decisions::{Decision, Decisions};
use self::deployments::Named;
use self::judges::{Judges, Verdict};
use self::verdicts::{CHECKOV, Verdicts};
use crate::machine;
use crate::progress::Progress;
use crate::tools::{JudgeTools, Tools};

/// A template that is judged: what SAM makes of a file, or a render of that.
struct Subject {
    name: String,
    is_render: bool,
    /// Whether checkov judges it: a render that is for AWS. Its checks are about that.
    is_for_aws: bool,
    file: PathBuf,
    /// The same without decisions, so that checkov says what they are needed for.
    bare: PathBuf,
    template: Value,
    /// How many resources it declares before conditions take some away.
    declared: usize,
    decisions: BTreeSet<Decision>,
}

/// Judges template.yaml and the small templates beside it, and says what was found and how much
/// was looked at.
///
/// Writes the renders and the judges' reports below `target/template-gate/`.
///
/// # Errors
/// When a judge finds what nobody decided to keep, or cannot judge.
pub fn validate_template(tools: &Tools, progress: &Progress) -> Result<()> {
    let more = JudgeTools::install(progress)?;
    let dir = machine::target_dir().join("template-gate");
    let reports = dir.join("reports");
    fs::create_dir_all(&reports).with_context(|| format!("create {}", reports.display()))?;
    let judges = Judges {
        tools,
        more: &more,
        reports: &reports,
    };
    let deployments = deployments::parse(&read(deployments::FILE)?, &read("samconfig.toml")?)?;
    let names: BTreeSet<&str> = deployments
        .iter()
        .map(|named| named.name.as_str())
        .collect();
    let decisions = Decisions::parse(&read(decisions::FILE)?, &names)?;

    let mut verdicts = Verdicts::default();
    let made = progress.step("transforming the templates", None, || {
        transform(judges, &deployments)
    })?;
    let mut subjects = largest(&made);
    subjects.extend(render(&made, &decisions, &mut verdicts, &dir)?);
    for subject in &subjects {
        verdicts.size(subject);
    }
    verdicts.one_sided();
    let own = progress.step("our own rules, and known defects", None, || {
        own_rules::judge(&subjects)
    })?;
    for (name, verdict) in own {
        verdicts.judged("rules", name, &BTreeSet::new(), &verdict);
    }
    judge(judges, &subjects, &mut verdicts, progress)?;
    verdicts.decisions(&decisions, &subjects);
    progress.block(&verdicts.summary());
    match verdicts.problems() {
        [] => Ok(()),
        problems => bail!(
            "accept the templates, {} findings; reports are in {}:\n  {}",
            problems.len(),
            reports.display(),
            problems.join("\n  ")
        ),
    }
}

/// Has the judges judge everything, and notes what they say.
fn judge(
    judges: Judges<'_>,
    subjects: &[Subject],
    verdicts: &mut Verdicts,
    progress: &Progress,
) -> Result<()> {
    // The longest first.
    let mut tasks = vec![("sam validate", None)];
    tasks.extend(subjects.iter().map(|subject| ("cfn-lint", Some(subject))));
    let renders = subjects.iter().filter(|subject| subject.is_for_aws);
    tasks.extend(renders.map(|subject| (CHECKOV, Some(subject))));
    let jobs = tasks.iter().map(|(judge, subject)| {
        move || match (*judge, subject) {
            ("cfn-lint", Some(subject)) => {
                let name = &subject.name;
                let log = judges.log(&format!("cfn-lint-{name}"));
                progress.step(&format!("cfn-lint: {name}"), Some(&log), || {
                    judges.cfn_lint(&subject.file, name, subject.is_render)
                })
            }
            (_, Some(subject)) => {
                let name = &subject.name;
                let log = judges.log(&format!("checkov-{name}"));
                progress.step(&format!("checkov: {name}"), Some(&log), || {
                    judges.checkov(&subject.bare, name)
                })
            }
            (_, None) => progress.step("sam validate --lint", None, || {
                judges.sam_validate().map(|()| Verdict::default())
            }),
        }
    });
    let results = work::all(jobs.collect());
    for ((judge, subject), verdict) in tasks.iter().zip(results) {
        match subject {
            Some(subject) => {
                verdicts.judged(judge, &subject.name, &subject.decisions, &verdict?);
            }
            None => drop(verdict?),
        }
    }
    Ok(())
}

/// What SAM made of a template for a deployment.
struct Transformed<'d> {
    named: &'d Named,
    file: PathBuf,
    template: Value,
}

/// What SAM makes of the templates: it, too, decides by a deployment's parameters.
fn transform<'d>(judges: Judges<'_>, deployments: &'d [Named]) -> Result<Vec<Transformed<'d>>> {
    let jobs = deployments.iter().map(|named| {
        move || {
            let (file, template) =
                judges.transform(&named.template, &named.deployment, &named.name)?;
            Ok(Transformed {
                named,
                file,
                template,
            })
        }
    });
    work::all(jobs.collect()).into_iter().collect()
}

/// Of each template what SAM made the most of, to be judged before conditions take some away.
fn largest(made: &[Transformed<'_>]) -> Vec<Subject> {
    let mut largest: Vec<&Transformed<'_>> = Vec::new();
    for one in made {
        let same = |other: &&mut &Transformed<'_>| other.named.template == one.named.template;
        match largest.iter_mut().find(same) {
            None => largest.push(one),
            Some(other) if resources(&other.template) < resources(&one.template) => *other = one,
            Some(_) => {}
        }
    }
    let subjects = largest.into_iter().map(|one| Subject {
        name: one.named.template.clone(),
        is_render: false,
        is_for_aws: false,
        file: one.file.clone(),
        bare: one.file.clone(),
        declared: resources(&one.template),
        template: one.template.clone(),
        decisions: BTreeSet::new(),
    });
    subjects.collect()
}

/// What the deployments have.
fn render(
    made: &[Transformed<'_>],
    decisions: &Decisions,
    verdicts: &mut Verdicts,
    dir: &Path,
) -> Result<Vec<Subject>> {
    let renders = made.iter().map(|one| {
        let Named {
            name,
            template: source,
            is_for_aws,
            deployment,
        } = one.named;
        let what = || format!("render {source} for {name}");
        let conditions = template_render::conditions(&one.template, deployment);
        verdicts.conditions(source, conditions.with_context(what)?);
        let mut render = template_render::render(&one.template, deployment).with_context(what)?;
        let bare = dir.join(format!("reports/{name}.bare.json"));
        write(&bare, &decisions::without(&render))?;
        let decisions = decisions.note(&mut render, name)?;
        let file = dir.join(format!("{name}.json"));
        write(&file, &render)?;
        Ok(Subject {
            name: name.clone(),
            is_render: true,
            is_for_aws: *is_for_aws,
            file,
            bare,
            declared: resources(&one.template),
            template: render,
            decisions,
        })
    });
    renders.collect()
}

/// How many resources a template has.
fn resources(template: &Value) -> usize {
    let resources = template.get("Resources").and_then(Value::as_object);
    resources.map_or(0, serde_json::Map::len)
}

fn write(file: &Path, template: &Value) -> Result<()> {
    let what = || format!("write {}", file.display());
    let text = serde_json::to_vec_pretty(template).with_context(what)?;
    fs::write(file, text).with_context(what)
}

/// A file of the repository.
fn read(file: &str) -> Result<String> {
    let path = machine::repository().join(file);
    fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))
}
