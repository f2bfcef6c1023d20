//! The use case: runs of the configuration's sources begin when they are due.

use tracing::info;
use warm_store::RunPages;
use warming::{Run, Source, SourceKind, Target, run_id};

use crate::{Deps, PlanError};

/// Begins the runs that are due, and names them. A source whose last run is still open waits:
/// two runs of the same pages would only be in each other's way.
pub(crate) async fn start_due(
    open: &[String],
    deps: &Deps,
    now_ms: i64,
) -> Result<Vec<String>, PlanError> {
    let mut begun = Vec::new();
    for target in &deps.site.targets {
        for source in &target.sources {
            let id = run_id(&target.id, &source.name(), source.due_slot_ms(now_ms));
            if open.iter().any(|other| is_of_same_source(other, &id)) {
                continue;
            }
            // Most minutes it was begun before; asking costs less than trying.
            if deps.store.run(&id).await?.is_some() {
                continue;
            }
            let run = run_of(&id, target, source, now_ms);
            if deps
                .store
                .begin_run(&run, &pages_of(source), now_ms)
                .await?
            {
                info!(run = id, "Began a run");
                begun.push(id);
            }
        }
    }
    Ok(begun)
}

fn run_of(id: &str, target: &Target, source: &Source, now_ms: i64) -> Run {
    let (id, reason) = (id.to_owned(), source.reason());
    let mut run = Run::new(id, &target.id, reason, &source.name(), now_ms);
    run.lane = source.lane;
    run
}

fn pages_of(source: &Source) -> RunPages {
    match &source.kind {
        SourceKind::Sitemap { path } => RunPages::Sitemap { path: path.clone() },
        SourceKind::Hot { top } => RunPages::Hot { top: *top },
        SourceKind::List { paths, .. } => RunPages::List {
            paths: paths.clone(),
        },
    }
}

/// Whether two runs differ in nothing but the time at the end of their names.
fn is_of_same_source(one: &str, other: &str) -> bool {
    let source = |id: &str| id.rsplit_once('-').map(|(source, _)| source.to_owned());
    source(one) == source(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_a_source_are_known_by_their_names() {
        let hot = |slot_ms| run_id("shop", "hot", slot_ms);
        assert!(is_of_same_source(&hot(0), &hot(900_000)));
        assert!(!is_of_same_source(
            &hot(0),
            &run_id("shop", "sitemap-xml", 0)
        ));
        assert!(!is_of_same_source(&hot(0), &run_id("blog", "hot", 0)));
    }
}
