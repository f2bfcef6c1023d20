//! What the edge was asked for.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use local::Stack;
use serde_json::Value;

/// The edge's log, from some moment on.
pub(super) struct EdgeLog {
    file: PathBuf,
    from: usize,
}

/// A request that was answered.
pub(super) struct Request {
    /// Path and query.
    pub(super) path: String,
    /// Whether the warmer made it.
    pub(super) is_warmers: bool,
    /// Whether the edge had the answer.
    pub(super) is_hit: bool,
}

impl EdgeLog {
    /// What comes from now on.
    pub(super) fn from_now(stack: &Stack) -> Self {
        let file = stack.tier_log("edge").unwrap();
        let from = fs::read(&file).unwrap_or_default().len();
        Self { file, from }
    }

    /// What has come until now, the oldest first.
    pub(super) fn requests(&self) -> Vec<Request> {
        let bytes = fs::read(&self.file).unwrap();
        let text = String::from_utf8_lossy(&bytes[self.from..]);
        let lines = text
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok());
        lines.map(|line: Value| request(&line)).collect()
    }

    /// The pages that the warmer asked for.
    pub(super) fn warmed(&self) -> BTreeSet<String> {
        let requests = self.requests().into_iter();
        let warmers = requests.filter(|request| request.is_warmers);
        warmers.map(|request| request.path).collect()
    }
}

fn request(line: &Value) -> Request {
    let text = |field: &str| line[field].as_str().unwrap_or_default();
    let path = match text("cs-uri-query") {
        "" | "-" => text("cs-uri-stem").to_owned(),
        query => format!("{}?{query}", text("cs-uri-stem")),
    };
    Request {
        path,
        is_warmers: text("cs(User-Agent)").contains("Sidetier-Warmer"),
        is_hit: text("x-edge-result-type") != "Miss",
    }
}
