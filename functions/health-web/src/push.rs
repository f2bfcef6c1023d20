//! The use case: a job says that it is there.

use health_checks::{Check, Probe, SiteChecks};
use health_store::Heartbeat;
use http::Response;
use http::header::AUTHORIZATION;
use lambda_http::{Body, Request, RequestExt as _};
use tracing::info;

use crate::response::{NOT_KEPT, answer};
use crate::{Deps, WebError};

/// Bytes of a body, which nobody reads.
const MAX_BODY: usize = 4096;
/// Characters of what a job says that are kept.
const MAX_TEXT: usize = 500;
const SCHEME: &str = "bearer ";

/// Takes a heartbeat in. Whoever cannot prove to be the job learns nothing, not even whether
/// there is such a check.
pub(crate) async fn push(
    request: &Request,
    check: &str,
    deps: &Deps,
    now_ms: i64,
) -> Result<Response<Body>, WebError> {
    let found = request.body().len();
    if found > MAX_BODY {
        return Err(WebError::BodyTooLarge {
            found,
            allowed: MAX_BODY,
        });
    }
    let token = bearer(request).unwrap_or_default();
    match deps.push_keys.accept(check, token).await? {
        Some(true) => {}
        Some(false) => return Err(WebError::Unauthorized),
        None => return Err(WebError::NoKeys),
    }
    pushed(&deps.checks, check)?;
    let beat = heartbeat(request, now_ms)?;
    deps.store.beat(check, &beat).await?;
    info!(check, is_ok = beat.is_ok, "Took a heartbeat");
    Ok(answer(
        200,
        "application/json",
        NOT_KEPT,
        r#"{"ok":true}"#.to_owned(),
    ))
}

/// The token, when there is one and no other.
fn bearer(request: &Request) -> Option<&str> {
    let mut values = request.headers().get_all(AUTHORIZATION).iter();
    let value = values.next()?.to_str().ok()?;
    let scheme = value.get(..SCHEME.len())?;
    let is_alone = values.next().is_none() && scheme.eq_ignore_ascii_case(SCHEME);
    is_alone.then(|| value.get(SCHEME.len()..))?.map(str::trim)
}

fn pushed(checks: &SiteChecks, id: &str) -> Result<(), WebError> {
    let is_pushed = |check: &&Check| matches!(check.probe, Probe::Push(_));
    if checks.check(id).as_ref().is_some_and(is_pushed) {
        return Ok(());
    }
    let pushed = checks.checks.iter().filter(is_pushed);
    let ids: Vec<&str> = pushed.map(|check| check.id.as_str()).collect();
    let allowed = if ids.is_empty() {
        "none".to_owned()
    } else {
        ids.join(", ")
    };
    Err(WebError::NotPushed { allowed })
}

/// What the job says: `?success=true|false`, and `msg` or, as Gatus has it, `error`.
/// <https://github.com/TwiN/gatus#external-endpoints>
fn heartbeat(request: &Request, now_ms: i64) -> Result<Heartbeat, WebError> {
    let query = request.query_string_parameters();
    let is_ok = match query.all("success").as_deref() {
        Some(["true"]) => true,
        Some(["false"]) => false,
        _ => return Err(WebError::Success),
    };
    let text = query.first("msg").or_else(|| query.first("error"));
    let plain = |char: char| if char.is_control() { ' ' } else { char };
    let text = text.unwrap_or_default().chars().map(plain).take(MAX_TEXT);
    Ok(Heartbeat {
        at_ms: now_ms,
        is_ok,
        text: text.collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn request(query: &[(&str, &[&str])]) -> Request {
        let own = |values: &[&str]| values.iter().map(|&value| value.to_owned()).collect();
        let query: HashMap<String, Vec<String>> = query
            .iter()
            .map(|(name, values)| ((*name).to_owned(), own(values)))
            .collect();
        Request::default().with_query_string_parameters(query)
    }

    fn said(query: &[(&str, &[&str])]) -> Option<(bool, String)> {
        let beat = heartbeat(&request(query), 7).ok()?;
        assert_eq!(beat.at_ms, 7);
        Some((beat.is_ok, beat.text))
    }

    #[test]
    fn a_heartbeat_says_once_how_the_job_is() {
        assert_eq!(said(&[("success", &["true"])]), Some((true, String::new())));
        let words = [("success", &["false"][..]), ("msg", &["disk\nfull"])];
        assert_eq!(said(&words), Some((false, "disk full".to_owned())));
        let gatus = [("success", &["false"][..]), ("error", &["no route"])];
        assert_eq!(said(&gatus), Some((false, "no route".to_owned())));
        let long = "ä".repeat(600);
        let words = said(&[("success", &["true"]), ("msg", &[&long])])
            .unwrap()
            .1;
        assert_eq!(words.chars().count(), 500);
        assert_eq!(said(&[]), None);
        for bad in [
            &["yes"][..],
            &["TRUE"],
            &[""],
            &["true", "false"],
            &["true", "true"],
        ] {
            assert_eq!(said(&[("success", bad)]), None, "{bad:?}");
        }
    }

    #[test]
    fn the_token_is_alone_and_a_bearer() {
        let token = |values: &[&str]| {
            let mut request = request(&[]);
            for value in values {
                request
                    .headers_mut()
                    .append(AUTHORIZATION, value.parse().unwrap());
            }
            bearer(&request).map(str::to_owned)
        };
        assert_eq!(token(&["Bearer abc"]).as_deref(), Some("abc"));
        assert_eq!(token(&["bearer  abc "]).as_deref(), Some("abc"));
        for bad in [&[][..], &["abc"], &["Basic abc"], &["Bearer a", "Bearer b"]] {
            assert_eq!(token(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn only_checks_that_wait_for_heartbeats_have_any() {
        let checks = SiteChecks::parse(
            "[[check]]\nid = \"backup\"\npush = { grace = \"1h\" }\n\
             [[check]]\nid = \"mail\"\ntcp = { address = \"a.example:25\" }",
        )
        .unwrap();
        assert!(pushed(&checks, "backup").is_ok());
        for other in ["mail", "shop"] {
            let error = pushed(&checks, other).unwrap_err().to_string();
            assert!(error.ends_with("allowed are backup"), "{error}");
        }
    }
}
