//! Requests: which page, who asks, what is to be done.

use std::collections::BTreeMap;
use std::sync::Arc;

use form_definition::Form;
use http::{Method, Response, StatusCode};
use lambda_http::{Body, Request, RequestExt};
use lambda_kit::Classified;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use submission_store::{State, Stored, SubmissionId};
use telemetry::Chain;
use tracing::{error, info};

use crate::actions::{self, Filter};
use crate::answer::{file, header, page, report, see_other, set};
use crate::export::{Format, document, export};
use crate::pages::{self, Shell};
use crate::reports::{ReportName, list_reports, read_report};
use crate::sign_in::{Owner, check_post, form_token, is_from_here, owner, sign_in, sign_out};
use crate::warming_reports::{list_runs, read_run};
use crate::{AdminError, Auth, Deps};

/// Longest body of a form, in bytes.
const MAX_BODY: usize = 64 * 1024;
/// Dead deliveries that the overview counts.
const COUNTED: i32 = 500;

/// Fields of a posted form, by name.
type Posted = BTreeMap<String, String>;

/// Answers a request under `/forms/admin`.
pub async fn handle(request: Request, deps: Arc<Deps>) -> Response<Body> {
    let outcome = Box::pin(route(&request, &deps)).await;
    let mut response = outcome.unwrap_or_else(|failure| refuse(&failure));
    let headers = response.headers_mut();
    set(headers, http::header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, http::header::REFERRER_POLICY, "same-origin");
    info!(
        status = response.status().as_u16(),
        method = %request.method(),
        "Answered"
    );
    response
}

fn refuse(failure: &AdminError) -> Response<Body> {
    let status = failure.status();
    if status.is_server_error() {
        error!(error.code = failure.code(), error = %Chain(failure), "Could not answer");
        let detail = match failure {
            // Another try does not make it smaller.
            AdminError::ReportTooLarge { .. } => format!("We failed to {failure}."),
            _ => "It is our fault. Please try again in a minute.".to_owned(),
        };
        return page(status, pages::problem("Something went wrong", &detail));
    }
    info!(error.code = failure.code(), "Refused");
    page(
        status,
        pages::problem(
            "This could not be done",
            &format!("We failed to {failure}."),
        ),
    )
}

async fn route(request: &Request, deps: &Deps) -> Result<Response<Body>, AdminError> {
    let path = request.raw_http_path().to_owned();
    let rest = path
        .trim_matches('/')
        .strip_prefix("forms/admin")
        .unwrap_or_default();
    let parts: Vec<&str> = rest.split('/').filter(|part| !part.is_empty()).collect();
    if parts.as_slice() == ["style.css"] {
        return Ok(style());
    }
    let is_post = request.method() == Method::POST;
    if parts.as_slice() == ["login"] {
        return login(request, is_post, deps).await;
    }
    let Some(owner) = owner(request.headers(), deps).await? else {
        return Ok(see_other("/forms/admin/login"));
    };
    let token = form_token(&owner, deps);
    let shell = Shell {
        token: &token,
        signs_out: matches!(deps.config.auth, Auth::Local { .. }),
    };
    match *request.method() {
        Method::GET | Method::HEAD => show(request, &parts, &shell, deps).await,
        Method::POST => {
            let posted = read(request)?;
            let token = posted.get("token").map(String::as_str).unwrap_or_default();
            check_post(request.headers(), token, &owner, deps)?;
            audit(&owner, &parts, deps);
            act(&parts, &posted, &shell, deps).await
        }
        _ => Err(AdminError::Method),
    }
}

/// What was done, and by whom; of the person concerned nothing.
fn audit(owner: &Owner, parts: &[&str], deps: &Deps) {
    let owner = form_guard::subject(&deps.key, &owner.name);
    info!(owner, action = parts.join("/"), "Owner acts");
    let mut metrics = deps.config.telemetry.metrics();
    metrics.count("AdminActions");
    metrics.flush();
}

async fn login(
    request: &Request,
    is_post: bool,
    deps: &Deps,
) -> Result<Response<Body>, AdminError> {
    if !matches!(deps.config.auth, Auth::Local { .. }) {
        return Err(AdminError::NotFound);
    }
    if !is_post {
        return Ok(page(StatusCode::OK, pages::login(None)));
    }
    if !is_from_here(request.headers(), deps) {
        return Err(AdminError::Forged);
    }
    let posted = read(request)?;
    let given = posted
        .get("password")
        .map(String::as_str)
        .unwrap_or_default();
    let signed_in = sign_in(request.headers(), given, deps).await?;
    Ok(signed_in.unwrap_or_else(|| {
        let html = pages::login(Some("The password is wrong."));
        page(StatusCode::UNAUTHORIZED, html)
    }))
}

