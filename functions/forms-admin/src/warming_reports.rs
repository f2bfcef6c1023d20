//! Reports about cache warming. `warm-plan` writes them: one for each run, and a list of the
//! last hundred runs.

use warming::{INDEX_KEY, RunIndex, render_index, report_keys};

use crate::reports::read_text;
use crate::{AdminError, Deps};

/// Where the runs are shown.
const PATH: &str = "/forms/admin/reports/warming";
/// Longest name of a run.
const MAX_RUN: usize = 160;

/// The last runs as a page, the newest first.
pub(crate) async fn list_runs(deps: &Deps) -> Result<String, AdminError> {
    let json = read_text(INDEX_KEY, deps).await?;
    let index: RunIndex = json
        .map(|json| serde_json::from_str(&json))
        .transpose()?
        .unwrap_or_default();
    Ok(render_index(&index, |run| format!("{PATH}/{run}")))
}

/// A run's report as it was written; `None` where there is none.
pub(crate) async fn read_run(run: &str, deps: &Deps) -> Result<Option<String>, AdminError> {
    if !is_run(run) {
        return Ok(None);
    }
    let (_, html) = report_keys(run);
    read_text(&html, deps).await
}

/// Whether a text may be a run's name: no other reaches the bucket.
fn is_run(name: &str) -> bool {
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=MAX_RUN).contains(&name.len()) && name.bytes().all(is_of_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_named_by_target_source_and_time() {
        assert!(is_run("shop-hot-20261128T041000Z"));
        for name in [
            "",
            "..",
            "a/b",
            "index.json",
            "a%2fb",
            "shop hot",
            &"a".repeat(161),
        ] {
            assert!(!is_run(name), "{name}");
        }
    }
}
