//! The environment variables of functions.

use std::collections::BTreeSet;

use super::{resource, template};

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
    for (function, read) in [
        ("ImageDeriveFunction", image_derive::Config::VARIABLES),
        ("ImageServeFunction", image_serve::Config::VARIABLES),
        ("FormsProjectFunction", forms_project::Config::VARIABLES),
        ("SiteServeFunction", site_serve::Config::VARIABLES),
        ("LogProcessorFunction", log_processor::Config::VARIABLES),
        ("LogReportFunction", log_report::Config::VARIABLES),
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
        let set = variables(function);
        let missing: Vec<_> = read.difference(&set).collect();
        let unread: Vec<_> = set.difference(&read).collect();
        assert!(
            missing.is_empty() && unread.is_empty(),
            "{function} lacks {missing:?}, does not read {unread:?}"
        );
    }
}
