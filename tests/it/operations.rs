//! What is done to a deployed site from outside: the smoke test against the stack, and the
//! teardown of stacks that are made to be taken down.

use operate::smoke::{self, Report, SmokeOptions};
use operate::teardown::{self, TeardownOptions};
use operate::{Aws, Console};
use serde_json::json;

use crate::harness::{aws, s3, stack, wait_for, wait_on};

const CLOUDFORMATION: &str = "2010-05-15";

fn emulator() -> Aws {
    Aws::new(aws(stack())).unwrap()
}

fn smoke(options: &SmokeOptions) -> Report {
    wait_on(smoke::run(options, Some(&emulator()), Console::standard())).unwrap()
}

fn of_stack() -> SmokeOptions {
    SmokeOptions::of(stack().site_url().parse().unwrap())
}

/// What came of a check: `None` where it was left out.
fn outcome(report: &Report, name: &str) -> Option<bool> {
    let found = report.checks().iter().find(|check| check.name == name);
    found.unwrap_or_else(|| panic!("no check {name}")).passed
}

#[test]
fn a_working_site_passes_the_smoke_test() {
    let report = smoke(&of_stack());
    let names: Vec<_> = report.checks().iter().map(|check| check.name).collect();
    assert_eq!(
        names,
        [
            "live",
            "ready",
            "status page",
            "home page",
            "form",
            "form, once",
            "receipt",
            "upload",
            "derivatives",
            "size on demand",
            "photo deleted",
        ]
    );
    for check in report.checks() {
        assert_eq!(check.passed, Some(true), "{check:?}");
    }
    assert!(report.passed());
}

#[test]
fn what_does_not_work_fails_the_smoke_test_and_nothing_else() {
    let report = smoke(&SmokeOptions {
        form: "no-such-form".to_owned(),
        stack_name: "no-such-stack".to_owned(),
        patience_seconds: 60,
        ..of_stack()
    });
    assert!(!report.passed());
    assert_eq!(outcome(&report, "live"), Some(true));
    assert_eq!(outcome(&report, "home page"), None);
    assert_eq!(outcome(&report, "form"), Some(false));
    assert_eq!(outcome(&report, "receipt"), None);
    assert_eq!(outcome(&report, "upload"), Some(false));
    assert_eq!(outcome(&report, "derivatives"), None);
}

/// Two buckets with versions, of which one is kept, and a kept table that is protected.
fn template() -> String {
    let bucket = |policy: &str| {
        json!({"Type": "AWS::S3::Bucket", "DeletionPolicy": policy, "UpdateReplacePolicy": policy,
            "Properties": {"VersioningConfiguration": {"Status": "Enabled"}}})
    };
    json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Resources": {
            "Goes": bucket("Delete"),
            "Stays": bucket("RetainExceptOnCreate"),
            "Rows": {"Type": "AWS::DynamoDB::Table", "DeletionPolicy": "Retain",
                "UpdateReplacePolicy": "Retain", "Properties": {
                    "BillingMode": "PAY_PER_REQUEST", "DeletionProtectionEnabled": true,
                    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}]}},
        },
        "Outputs": {
            "Goes": {"Value": {"Ref": "Goes"}}, "Stays": {"Value": {"Ref": "Stays"}},
            "Rows": {"Value": {"Ref": "Rows"}},
        },
    })
    .to_string()
}

/// The names of what a stack has.
struct Made {
    goes: String,
    stays: String,
    rows: String,
}

