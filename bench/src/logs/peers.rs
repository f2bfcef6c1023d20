//! DuckDB and Polars, pinned by `log-peers/requirements.txt`.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::python_peer;

const FILES: [(&str, &str); 3] = [
    (
        "requirements.txt",
        include_str!("../../log-peers/requirements.txt"),
    ),
    (
        "duckdb_logs.py",
        include_str!("../../log-peers/duckdb_logs.py"),
    ),
    (
        "polars_logs.py",
        include_str!("../../log-peers/polars_logs.py"),
    ),
];

/// Installs them into `directory`; their Python.
pub(crate) fn install(directory: &Path) -> Result<PathBuf> {
    python_peer::install(directory, &FILES, |_| Ok(()))
}
