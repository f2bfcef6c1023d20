//! What functions may do, and what they may not.

use std::collections::BTreeSet;

use super::resource;

#[test]
fn the_function_that_faces_the_internet_cannot_read_submissions() {
    let function = resource("FormsIntakeFunction");
    let granted: BTreeSet<&str> = function
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == ':' || c == '*'))
        .filter(|word| {
            ["dynamodb:", "s3:", "sqs:"]
                .iter()
                .any(|service| word.starts_with(service))
        })
        // A condition's key, before its colon.
        .filter(|word| !word.ends_with(':'))
        .collect();
    let allowed = [
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "s3:PutObject",
        "sqs:SendMessage",
    ];
    assert_eq!(granted, BTreeSet::from(allowed));
    let reads = function
        .split("- Sid:")
        .filter(|text| text.contains("dynamodb:GetItem"));
    for statement in reads {
        assert!(
            statement.contains("FormsGuardTable.Arn")
                && statement.contains("dynamodb:LeadingKeys: [abusive-operators]"),
            "{statement}"
        );
    }
    let submissions = function
        .split("- Sid:")
        .filter(|text| text.contains("SubmissionsTable.Arn"));
    for statement in submissions {
        assert!(
            statement.contains("Action: dynamodb:PutItem\n"),
            "{statement}"
        );
    }
}

#[test]
fn no_function_may_write_where_it_is_triggered() {
    let function = resource("ImageDeriveFunction");
    let mut statement = Vec::new();
    for line in function.lines() {
        if line.trim_start().starts_with("- Sid:") {
            statement.clear();
        }
        statement.push(line);
        let text = statement.join("\n");
        let writes = text.contains("s3:PutObject") || text.contains("s3:DeleteObject");
        assert!(!(writes && text.contains("originals/")), "{text}");
    }
}
