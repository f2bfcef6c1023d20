//! The distribution's behaviours as nginx locations.

use std::fmt::Write as _;

use super::distribution::{Behaviour, CachePolicy, Selection};

/// Seconds that CloudFront keeps a "not found" that says nothing about itself:
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/custom-error-pages-expiration.html>.
const NOT_FOUND_SECONDS: u64 = 10;

/// The variables that cache keys are made of, before the server.
pub(super) fn maps(behaviours: &[Behaviour]) -> String {
    let mut text = String::new();
    for (index, behaviour) in behaviours.iter().enumerate() {
        if let Selection::AllExcept(names) = &behaviour.cache.query {
            write_query_without(&mut text, index, names);
        }
    }
    text
}

/// One location for each behaviour, in the order in which CloudFront tries them.
pub(super) fn locations(behaviours: &[Behaviour]) -> String {
    let mut text = String::new();
    for (index, behaviour) in behaviours.iter().enumerate() {
        let name = behaviour.pattern.as_deref().unwrap_or("(default)");
        let matcher = match &behaviour.pattern {
            Some(pattern) => format!("~ \"{}\"", pattern_expression(pattern)),
            None => "/".to_owned(),
        };
        let _ = writeln!(text, "\n        # {name}\n        location {matcher} {{");
        for line in location(index, behaviour) {
            let _ = writeln!(text, "            {line}");
        }
        text.push_str("        }\n");
    }
    text
}

fn location(index: usize, behaviour: &Behaviour) -> Vec<String> {
    let mut lines = vec![format!(
        "gzip {};",
        if behaviour.compress { "on" } else { "off" }
    )];
    // A location with a header of its own inherits none.
    lines.push("add_header X-Cache $edge_cache always;".to_owned());
    lines.push("add_header X-Amz-Cf-Id $request_id always;".to_owned());
    if behaviour.server_timing {
        lines.push("add_header Server-Timing $edge_timing always;".to_owned());
    }
    let policy = &behaviour.cache;
    if policy.max_ttl > 0 {
        lines.push("proxy_cache edge;".to_owned());
        lines.push(format!("proxy_cache_key \"{}\";", cache_key(index, policy)));
        if policy.default_ttl > 0 {
            lines.push(format!(
                "proxy_cache_valid 200 203 206 300 301 302 307 308 {}s;",
                policy.default_ttl
            ));
        }
        lines.push(format!("proxy_cache_valid 404 {NOT_FOUND_SECONDS}s;"));
    }
    // CloudFront's key is the policy's, whatever Vary says. Its functions run before the
    // cache is asked; here they run behind it, and only Vary tells their answers apart.
    let ignored = if behaviour.has_function { "" } else { " Vary" };
    lines.push(format!("proxy_ignore_headers X-Accel-Expires{ignored};"));
    lines.push("proxy_pass http://distribution;".to_owned());
    lines
}

/// What makes two requests different for this policy:
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-the-cache-key.html>.
fn cache_key(index: usize, policy: &CachePolicy) -> String {
    let query = match &policy.query {
        Selection::Nothing => String::new(),
        Selection::All => "?$args".to_owned(),
        Selection::Only(names) => listed("?", "arg_", names),
        Selection::AllExcept(names) => format!("?${}", query_variable(index, names.len())),
    };
    let cookies = match &policy.cookies {
        Selection::Nothing => String::new(),
        Selection::Only(names) => listed(" cookies:", "cookie_", names),
        Selection::All | Selection::AllExcept(_) => " cookies:$http_cookie".to_owned(),
    };
    let headers = match &policy.headers {
        Selection::Only(names) => listed(" headers:", "http_", names),
        _ => String::new(),
    };
    format!("$edge_path{query}{cookies}{headers}")
}

/// `?$arg_a&$arg_b`: the named values, each in its place.
fn listed(before: &str, prefix: &str, names: &[String]) -> String {
    let values: Vec<String> = names
        .iter()
        .map(|name| format!("${prefix}{}", name.to_ascii_lowercase().replace('-', "_")))
        .collect();
    format!("{before}{}", values.join("&"))
}

