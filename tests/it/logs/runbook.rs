use std::collections::BTreeSet;
use std::path::Path;

use audit_log::AuditRules;
use site_logs::LogRules;

#[test]
fn every_detection_is_in_the_runbook() {
    let runbook = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/runbook.md");
    let runbook = std::fs::read_to_string(runbook).unwrap();
    let headings: BTreeSet<_> = runbook
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .collect();
    let (logs, audit) = (
        LogRules::of_site().unwrap(),
        AuditRules::standard().unwrap(),
    );
    let named = logs.detections.iter().map(|detection| &detection.runbook);
    let named: BTreeSet<_> = named
        .chain(audit.rules.iter().map(|rule| &rule.runbook))
        .collect();
    assert!(named.len() >= 20);
    for anchor in named {
        assert!(
            headings.contains(anchor.as_str()),
            "{anchor} has no entry in docs/runbook.md"
        );
    }
}
