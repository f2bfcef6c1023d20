//! The small templates beside the large one: `edge.yaml` for stacks that are not in us-east-1, and
//! `audit.yaml` for the account.

use std::path::Path;

use super::{property, resource};

fn file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
    std::fs::read_to_string(path).unwrap()
}

/// The lines of a resource of another template.
fn resource_of(template: &str, name: &str) -> String {
    let (_, rest) = template.split_once(&format!("\n  {name}:\n")).unwrap();
    let body = rest
        .lines()
        .take_while(|line| line.is_empty() || line.starts_with("    "));
    body.collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

#[test]
fn both_firewalls_have_the_same_rules() {
    let edge = file("edge.yaml");
    let elsewhere = property(&resource_of(&edge, "WebAcl"), "Rules");
    let elsewhere = elsewhere.replace("Limit: !Ref PostsPerAddress", "Limit: 60");
    assert!(edge.contains("    Default: 60\n"));
    let here = property(&resource("WebAcl"), "Rules");
    assert_eq!(elsewhere.trim_end(), here.trim_end());
    let logs = |text: &str| {
        let (_, settings) = text.split_once("      RedactedFields:").unwrap();
        settings.trim_end().to_owned()
    };
    let elsewhere = resource_of(&edge, "WebAclLogs");
    assert_eq!(logs(&elsewhere), logs(&resource("WebAclLogs")));
}

#[test]
fn cloudfront_delivers_the_same_fields_from_both() {
    let fields = |text: &str| {
        let (_, fields) = text.split_once("      RecordFields:").unwrap();
        fields.trim_end().to_owned()
    };
    let elsewhere = resource_of(&file("edge.yaml"), "EdgeLogDelivery");
    assert_eq!(fields(&elsewhere), fields(&resource("EdgeLogDelivery")));
}

/// CIS AWS Foundations Benchmark 3.0, 4.1 to 4.15; Security Hub's CloudWatch.1 to .14.
#[test]
fn the_account_has_the_benchmarks_filters_each_with_its_alarm() {
    let audit = file("audit.yaml");
    let runbook = file("docs/runbook.md");
    let filters: Vec<&str> = audit
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.strip_suffix("Filter:"))
        .collect();
    assert_eq!(filters.len(), 15);
    for (number, name) in filters.iter().enumerate() {
        assert!(
            audit.contains(&format!("  # CIS 4.{}", number + 1)),
            "{name}"
        );
        let filter = resource_of(&audit, &format!("{name}Filter"));
        assert!(
            filter.contains(&format!("MetricName: {name}, ")),
            "{filter}"
        );
        let opened = filter.matches('(').count();
        assert_eq!(opened, filter.matches(')').count(), "{filter}");
        let alarm = resource_of(&audit, &format!("{name}Alarm"));
        assert!(alarm.contains(&format!("MetricName: {name}\n")), "{alarm}");
        assert!(alarm.contains("AlarmActions: [!Ref AuditTopic]"), "{alarm}");
        let (_, entry) = alarm.split_once("; see ").unwrap();
        let entry = entry.split(' ').next().unwrap();
        assert!(runbook.contains(&format!("\n## {entry}\n")), "{entry}");
    }
}

#[test]
fn the_accounts_trail_may_write_where_logs_are_judged() {
    let trail = resource_of(&file("audit.yaml"), "AuditTrail");
    for setting in [
        "TrailName: account-audit",
        "S3KeyPrefix: cloudtrail",
        "IsMultiRegionTrail: true",
        "EnableLogFileValidation: true",
        "KMSKeyId: ",
        "CloudWatchLogsLogGroupArn: ",
    ] {
        assert!(trail.contains(setting), "{setting}");
    }
    let policy = resource("LogBucketPolicy");
    assert!(policy.contains("!If [TakesAccountTrail, account-audit, "));
}
