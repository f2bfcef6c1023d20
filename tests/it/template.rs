//! The template against the code: what CloudFormation cannot check.

use std::collections::BTreeSet;
use std::path::Path;

pub(crate) fn template() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../template.yaml")).unwrap()
}

/// The lines of a top-level resource.
pub(crate) fn resource(name: &str) -> String {
    let template = template();
    let mut lines = template
        .lines()
        .skip_while(|line| *line != format!("  {name}:"));
    let head = lines.next().unwrap_or_else(|| panic!("no resource {name}"));
    let body = lines.take_while(|line| line.is_empty() || line.starts_with("    "));
    std::iter::once(head)
        .chain(body)
        .collect::<Vec<_>>()
        .join("\n")
}

/// The environment variables a function's resource (and the globals) set.
fn variables(function: &str) -> BTreeSet<String> {
    let mut variables = BTreeSet::new();
    for text in [resource(function), globals()] {
        let mut within = None;
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let indent = line.len() - line.trim_start().len();
            match within {
                None if line.trim() == "Variables:" => within = Some(indent),
                Some(outer) if indent <= outer => within = None,
                Some(outer) if indent == outer + 2 && !line.trim().starts_with('#') => {
                    variables.insert(line.trim().split(':').next().unwrap().to_owned());
                }
                _ => {}
            }
        }
    }
    variables
}

fn globals() -> String {
    let template = template();
    let lines = template.lines().skip_while(|line| *line != "Globals:");
    let body = lines
        .skip(1)
        .take_while(|line| line.is_empty() || line.starts_with(' '));
    body.collect::<Vec<_>>().join("\n")
}

