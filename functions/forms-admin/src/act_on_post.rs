//! What the owner does: each is a POST of one of our pages, checked before it comes here.

use http::Response;
use lambda_http::Body;
use serde_json::Value;
use submission_store::{State, Stored, SubmissionId};

use crate::answer::{file, ok, see_other};
use crate::export::document;
use crate::pages::{self, Shell};
use crate::read_request::{Posted, known, read_id};
use crate::sign_in::sign_out;
use crate::{AdminError, Deps, actions};

/// Does what was posted, and shows what came of it.
pub(crate) async fn act(
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
