//! What the owner looks at.

use form_definition::Form;
use http::{Response, StatusCode};
use lambda_http::{Body, Request};
use serde_json::Value;
use submission_store::SubmissionId;

use crate::answer::{file, header, json, ok, page, report, see_other, set};
use crate::export::{Format, document, export};
use crate::pages::{self, Shell};
use crate::read_request::{filter, known, query, read_id};
use crate::reports::{ReportName, list_reports, read_report};
use crate::warming_reports::{list_runs, read_run};
use crate::{AdminError, Deps, actions};

/// Dead deliveries that the overview counts.
const COUNTED: i32 = 500;

/// The page, the document or the file of a path.
pub(crate) async fn show(
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
