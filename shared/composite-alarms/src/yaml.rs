//! The alarms as resources of CloudFormation.

use crate::alarms::{EXTENSION_S, HealthAlarm, HealthAlarms, WAIT_S};

/// The line of the template that the alarms follow.
pub const BEGIN: &str =
    "  # Made of shared/health-checks/checks.toml: a test says how they must be.";
/// The line of the template after them.
pub const END: &str = "  # End of what is made of checks.toml.";

/// Where all alarms notify.
const TOPIC: &str = "AlarmTopic";

/// What of a template is between the two lines: the alarms, as they are there.
#[must_use]
pub fn section(template: &str) -> Option<&str> {
    let (_, after) = template.split_once(BEGIN)?;
    let (section, _) = after.split_once(END)?;
    Some(section.trim_start_matches('\n').trim_end())
}

impl HealthAlarms {
    /// The resources, as they are in the template: indented by two, without a blank line at
    /// the end.
    #[must_use]
    pub fn yaml(&self) -> String {
        let resources = self.alarms.iter().flat_map(|alarm| self.resources(alarm));
        resources.collect::<Vec<_>>().join("\n\n")
    }

    fn resources(&self, alarm: &HealthAlarm) -> Vec<String> {
        let mut resources = vec![metric_alarm(alarm)];
        let causes: Vec<&str> = alarm.causes.iter().map(|id| self.name_of(id)).collect();
        match causes.as_slice() {
            [] => {}
            [cause] => resources.push(composite_alarm(alarm, &format!("Health{cause}StateAlarm"))),
            causes => {
                resources.push(causes_alarm(alarm, causes));
                let suppressor = format!("Health{}CausesAlarm", alarm.name);
                resources.push(composite_alarm(alarm, &suppressor));
            }
        }
        resources
    }
}

/// The alarm on the metric of a check.
fn metric_alarm(alarm: &HealthAlarm) -> String {
    let HealthAlarm {
        check,
        name,
        causes,
    } = alarm;
    let mut lines = vec![
        format!("  Health{name}StateAlarm:"),
        "    Type: AWS::CloudWatch::Alarm".to_owned(),
        "    Properties:".to_owned(),
        format!("      AlarmDescription: The check {check} has failed for three minutes"),
        "      Namespace: Sidetier".to_owned(),
        "      MetricName: HealthState".to_owned(),
        "      Dimensions:".to_owned(),
        "        - {Name: service, Value: health-probe}".to_owned(),
        format!("        - {{Name: Check, Value: {check}}}"),
        "      Statistic: Maximum".to_owned(),
        "      Period: 60".to_owned(),
        "      EvaluationPeriods: 3".to_owned(),
        "      DatapointsToAlarm: 3".to_owned(),
        "      Threshold: 2".to_owned(),
        "      ComparisonOperator: GreaterThanOrEqualToThreshold".to_owned(),
        "      TreatMissingData: ignore".to_owned(),
    ];
    if causes.is_empty() {
        lines.extend(notifications());
    }
    lines.join("\n")
}

/// The alarm that is on while any cause is.
fn causes_alarm(alarm: &HealthAlarm, causes: &[&str]) -> String {
    let rule = causes
        .iter()
        .map(|cause| format!("        ALARM(\"${{Health{cause}StateAlarm}}\")"))
        .collect::<Vec<_>>();
    let lines = [
        format!("  Health{}CausesAlarm:", alarm.name),
        "    Type: AWS::CloudWatch::CompositeAlarm".to_owned(),
        "    Properties:".to_owned(),
        format!(
            "      AlarmDescription: What the check {} depends on fails",
            alarm.check
        ),
        "      AlarmRule: !Sub >-".to_owned(),
        rule.join(" OR\n"),
    ];
    lines.join("\n")
}

/// The alarm that notifies unless its suppressor is on.
fn composite_alarm(alarm: &HealthAlarm, suppressor: &str) -> String {
    let HealthAlarm { check, name, .. } = alarm;
    let mut lines = vec![
        format!("  Health{name}Alarm:"),
        "    Type: AWS::CloudWatch::CompositeAlarm".to_owned(),
        "    Properties:".to_owned(),
        format!("      AlarmDescription: The check {check} fails by itself"),
        format!("      AlarmRule: !Sub ALARM(\"${{Health{name}StateAlarm}}\")"),
        format!("      ActionsSuppressor: !Ref {suppressor}"),
        format!("      ActionsSuppressorWaitPeriod: {WAIT_S}"),
        format!("      ActionsSuppressorExtensionPeriod: {EXTENSION_S}"),
    ];
    lines.extend(notifications());
    lines.join("\n")
}

fn notifications() -> [String; 2] {
    [
        format!("      AlarmActions: [!Ref {TOPIC}]"),
        format!("      OKActions: [!Ref {TOPIC}]"),
    ]
}
