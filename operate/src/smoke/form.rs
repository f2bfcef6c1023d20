//! A form: posted, posted again, and its receipt.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::report::Report;
use super::site::{Reply, Site};
use super::values::answer;

/// Checks that a form takes a submission, once, and shows its receipt.
pub(super) async fn check(site: &Site, form: &str, name: &str, report: &mut Report) {
    let mut taken = None;
    let post = async {
        let submission = post(site, form, name).await?;
        let detail = format!("{}, number {}", submission.reply.status, submission.id);
        taken = Some(submission);
        Ok(detail)
    };
    if !report.check("form", post).await {
        report.skip("form, once", "nothing was accepted");
        report.skip("receipt", "nothing was accepted");
        return;
    }
    let Some(submission) = taken else {
        return;
    };
    let again = post_again(site, form, name, &submission);
    report.check("form, once", again).await;
    let path = submission.receipt.clone();
    let receipt = site.eventually(&path, |reply| shows(reply, &submission.id));
    report.check("receipt", receipt).await;
}

/// A submission that was accepted.
struct Submission {
    reply: Reply,
    values: Value,
    id: String,
    receipt: String,
}

async fn post(site: &Site, form: &str, name: &str) -> Result<Submission> {
    let schema = site.get(&format!("/forms/{form}/schema.json")).await?;
    schema.expect(200).context("read the form's schema")?;
    let text = format!("Smoke test {name} of this site; nobody has to answer.");
    let values = answer(&schema.json()?, &text);
    let reply = site
        .post(&format!("/forms/{form}"), &key(name), &values)
        .await?;
    // 202: stored in the queue, as the table was not to be had.
    if reply.status != 202 {
        reply.expect(201)?;
    }
    let json = reply.json()?;
    let text = |field: &str| {
        let text = json.get(field).and_then(Value::as_str);
        text.map(str::to_owned)
            .with_context(|| format!("find {field} in the answer"))
    };
    Ok(Submission {
        id: text("id")?,
        receipt: text("receipt")?,
        reply,
        values,
    })
}

/// The same post again has the same answer, and says so.
async fn post_again(site: &Site, form: &str, name: &str, first: &Submission) -> Result<String> {
    let path = format!("/forms/{form}");
    let reply = site.post(&path, &key(name), &first.values).await?;
    ensure!(
        reply.status == 201 || reply.status == 202,
        "posted again: {} instead of {}",
        reply.status,
        first.reply.status
    );
    let json = reply.json()?;
    let id = json.get("id").and_then(Value::as_str);
    ensure!(
        id == Some(first.id.as_str()),
        "posted again, it was stored twice"
    );
    Ok("posted again, stored once".to_owned())
}

fn shows(reply: &Reply, id: &str) -> Result<String> {
    reply.expect(200)?;
    let page = String::from_utf8_lossy(&reply.body);
    ensure!(
        page.contains(id),
        "the receipt does not have the number {id}"
    );
    Ok("has the number".to_owned())
}

fn key(name: &str) -> String {
    format!("smoke-{name}")
}
