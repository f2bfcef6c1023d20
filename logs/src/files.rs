use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use log_formats::Source;

/// A file and what wrote it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LogFile {
    pub(crate) path: PathBuf,
    pub(crate) source: Source,
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Logs, in the order of their names.
    pub(crate) files: Vec<LogFile>,
    /// Files that are no logs by their names.
    pub(crate) passed_over: usize,
}

/// Finds the log files among files and folders.
pub(crate) fn find(paths: &[PathBuf], source: Option<Source>) -> Result<Found> {
    let mut found = Found::default();
    for path in paths {
        let described = || format!("look at {}", path.display());
        if fs::metadata(path).with_context(described)?.is_dir() {
            walk(path, source, &mut found)?;
        } else {
            let source = source.or_else(|| source_of(path)).with_context(|| {
                format!(
                    "{} does not say by its name what wrote it: name it with --source",
                    path.display()
                )
            })?;
            found.files.push(LogFile {
                path: path.clone(),
                source,
            });
        }
    }
    if found.files.is_empty() {
        bail!("no log is there: files are told by the names AWS gives them, or name a --source");
    }
    found.files.sort();
    // A folder and one of its files may both be named.
    let mut seen = BTreeSet::new();
    let mut is_new = |path: &Path| fs::canonicalize(path).is_ok_and(|path| seen.insert(path));
    found.files.retain(|file| is_new(&file.path));
    Ok(found)
}

/// Files of a folder that are no logs are passed over. Links are not followed: they may lead
/// in circles.
fn walk(dir: &Path, source: Option<Source>, found: &mut Found) -> Result<()> {
    for entry in fs::read_dir(dir).with_context(|| format!("list {}", dir.display()))? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() {
            walk(&path, source, found)?;
        } else if kind.is_file() {
            match source.or_else(|| source_of(&path)) {
                Some(source) => found.files.push(LogFile { path, source }),
                None => found.passed_over += 1,
            }
        }
    }
    Ok(())
}

fn source_of(path: &Path) -> Option<Source> {
    Source::of_file_name(path.to_str()?)
}