async fn show(
    request: &Request,
    parts: &[&str],
    shell: &Shell<'_>,
    deps: &Deps,
) -> Result<Response<Body>, AdminError> {
    let wants_json =
        header(request.headers(), "accept").is_some_and(|accept| accept.contains("json"));
    match parts {
        [] => {
            let dead = deps.submissions.dead(COUNTED).await?;
            let queues = actions::dead_letters(deps).await?;
            Ok(ok(pages::overview(shell, dead.len(), &queues)))
        }
        ["dead"] => {
            let dead = deps.submissions.dead(actions::REVIVED).await?;
            Ok(ok(pages::dead(shell, &dead)))
        }
        ["person"] => Ok(ok(pages::person(shell, None, &[]))),
        ["reports"] => Ok(ok(pages::reports(shell, &list_reports(deps).await?))),
        ["reports", "warming"] => Ok(report(list_runs(deps).await?)),
        ["reports", "warming", run] => {
            let html = read_run(run, deps).await?;
            let missing = || page(StatusCode::NOT_FOUND, pages::no_run(shell));
            Ok(html.map_or_else(missing, report))
        }
        ["reports", site, file] => {
            let html = match ReportName::parse(site, file) {
                Some(name) => read_report(&name, deps).await?,
                None => None,
            };
            let missing = || page(StatusCode::NOT_FOUND, pages::no_report(shell));
            Ok(html.map_or_else(missing, report))
        }
        ["submissions", id] => one(&read_id(id)?, wants_json, shell, deps).await,
        ["submissions", id, "files", slot] => {
            let slot = slot.parse().map_err(|_| AdminError::NotFound)?;
            Ok(see_other(
                &actions::attachment_link(&read_id(id)?, slot, deps).await?,
            ))
        }
        [form, file] => download(request, known(form)?, file, shell, deps).await,
        [form] => {
            let form = known(form)?;
            let filter = filter(request)?;
            let found = actions::list(form, &filter, deps).await?;
            if wants_json {
                let rows: Vec<Value> = found.rows.iter().map(document).collect();
                return json(&serde_json::json!({"submissions": rows, "next": found.next}));
            }
            Ok(ok(pages::list(shell, form, &filter, &found)))
        }
        _ => Err(AdminError::NotFound),
    }
}

async fn one(
    id: &SubmissionId,
    wants_json: bool,
    shell: &Shell<'_>,
    deps: &Deps,
) -> Result<Response<Body>, AdminError> {
    let stored = actions::open_submission(id, deps).await?;
    if wants_json {
        return json(&document(&stored));
    }
    let deliveries = deps.submissions.deliveries(id).await?;
    let attachments = deps.submissions.attachments(id).await?;
    let form = site_forms::form(&stored.submission.form);
    Ok(ok(pages::submission(
        shell,
        form,
        &stored,
        &deliveries,
        &attachments,
    )))
}

/// A part of an export. A browser that asks for more than one part holds is shown where
/// the parts are; a program finds the next one in `Link`.
async fn download(
    request: &Request,
    form: &Form,
    name: &str,
    shell: &Shell<'_>,
    deps: &Deps,
) -> Result<Response<Body>, AdminError> {
    let (format, media_type) = match name {
        "export.csv" => (Format::Csv, "text/csv; charset=utf-8"),
        "export.jsonl" => (Format::JsonLines, "application/jsonl"),
        _ => return Err(AdminError::NotFound),
    };
    let before = query(request, "before").filter(|before| !before.is_empty());
    let part = export(form, format, before.clone(), deps).await?;
    let is_person =
        header(request.headers(), "accept").is_some_and(|accept| accept.contains("text/html"));
    if is_person && part.next.is_some() && query(request, "part").is_none() {
        let next = part.next.as_deref();
        return Ok(ok(pages::parts(shell, form, name, before.as_deref(), next)));
    }
    let mut response = file(&format!("{}-{name}", form.id), media_type, part.text);
    if let Some(next) = part.next {
        let link = format!(
            "<{}>; rel=\"next\"",
            pages::part_path(form, name, Some(&next))
        );
        set(response.headers_mut(), http::header::LINK, &link);
    }
    Ok(response)
}

