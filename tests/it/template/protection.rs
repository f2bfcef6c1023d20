//! What is kept, for how long, under which key, and what may bound the roles.

use super::{resource, resources_of, template};

#[test]
fn whatever_keeps_something_says_what_becomes_of_it() {
    for kind in [
        "AWS::DynamoDB::Table",
        "AWS::S3::Bucket",
        "AWS::Logs::LogGroup",
        "AWS::RDS::DBInstance",
        "AWS::KMS::Key",
    ] {
        for name in resources_of(kind) {
            let text = resource(&name);
            for policy in ["    DeletionPolicy: ", "    UpdateReplacePolicy: "] {
                assert!(text.contains(policy), "{name}: {policy}");
            }
        }
    }
}

#[test]
fn tables_can_be_taken_back_and_have_the_stacks_key() {
    for name in resources_of("AWS::DynamoDB::Table") {
        let table = resource(&name);
        for setting in [
            "PointInTimeRecoveryEnabled: true",
            "KMSMasterKeyId: !GetAtt DataKey.Arn",
            "TimeToLiveSpecification:",
        ] {
            assert!(table.contains(setting), "{name}: {setting}");
        }
    }
    assert!(resource("DataKey").contains("EnableKeyRotation: true"));
}

#[test]
fn every_log_group_ends_and_has_the_stacks_key() {
    for name in resources_of("AWS::Logs::LogGroup") {
        let group = resource(&name);
        assert!(group.contains("RetentionInDays: "), "{name}");
        let key = group.lines().find(|line| line.contains("KmsKeyId: "));
        assert!(
            key.is_some_and(|line| line.contains("DataKey.Arn")),
            "{name}"
        );
    }
    let secrets = resources_of("AWS::SecretsManager::Secret");
    for name in secrets {
        assert!(resource(&name).contains("KmsKeyId: "), "{name}");
    }
}

#[test]
fn every_queue_is_encrypted_and_hands_on_what_it_cannot_deliver() {
    let template = template();
    for name in resources_of("AWS::SQS::Queue") {
        let queue = resource(&name);
        assert!(queue.contains("SqsManagedSseEnabled: true"), "{name}");
        let is_last = name.contains("DeadLetter");
        assert_ne!(is_last, queue.contains("RedrivePolicy:"), "{name}");
        let alarm = format!("Value: !GetAtt {name}.QueueName");
        assert!(template.contains(&alarm), "{name} has no alarm");
    }
}

#[test]
fn every_role_keeps_within_the_boundary() {
    const BOUNDARY: &str = "PermissionsBoundary: !If [HasPermissionsBoundary, !Ref PermissionsBoundaryArn, !Ref AWS::NoValue]";
    for name in resources_of("AWS::IAM::Role") {
        assert!(resource(&name).contains(BOUNDARY), "{name}");
    }
    let template = template();
    let (globals, resources) = template.split_once("\nResources:\n").unwrap();
    assert!(globals.contains(BOUNDARY), "functions");
    // A schedule without one would get a role that SAM makes.
    let schedules = resources.matches("Type: ScheduleV2").count();
    assert_eq!(
        resources
            .matches("RoleArn: !GetAtt ScheduleRole.Arn")
            .count(),
        schedules
    );
}

#[test]
fn parameters_say_what_they_take_and_outputs_what_they_are() {
    let template = template();
    let section = |begin: &str, end: &str| {
        let (_, rest) = template.split_once(begin).unwrap();
        let (section, _) = rest.split_once(end).unwrap_or((rest, ""));
        format!("\n{section}\n")
    };
    let entries = |text: &str| -> Vec<String> {
        let is_head = |line: &&str| line.starts_with("  ") && !line.starts_with("   ");
        let names = text.lines().filter(is_head);
        let names: Vec<String> = names.map(|line| format!("\n{line}\n")).collect();
        let bodies = names.iter().map(|name| {
            let (_, rest) = text.split_once(name.as_str()).unwrap();
            let body = rest.lines().take_while(|line| line.starts_with("    "));
            format!("{}{}", name.trim(), body.collect::<Vec<_>>().join("\n"))
        });
        bodies.collect()
    };
    let parameters = entries(&section("\nParameters:\n", "\nRules:\n"));
    assert!(parameters.len() > 40, "{}", parameters.len());
    for parameter in parameters {
        assert!(parameter.contains("Description: "), "{parameter}");
        let is_bound = ["AllowedPattern: ", "AllowedValues: ", "MinValue: "]
            .iter()
            .any(|bound| parameter.contains(bound));
        let says_so = parameter.contains("ConstraintDescription: ");
        assert_eq!(is_bound, says_so, "{parameter}");
    }
    for output in entries(&section("\nOutputs:\n", "\u{0}")) {
        assert!(output.contains("    Description: "), "{output}");
    }
}