/// Name of the variable that holds the query string after `removed` names were taken out.
fn query_variable(index: usize, removed: usize) -> String {
    format!("edge_query_{index}_{removed}")
}

/// A chain of maps, each of which takes one name out of the query string.
fn write_query_without(text: &mut String, index: usize, names: &[String]) {
    let _ = writeln!(
        text,
        "    map $args ${} {{ default $args; }}",
        query_variable(index, 0)
    );
    for (step, name) in names.iter().enumerate() {
        let (from, to) = (query_variable(index, step), query_variable(index, step + 1));
        let name = escaped(name);
        let _ = writeln!(
            text,
            "    map ${from} ${to} {{\n        default ${from};\n        \
             \"~^{name}=[^&]*&?(?<{to}_rest>.*)$\" ${to}_rest;\n        \
             \"~^(?<{to}_head>.*)&{name}=[^&]*(?<{to}_tail>.*)$\" ${to}_head${to}_tail;\n    }}"
        );
    }
}

/// CloudFront's path pattern as a regular expression:
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern>.
fn pattern_expression(pattern: &str) -> String {
    let rooted = if pattern.starts_with('/') { "" } else { "/" };
    let body: String = pattern
        .chars()
        .map(|character| match character {
            '*' => ".*".to_owned(),
            '?' => ".".to_owned(),
            other => escaped(&other.to_string()),
        })
        .collect();
    format!("^{rooted}{body}$")
}

/// Text that stands for itself in a regular expression.
fn escaped(text: &str) -> String {
    text.chars()
        .flat_map(|character| {
            let special = !character.is_ascii_alphanumeric() && !"/_-&=".contains(character);
            special.then_some('\\').into_iter().chain([character])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn behaviour(pattern: Option<&str>, cache: CachePolicy) -> Behaviour {
        Behaviour {
            pattern: pattern.map(str::to_owned),
            compress: true,
            has_function: false,
            server_timing: true,
            cache,
        }
    }

    fn pages() -> CachePolicy {
        CachePolicy {
            default_ttl: 0,
            max_ttl: 86_400,
            query: Selection::AllExcept(vec!["utm_source".to_owned(), "gclid".to_owned()]),
            ..CachePolicy::default()
        }
    }

    #[test]
    fn patterns_become_anchored_expressions() {
        assert_eq!(pattern_expression("/forms/assets/*"), "^/forms/assets/.*$");
        assert_eq!(pattern_expression("*.js?n"), "^/.*\\.js.n$");
    }

    #[test]
    fn a_disabled_policy_keeps_nothing() {
        let text = locations(&[behaviour(Some("/editor/*"), CachePolicy::default())]);
        assert!(text.contains("location ~ \"^/editor/.*$\" {"), "{text}");
        assert!(!text.contains("proxy_cache edge"), "{text}");
    }

    #[test]
    fn tracking_parameters_leave_the_key() {
        let behaviours = [behaviour(None, pages())];
        assert!(locations(&behaviours).contains("\"$edge_path?$edge_query_0_2\""));
        let maps = maps(&behaviours);
        assert!(
            maps.contains("map $edge_query_0_1 $edge_query_0_2 {"),
            "{maps}"
        );
        assert!(maps.contains("~^gclid=[^&]*&?"), "{maps}");
    }

    #[test]
    fn listed_headers_and_cookies_are_in_the_key() {
        let policy = CachePolicy {
            max_ttl: 1,
            cookies: Selection::Only(vec!["language".to_owned()]),
            headers: Selection::Only(vec!["CloudFront-Viewer-Country".to_owned()]),
            query: Selection::Nothing,
            ..CachePolicy::default()
        };
        assert_eq!(
            cache_key(0, &policy),
            "$edge_path cookies:$cookie_language headers:$http_cloudfront_viewer_country"
        );
    }
}