async fn act(
    parts: &[&str],
    posted: &Posted,
    shell: &Shell<'_>,
    deps: &Deps,
) -> Result<Response<Body>, AdminError> {
    match parts {
        ["logout"] => Ok(sign_out(deps)),
        ["dead"] => {
            actions::replay_dead(deps).await?;
            Ok(see_other("/forms/admin/dead"))
        }
        ["submissions", id, action] => {
            let id = read_id(id)?;
            change(&id, action, posted, deps).await?;
            Ok(see_other(&format!("/forms/admin/submissions/{id}")))
        }
        ["person"] => {
            let (email, rows) = find_person(posted, deps).await?;
            Ok(ok(pages::person(shell, Some(&email), &rows)))
        }
        ["person", "export"] => {
            let (_, rows) = find_person(posted, deps).await?;
            let documents: Vec<Value> = rows.iter().map(document).collect();
            let text = serde_json::to_string_pretty(&documents)?;
            Ok(file("person.json", "application/json", text))
        }
        ["person", "erase"] => {
            if posted.get("sure").map(String::as_str) != Some("yes") {
                let allowed = "yes, by ticking the box,";
                return Err(AdminError::Value {
                    name: "sure",
                    allowed,
                });
            }
            let (_, rows) = find_person(posted, deps).await?;
            actions::erase_person(&rows, deps).await?;
            Ok(ok(pages::erased(shell, rows.len())))
        }
        [form, "project"] => {
            let form = known(form)?;
            let before = posted.get("before").map(String::as_str);
            let (count, next) = actions::project_again(form, before, deps).await?;
            Ok(ok(pages::continued(shell, form, count, next.as_deref())))
        }
        _ => Err(AdminError::NotFound),
    }
}

async fn change(
    id: &SubmissionId,
    action: &str,
    posted: &Posted,
    deps: &Deps,
) -> Result<(), AdminError> {
    let state = match action {
        "accept" => State::Accepted,
        "spam" => State::Spam,
        "replay" => {
            let value = |name: &str| posted.get(name).map(String::as_str).unwrap_or_default();
            return actions::replay(id, value("kind"), value("sink"), deps).await;
        }
        _ => return Err(AdminError::NotFound),
    };
    let stored = deps
        .submissions
        .submission(id)
        .await?
        .ok_or(AdminError::NoSubmission)?;
    let form = known(&stored.submission.form)?;
    actions::judge(&stored, form, state, deps).await
}

async fn find_person(posted: &Posted, deps: &Deps) -> Result<(String, Vec<Stored>), AdminError> {
    let email = posted.get("email").map(|email| email.trim().to_owned());
    let email = email.filter(|email| email.contains('@') && email.len() <= 254);
    let email = email.ok_or(AdminError::Value {
        name: "email",
        allowed: "an e-mail address",
    })?;
    let subject = form_guard::subject(&deps.key, &email);
    let rows = deps.submissions.by_subject(&subject).await?;
    Ok((email, rows))
}

fn filter(request: &Request) -> Result<Filter, AdminError> {
    let state = query(request, "state").filter(|state| !state.is_empty());
    let state = state.map(|state| {
        State::named(&state).ok_or(AdminError::Value {
            name: "state",
            allowed: "accepted, quarantined or spam",
        })
    });
    Ok(Filter {
        state: state.transpose()?,
        words: query(request, "words").unwrap_or_default(),
        before: query(request, "before").filter(|before| !before.is_empty()),
    })
}

/// A parameter of the query; an ALB passes it on as the browser wrote it.
fn query(request: &Request, name: &str) -> Option<String> {
    let parameters = request.query_string_parameters();
    let text = parameters.first(name)?.replace('+', " ");
    Some(percent_decode_str(&text).decode_utf8_lossy().into_owned())
}

/// The fields of a posted form.
fn read(request: &Request) -> Result<Posted, AdminError> {
    let body = request.body();
    let body: &[u8] = body;
    let text = std::str::from_utf8(body).map_err(|_| AdminError::Body)?;
    if text.len() > MAX_BODY {
        return Err(AdminError::Body);
    }
    let decode = |part: &str| {
        let part = part.replace('+', " ");
        let decoded = percent_decode_str(&part).decode_utf8();
        decoded
            .map(std::borrow::Cow::into_owned)
            .map_err(|_| AdminError::Body)
    };
    text.split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| Ok((decode(name)?, decode(value)?)))
        .collect()
}

fn read_id(text: &str) -> Result<SubmissionId, AdminError> {
    text.parse().map_err(|_| AdminError::NotFound)
}

fn known(id: &str) -> Result<&'static Form, AdminError> {
    site_forms::form(id).ok_or(AdminError::NotFound)
}

fn ok(html: String) -> Response<Body> {
    page(StatusCode::OK, html)
}

fn json(value: &Value) -> Result<Response<Body>, AdminError> {
    let mut response = Response::new(Body::from(serde_json::to_string(value)?));
    let headers = response.headers_mut();
    set(headers, http::header::CONTENT_TYPE, "application/json");
    set(headers, http::header::CACHE_CONTROL, "no-store");
    Ok(response)
}

fn style() -> Response<Body> {
    let mut response = Response::new(Body::from(pages::STYLE));
    let headers = response.headers_mut();
    set(
        headers,
        http::header::CONTENT_TYPE,
        "text/css; charset=utf-8",
    );
    set(headers, http::header::CACHE_CONTROL, "public, max-age=300");
    response
}
