use serde::{Deserialize, Serialize};

use crate::RunSummary;

/// Runs of the list.
const MAX_RUNS: usize = 100;

/// The key of the list of runs, as JSON.
pub const INDEX_KEY: &str = "reports/warming/index.json";

/// The newest runs that ended.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RunIndex {
    /// The newest comes first.
    pub runs: Vec<RunSummary>,
}

/// The keys of a run's report, as JSON and as a page: `reports/warming/{run}.json` and
/// `reports/warming/{run}.html`.
#[must_use]
pub fn report_keys(run: &str) -> (String, String) {
    let key = |end: &str| format!("reports/warming/{run}.{end}");
    (key("json"), key("html"))
}

impl RunIndex {
    /// Adds a run, once however often it is added. The oldest beyond a hundred leave.
    pub fn add(&mut self, summary: RunSummary) {
        self.runs.retain(|run| run.run != summary.run);
        self.runs.push(summary);
        self.runs.sort_by(|a, b| {
            let newest = (b.closed_ms, b.started_ms).cmp(&(a.closed_ms, a.started_ms));
            newest.then_with(|| a.run.cmp(&b.run))
        });
        self.runs.truncate(MAX_RUNS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Reason, Report, Run};

    fn summary(run: &str, closed_ms: i64) -> RunSummary {
        let run = Run::new(run.to_owned(), "shop", Reason::Hot, "hot", 0);
        Report::close(&run, [], closed_ms).summary()
    }

    #[test]
    fn a_run_is_listed_once_and_the_oldest_leave() {
        let mut index = RunIndex::default();
        for number in 0..120 {
            index.add(summary(&format!("run-{number}"), number));
        }
        index.add(summary("run-119", 119));
        assert_eq!(index.runs.len(), 100);
        assert_eq!(index.runs[0].run, "run-119");
        assert_eq!(index.runs[99].run, "run-20");
        index.add(summary("run-50", 1000));
        assert_eq!(
            (index.runs.len(), index.runs[0].run.as_str()),
            (100, "run-50")
        );
        assert_eq!(report_keys("a").1, "reports/warming/a.html");
    }
}
