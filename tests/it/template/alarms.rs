//! Alarms: the checks' graph, and what the runbook says of them.

use std::path::Path;

use super::template;

/// The checks' graph is in the template as alarms, so that it works without our functions.
#[test]
fn the_composite_alarms_are_those_of_the_checks() {
    let checks = health_checks::SiteChecks::of_site().unwrap();
    let alarms = composite_alarms::HealthAlarms::of(&checks).unwrap();
    let template = template();
    assert_eq!(
        composite_alarms::section(&template).unwrap(),
        alarms.yaml(),
        "the section of template.yaml must be this"
    );
}

#[test]
fn every_alarm_is_in_the_runbook() {
    let runbook =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/runbook.md"))
            .unwrap();
    let headings: Vec<&str> = runbook
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .flat_map(|line| line.split([',', ' ']))
        .collect();
    let template = template();
    let alarms = template
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.strip_suffix("Alarm:"))
        .filter(|name| !name.starts_with(' '));
    for alarm in alarms {
        let alarm = format!("{alarm}Alarm");
        let known = headings.iter().any(|heading| {
            heading
                .strip_prefix('…')
                .map_or(*heading == alarm, |kind| alarm.ends_with(kind))
        });
        assert!(known, "{alarm} has no entry in docs/runbook.md");
    }
}