/// A stack that deletion is protected of, with versions and delete markers in both buckets.
fn make(name: &str) -> Made {
    let aws = emulator();
    let template = template();
    let parameters = [
        ("StackName", name),
        ("TemplateBody", template.as_str()),
        ("EnableTerminationProtection", "true"),
    ];
    let call = |action, parameters: &[(&str, &str)]| {
        wait_on(aws.query("cloudformation", CLOUDFORMATION, action, parameters))
    };
    call("CreateStack", &parameters).unwrap();
    let answer = wait_for("the stack to be there", || {
        let answer = call("DescribeStacks", &[("StackName", name)]).unwrap();
        answer.contains("CREATE_COMPLETE").then_some(answer)
    });
    let document = roxmltree::Document::parse(&answer).unwrap();
    let output = |key: &str| {
        let text = |node: roxmltree::Node<'_, '_>, name: &str| {
            let child = node
                .children()
                .find(|child| child.tag_name().name() == name)?;
            Some(child.text()?.to_owned())
        };
        let is_it =
            |node: &roxmltree::Node<'_, '_>| text(*node, "OutputKey").as_deref() == Some(key);
        let node = document.descendants().find(is_it).unwrap();
        text(node, "OutputValue").unwrap()
    };
    let made = Made {
        goes: output("Goes"),
        stays: output("Stays"),
        rows: output("Rows"),
    };
    for bucket in [&made.goes, &made.stays] {
        wait_on(fill(bucket));
    }
    made
}

/// Two versions of one object, and another that was deleted.
async fn fill(bucket: &str) {
    for (key, text) in [("a", "one"), ("a", "two"), ("b", "three")] {
        let body = text.as_bytes().to_vec().into();
        let put = s3().put_object().bucket(bucket).key(key).body(body);
        put.send().await.unwrap();
    }
    let delete = s3().delete_object().bucket(bucket).key("b");
    delete.send().await.unwrap();
}

async fn read(bucket: &str, key: &str) -> Vec<u8> {
    let object = s3().get_object().bucket(bucket).key(key).send().await;
    object.unwrap().body.collect().await.unwrap().to_vec()
}

fn teardown(options: &TeardownOptions) -> anyhow::Result<Vec<String>> {
    let outcome = wait_on(teardown::run(options, &emulator(), Console::standard()))?;
    Ok(outcome.kept.into_iter().map(|(_, name)| name).collect())
}

fn bucket_exists(bucket: &str) -> bool {
    wait_on(s3().head_bucket().bucket(bucket).send()).is_ok()
}

fn table_exists(table: &str) -> bool {
    let request = json!({"TableName": table});
    stack().dynamodb("DescribeTable", &request).is_ok()
}

#[test]
fn a_teardown_empties_what_goes_and_touches_nothing_that_is_kept() {
    let made = make("teardown-keeps");
    let options = TeardownOptions::of("teardown-keeps");
    let dry = TeardownOptions {
        dry_run: true,
        ..options.clone()
    };
    assert!(teardown(&dry).unwrap().is_empty());
    assert!(bucket_exists(&made.goes), "a dry run deletes nothing");

    let kept = teardown(&options).unwrap();
    assert_eq!(kept.len(), 2, "{kept:?}");
    assert!(
        kept.contains(&made.stays) && kept.contains(&made.rows),
        "{kept:?}"
    );
    assert!(!bucket_exists(&made.goes));
    assert!(table_exists(&made.rows));
    assert_eq!(wait_on(read(&made.stays, "a")), b"two");

    let again = teardown(&options).unwrap_err();
    assert!(format!("{again:#}").contains("there is none"), "{again:#}");
}

#[test]
fn a_teardown_with_all_data_leaves_nothing() {
    let made = make("teardown-deletes");
    let options = TeardownOptions {
        delete_data: true,
        ..TeardownOptions::of("teardown-deletes")
    };
    assert!(teardown(&options).unwrap().is_empty());
    assert!(!bucket_exists(&made.goes));
    assert!(!bucket_exists(&made.stays));
    assert!(!table_exists(&made.rows));
}

/// Without a terminal nobody can confirm, so nothing may happen.
#[test]
fn a_teardown_asks_first() {
    let made = make("teardown-asks");
    let asking = TeardownOptions {
        yes: false,
        ..TeardownOptions::of("teardown-asks")
    };
    if !std::io::IsTerminal::is_terminal(&std::io::stdin()) {
        let error = teardown(&asking).unwrap_err();
        assert!(error.to_string().contains("nobody is there"), "{error:#}");
    }
    assert!(bucket_exists(&made.goes));
    let all = TeardownOptions {
        delete_data: true,
        patience_minutes: 2,
        ..TeardownOptions::of("teardown-asks")
    };
    assert!(teardown(&all).unwrap().is_empty());
}
