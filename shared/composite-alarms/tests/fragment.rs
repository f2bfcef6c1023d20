//! The alarms of a site, as they are in its template.
#![expect(clippy::unwrap_used, reason = "a test ends at the first fault")]

use composite_alarms::{BEGIN, END, HealthAlarms, section};
use health_checks::SiteChecks;

fn alarms(checks: &[(&str, &str, &[&str])]) -> HealthAlarms {
    let text: String = checks
        .iter()
        .map(|(id, severity, on)| {
            format!(
                "[[check]]\nid = \"{id}\"\nseverity = \"{severity}\"\ndepends_on = {on:?}\npush = {{ grace = \"1h\" }}\n"
            )
        })
        .collect();
    HealthAlarms::of(&SiteChecks::parse(&text).unwrap()).unwrap()
}

fn resources(yaml: &str) -> Vec<&str> {
    let is_name = |line: &&str| line.starts_with("  ") && !line.starts_with("   ");
    yaml.lines()
        .filter(is_name)
        .map(|line| line.trim().trim_end_matches(':'))
        .collect()
}

#[test]
fn a_check_that_depends_on_nothing_notifies_by_itself() {
    let alarms = alarms(&[("database", "page", &[]), ("mail", "ticket", &[])]);
    assert_eq!(
        alarms.yaml(),
        "  HealthDatabaseStateAlarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmDescription: The check database has failed for three minutes
      Namespace: Sidetier
      MetricName: HealthState
      Dimensions:
        - {Name: service, Value: health-probe}
        - {Name: Check, Value: database}
      Statistic: Maximum
      Period: 60
      EvaluationPeriods: 3
      DatapointsToAlarm: 3
      Threshold: 2
      ComparisonOperator: GreaterThanOrEqualToThreshold
      TreatMissingData: ignore
      AlarmActions: [!Ref AlarmTopic]
      OKActions: [!Ref AlarmTopic]"
    );
}

#[test]
fn the_alarm_of_the_cause_silences_what_follows() {
    let yaml = alarms(&[("home", "page", &["database"]), ("database", "page", &[])]).yaml();
    let names = [
        "HealthDatabaseStateAlarm",
        "HealthHomeStateAlarm",
        "HealthHomeAlarm",
    ];
    assert_eq!(resources(&yaml), names);
    let (_, home) = yaml.split_once("  HealthHomeStateAlarm:").unwrap();
    let (metric, composite) = home.split_once("  HealthHomeAlarm:").unwrap();
    assert!(!metric.contains("Actions"), "{metric}");
    assert_eq!(
        composite,
        "
    Type: AWS::CloudWatch::CompositeAlarm
    Properties:
      AlarmDescription: The check home fails by itself
      AlarmRule: !Sub ALARM(\"${HealthHomeStateAlarm}\")
      ActionsSuppressor: !Ref HealthDatabaseStateAlarm
      ActionsSuppressorWaitPeriod: 120
      ActionsSuppressorExtensionPeriod: 300
      AlarmActions: [!Ref AlarmTopic]
      OKActions: [!Ref AlarmTopic]"
    );
}

#[test]
fn any_of_several_causes_silences() {
    let yaml = alarms(&[
        ("home", "page", &["cache", "database"]),
        ("cache", "ticket", &[]),
        ("database", "page", &[]),
    ])
    .yaml();
    assert!(
        yaml.contains(
            "  HealthHomeCausesAlarm:
    Type: AWS::CloudWatch::CompositeAlarm
    Properties:
      AlarmDescription: What the check home depends on fails
      AlarmRule: !Sub >-
        ALARM(\"${HealthCacheStateAlarm}\") OR
        ALARM(\"${HealthDatabaseStateAlarm}\")"
        ),
        "{yaml}"
    );
    assert!(yaml.contains("ActionsSuppressor: !Ref HealthHomeCausesAlarm"));
}

/// Otherwise a failing cause would silence a page, and nobody would hear of either.
#[test]
fn what_may_silence_a_page_pages_itself() {
    let alarms = alarms(&[
        ("home", "page", &["api"]),
        ("api", "info", &["database"]),
        ("database", "ticket", &[]),
        ("mail", "ticket", &["database"]),
    ]);
    let checks: Vec<_> = alarms
        .alarms
        .iter()
        .map(|alarm| alarm.check.as_str())
        .collect();
    assert_eq!(checks, ["api", "database", "home"]);
    // All three can notify: one by its metric, two by a composite alarm.
    assert_eq!(alarms.yaml().matches("AlarmActions").count(), 3);
}

#[test]
fn all_that_is_named_is_there_and_nothing_is_its_own_cause() {
    let site = SiteChecks::of_site().unwrap();
    let yaml = HealthAlarms::of(&site).unwrap().yaml();
    let names = resources(&yaml);
    assert!(!names.is_empty());
    for line in yaml.lines() {
        let named = line
            .split(['{', '}', ' '])
            .filter(|word| word.starts_with("Health") && word.ends_with("Alarm"));
        for name in named {
            assert!(names.contains(&name), "{name}");
        }
    }
    for resource in yaml.split("\n\n") {
        let own = resource.trim().split(':').next().unwrap();
        assert!(!resource.contains(&format!("!Ref {own}\n")), "{resource}");
    }
}

#[test]
fn the_section_of_a_template_is_what_is_between_two_lines() {
    let yaml = alarms(&[("home", "page", &["database"]), ("database", "page", &[])]).yaml();
    let template = format!("Resources:\n{BEGIN}\n{yaml}\n{END}\n\n  Other:\n    Type: X\n");
    assert_eq!(section(&template), Some(yaml.as_str()));
    assert_eq!(section("Resources:\n"), None);
}
