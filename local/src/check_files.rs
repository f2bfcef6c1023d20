//! Files of health checks: what is wrong with one, and what other tools' files come to.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use clap::{Args, Subcommand};
use health_checks::{
    BlackboxTarget, BlackboxTargets, ChecksError, ImportedFile, SiteChecks, blackbox_targets,
    import_blackbox_file, import_gatus_file,
};
use serde_json::Value;

use crate::machine;
use crate::progress::Progress;

/// The most of a file that is read, in bytes.
const MAX_BYTES: u64 = 1024 * 1024;
/// What aliases of a YAML file may make of it, in events of its parser.
const MAX_REPLAYED: usize = 200_000;
/// Exit status of an import that left something out.
const LEFT_OUT: u8 = 3;

/// Commands about files of health checks.
#[derive(Debug, Subcommand)]
pub enum CheckFiles {
    /// Says what is wrong with a file of checks, and what is allowed. Exits with 1 if anything is.
    Lint {
        /// The file; the site's checks.toml when there is none.
        file: Option<PathBuf>,
    },
    /// Makes a file of checks of another tool's file. What has no counterpart is named in
    /// comments; the exit status is then 3, and 0 when all of it has one.
    #[command(subcommand)]
    Import(Source),
}

/// The tool that a file is of.
#[derive(Debug, Subcommand)]
pub enum Source {
    /// A configuration of Gatus.
    Gatus(Files),
    /// Modules of Prometheus' blackbox_exporter.
    Blackbox {
        /// Modules of the exporter, and where their checks go.
        #[command(flatten)]
        files: Files,
        /// Prometheus' own file, which says what the modules are asked to look at.
        #[arg(long, value_name = "FILE")]
        prometheus: Option<PathBuf>,
        /// What a module is asked to look at; as often as needed.
        #[arg(long = "target", value_name = "MODULE=ADDRESS", value_parser = target)]
        targets: Vec<BlackboxTarget>,
    },
}

/// What is read, and what is written.
#[derive(Debug, Args)]
pub struct Files {
    /// The file, as YAML.
    file: PathBuf,
    /// A new file that the checks are written to, instead of standard output.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl CheckFiles {
    /// Does what was asked for. What comes of it goes to `out`, how it went to `progress`.
    ///
    /// # Errors
    /// A file cannot be read or written, or is none of that tool.
    pub fn run(&self, out: &mut dyn Write, progress: &Progress) -> Result<ExitCode> {
        match self {
            Self::Lint { file } => lint(file.as_deref(), out),
            Self::Import(source) => import(source, out, progress),
        }
    }
}

fn lint(file: Option<&Path>, out: &mut dyn Write) -> Result<ExitCode> {
    let site = machine::repository().join("shared/health-checks/checks.toml");
    let file = file.unwrap_or(&site);
    let findings = match SiteChecks::parse(&read(file)?) {
        Ok(site) => {
            let checks = counted(site.checks.len(), "check");
            writeln!(out, "{checks}, nothing to complain about")?;
            return Ok(ExitCode::SUCCESS);
        }
        Err(ChecksError::Faults(faults)) => faults.iter().map(ToString::to_string).collect(),
        Err(ChecksError::Syntax(error)) => vec![error.to_string()],
    };
    for finding in findings {
        writeln!(out, "{}: {}", file.display(), finding.trim_end())?;
    }
    Ok(ExitCode::FAILURE)
}

fn import(source: &Source, out: &mut dyn Write, progress: &Progress) -> Result<ExitCode> {
    let (files, imported) = match source {
        Source::Gatus(files) => (files, import_gatus_file(read_yaml(&files.file)?)),
        Source::Blackbox {
            files,
            prometheus,
            targets,
        } => {
            let prometheus = prometheus.as_deref().map(read_yaml).transpose()?;
            let mut known = prometheus.map_or_else(BlackboxTargets::default, |document| {
                blackbox_targets(&document)
            });
            known.targets.extend_from_slice(targets);
            let imported = import_blackbox_file(read_yaml(&files.file)?, &known);
            (files, imported)
        }
    };
    let imported = imported.with_context(|| format!("import {}", files.file.display()))?;
    // Each check is sound by itself; together they may still be too many or too long.
    SiteChecks::parse(&imported.text).context("use what was imported")?;
    write(&imported, files, out)?;
    let checks = counted(imported.checks, "check");
    if imported.left_out == 0 {
        progress.note(&format!("{checks}, nothing left out"));
        return Ok(ExitCode::SUCCESS);
    }
    let left_out = counted(imported.left_out, "thing");
    progress.note(&format!(
        "{checks}, {left_out} left out: the comments say which and why"
    ));
    Ok(ExitCode::from(LEFT_OUT))
}

fn counted(count: usize, noun: &str) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{end}")
}

/// No file is overwritten: it may be the one that is in use.
fn write(imported: &ImportedFile, files: &Files, out: &mut dyn Write) -> Result<()> {
    let Some(path) = &files.output else {
        return out
            .write_all(imported.text.as_bytes())
            .context("write the checks");
    };
    let written = File::create_new(path);
    written
        .and_then(|mut file| file.write_all(imported.text.as_bytes()))
        .with_context(|| format!("write the new file {}", path.display()))
}

fn read(path: &Path) -> Result<String> {
    let name = path.display();
    let file = File::open(path).with_context(|| format!("read {name}"))?;
    let mut text = String::new();
    let read = file.take(MAX_BYTES + 1).read_to_string(&mut text);
    let bytes = read.with_context(|| format!("read {name}"))?;
    ensure!(
        bytes as u64 <= MAX_BYTES,
        "read {name}: it is longer than {MAX_BYTES} bytes, which is the most"
    );
    Ok(text)
}

/// A YAML file as if it were JSON. Errors do not quote it: it may have secrets.
fn read_yaml(path: &Path) -> Result<Value> {
    let options = serde_saphyr::options! {
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: MAX_REPLAYED },
        with_snippet: false,
    };
    let text = read(path)?;
    serde_saphyr::from_str_with_options(&text, options)
        .with_context(|| format!("read {} as YAML", path.display()))
}

fn target(text: &str) -> Result<BlackboxTarget, String> {
    let (module, address) = text
        .split_once('=')
        .filter(|(module, address)| !module.is_empty() && !address.is_empty())
        .ok_or("it is no `MODULE=ADDRESS`, such as `http_2xx=https://a.example/`")?;
    Ok(BlackboxTarget {
        module: module.to_owned(),
        address: address.to_owned(),
        every: None,
        timeout: None,
    })
}
