//! Who reads the logs.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use log_formats::Source;
use serde_json::Value;

use super::measured::{Cost, measure};

/// A program and how to read what it says.
pub(crate) struct Contestant {
    pub(crate) name: &'static str,
    command: Vec<OsString>,
    answer: Answer,
}

#[derive(Debug, Clone, Copy)]
enum Answer {
    /// It says nothing.
    None,
    /// Requests by status.
    Statuses,
    /// Requests and bytes by status.
    Pairs,
    /// GoAccess's report.
    Goaccess,
}

impl Contestant {
    pub(crate) fn run(&self) -> Result<Cost> {
        measure(&self.command).with_context(|| format!("failed to measure {}", self.name))
    }

    /// Requests by status.
    pub(crate) fn answer(&self, output: &str) -> Result<Option<BTreeMap<String, u64>>> {
        let described = || format!("failed to read what {} says: {output:.200}", self.name);
        let value: Value = match self.answer {
            Answer::None => return Ok(None),
            _ => serde_json::from_str(output).with_context(described)?,
        };
        let statuses = match self.answer {
            Answer::Goaccess => goaccess_statuses(&value),
            _ => value.as_object().map(|statuses| {
                let count = |value: &Value| value.get(0).unwrap_or(value).as_u64();
                statuses
                    .iter()
                    .filter_map(|(status, value)| Some((status.clone(), count(value)?)))
                    .collect()
            }),
        };
        statuses.with_context(described).map(Some)
    }
}

/// Its status codes stand in classes, each with the codes as `200 - OK: …`.
fn goaccess_statuses(report: &Value) -> Option<BTreeMap<String, u64>> {
    let classes = report.pointer("/status_codes/data")?.as_array()?;
    let codes = classes
        .iter()
        .filter_map(|class| class.get("items")?.as_array());
    let pair = |code: &Value| {
        let status = code.get("data")?.as_str()?.get(..3)?.to_owned();
        Some((status, code.pointer("/hits/count")?.as_u64()?))
    };
    Some(codes.flatten().filter_map(pair).collect())
}

/// Our own program in one of its modes.
pub(crate) fn our_command(mode: &str, source: Source, log: &Path) -> Result<Vec<OsString>> {
    let program = std::env::current_exe()?.into_os_string();
    let arguments = ["log-work", mode, source.name()].map(OsString::from);
    Ok([&[program][..], &arguments, &[log.into()]].concat())
}

/// All that are installed.
pub(crate) fn contestants(
    source: Source,
    log: &Path,
    directory: &Path,
    python: &Path,
) -> Vec<Contestant> {
    let peer = |script: &str| -> Vec<OsString> {
        let out = directory.join("peer.parquet");
        let script = directory.join("peers").join(script);
        let source = OsString::from(source.name());
        vec![python.into(), script.into(), source, log.into(), out.into()]
    };
    let mut all = vec![
        Contestant {
            name: "gzip -dc",
            command: vec![
                "sh".into(),
                "-c".into(),
                format!("gzip -dc '{}' >/dev/null", log.display()).into(),
            ],
            answer: Answer::None,
        },
        Contestant {
            name: "DuckDB",
            command: peer("duckdb_logs.py"),
            answer: Answer::Pairs,
        },
        Contestant {
            name: "Polars",
            command: peer("polars_logs.py"),
            answer: Answer::Pairs,
        },
    ];
    let ours = [
        ("gunzip by zlib-rs", "gunzip", Answer::None),
        ("ours, sums", "sums", Answer::Statuses),
        ("ours, sums and Parquet", "full", Answer::Statuses),
    ];
    for (name, mode, answer) in ours {
        if let Ok(command) = our_command(mode, source, log) {
            all.push(Contestant {
                name,
                command,
                answer,
            });
        }
    }
    if Command::new("goaccess").arg("--version").output().is_ok() {
        all.push(goaccess(source, log));
    }
    all
}

/// GoAccess knows both formats by name; it reads no gzip itself, so gzip does that for it.
fn goaccess(source: Source, log: &Path) -> Contestant {
    let format = match source {
        Source::Alb => "AWSALB",
        _ => "CLOUDFRONT",
    };
    let line = format!(
        "gzip -dc '{}' | goaccess - --log-format={format} -o json --no-progress 2>/dev/null",
        log.display()
    );
    Contestant {
        name: "GoAccess",
        command: vec!["sh".into(), "-c".into(), line.into()],
        answer: Answer::Goaccess,
    }
}