#[test]
fn functions_get_the_variables_they_read() {
    let read = |variables: &[&str]| {
        variables
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(
        variables("ImageDeriveFunction"),
        read(image_derive::Config::VARIABLES)
    );
    assert_eq!(
        variables("ImageServeFunction"),
        read(image_serve::Config::VARIABLES)
    );
    assert_eq!(
        variables("FormsProjectFunction"),
        read(forms_project::Config::VARIABLES)
    );
    assert_eq!(
        variables("SiteServeFunction"),
        read(site_serve::Config::VARIABLES)
    );
    assert_eq!(
        variables("LogProcessorFunction"),
        read(log_processor::Config::VARIABLES)
    );
    assert_eq!(
        variables("LogReportFunction"),
        read(log_report::Config::VARIABLES)
    );
}

#[test]
fn health_and_warming_get_the_variables_they_read() {
    for (function, read) in [
        ("HealthProbeFunction", health_probe::Config::VARIABLES),
        ("HealthEventFunction", health_event::Config::VARIABLES),
        ("HealthWebFunction", health_web::Config::VARIABLES),
        (
            "CacheInvalidateFunction",
            cache_invalidate::Config::VARIABLES,
        ),
        ("WarmPlanFunction", warm_plan::Config::VARIABLES),
        ("WarmPagesFunction", warm_pages::Config::VARIABLES),
        ("WarmQueriesFunction", warm_queries::Config::VARIABLES),
    ] {
        let read: BTreeSet<String> = read.iter().map(|&name| name.to_owned()).collect();
        let set: BTreeSet<String> = variables(function).into_iter().collect();
        let missing: Vec<_> = read.difference(&set).collect();
        let unread: Vec<_> = set.difference(&read).collect();
        assert!(
            missing.is_empty() && unread.is_empty(),
            "{function} lacks {missing:?}, does not read {unread:?}"
        );
    }
}

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

/// The part of a resource from one property to the next of the same depth.
pub(crate) fn property(resource: &str, name: &str) -> String {
    let lines = resource.lines();
    let start = format!("      {name}:");
    let mut lines = lines.skip_while(|line| !line.starts_with(&start));
    let head = lines.next().unwrap_or_default();
    let body = lines.take_while(|line| line.starts_with("       ") || line.trim().is_empty());
    std::iter::once(head)
        .chain(body)
        .collect::<Vec<_>>()
        .join("\n")
}

/// The names of the resources of a type.
pub(crate) fn resources_of(kind: &str) -> Vec<String> {
    let template = template();
    let lines: Vec<&str> = template.lines().collect();
    let pairs = lines.windows(2);
    pairs
        .filter(|pair| pair[1].trim() == format!("Type: {kind}"))
        .map(|pair| pair[0].trim().trim_end_matches(':').to_owned())
        .collect()
}

#[test]
fn every_alarm_is_sent_and_knows_what_silence_means() {
    for name in resources_of("AWS::CloudWatch::Alarm") {
        let alarm = resource(&name);
        // A check's alarm that another one may silence: its composite tells.
        if alarm.contains("MetricName: HealthState") && !alarm.contains("AlarmActions") {
            let composite = name.replace("StateAlarm", "Alarm");
            assert!(resource(&composite).contains("ActionsSuppressor"), "{name}");
            continue;
        }
        for setting in [
            "AlarmActions: [!Ref AlarmTopic]",
            "OKActions:",
            "TreatMissingData:",
        ] {
            assert!(alarm.contains(setting), "{name}: {setting}");
        }
        // ElastiCache measures nodes, not groups.
        let is_caches = alarm.contains("Namespace: AWS/ElastiCache");
        assert_eq!(is_caches, alarm.contains("Name: CacheClusterId"), "{name}");
    }
}

#[test]
fn every_function_folder_has_its_resource_and_its_page() {
    let template = template();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for entry in std::fs::read_dir(root.join("functions")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert_eq!(
            template.matches(&format!("Binary: {name}}}")).count(),
            1,
            "{name}"
        );
        let page = root.join(format!("docs/functions/{name}.md"));
        assert!(page.is_file(), "{}", page.display());
    }
}

fn number(resource: &str, property: &str) -> u32 {
    let line = resource
        .lines()
        .find(|line| line.trim().starts_with(&format!("{property}:")))
        .unwrap();
    line.split(':')
        .nth(1)
        .unwrap()
        .split('#')
        .next()
        .unwrap()
        .trim()
        .parse()
        .unwrap()
}

#[test]
fn the_queues_wait_six_times_as_long_as_their_functions_run() {
    for (queue, function) in [
        ("ImageDeriveQueue", "ImageDeriveFunction"),
        ("AcceptQueue", "FormsDrainFunction"),
        ("DeliveryQueue", "FormsDeliverFunction"),
        ("ProjectionQueue", "FormsProjectFunction"),
        ("FilesQueue", "FormsFilesFunction"),
        ("LogQueue", "LogProcessorFunction"),
        ("WarmP0Queue", "WarmPagesFunction"),
        ("WarmP1Queue", "WarmPagesFunction"),
        ("WarmP2Queue", "WarmPagesFunction"),
    ] {
        let (queue, function) = (resource(queue), resource(function));
        assert!(number(&queue, "VisibilityTimeout") >= 6 * number(&function, "Timeout"));
        assert!(function.contains("ReportBatchItemFailures"), "{function}");
        assert!(queue.contains("deadLetterTargetArn"), "{queue}");
    }
}

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

#[test]
fn the_edge_knows_the_options_in_canonical_order() {
    let edge = resource("ImageRequest");
    let start = edge.find("const ORDER = [").unwrap() + "const ORDER = [".len();
    let order = &edge[start..start + edge[start..].find(']').unwrap()];
    let names: Vec<&str> = order
        .split(',')
        .map(|name| name.trim().trim_matches('\''))
        .collect();
    let all = format!(
        "w=1,h=1,fit=cover,g=n,dpr=2,f=png,q=1,bg=000000,blur=1,sharpen=1,wm=n,anim=1,enlarge=1,meta=none,fb=1,v=1,exp=1,s={},p=a",
        "A".repeat(43)
    );
    let options = image_request::Options::parse(&all).unwrap().to_string();
    let canonical: Vec<&str> = options
        .split(',')
        .map(|option| option.split('=').next().unwrap())
        .collect();
    assert_eq!(names, canonical);
}
