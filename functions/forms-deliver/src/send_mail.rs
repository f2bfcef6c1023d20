//! A mail through SES: the structured parts of the API, so that nothing a visitor wrote
//! can become a header.

use std::time::Duration;

use aws_sdk_sesv2::error::ProvideErrorMetadata;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message, MessageHeader};
use form_definition::{Audience, EmailSink, FieldKind, Form};
use form_delivery::{AttachmentLine, FieldLine, FormWords, Mail, MailContext, MailLinks, compose};
use form_guard::{Purpose, seal};
use serde_json::Value;
use submission_store::{AttachmentVerdict, LinkSubject, Millis, Submission};
use telemetry::Chain;
use tracing::warn;

use crate::deliver::{Attempt, Parcel};
use crate::{DeliverError, Deps};

/// How long a mailed link confirms.
const CONFIRM_DAYS: u64 = 7;
/// What SES will say again however often it is asked:
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors>.
const HOPELESS: &[&str] = &[
    "MessageRejected",
    "BadRequestException",
    "NotFoundException",
];

/// Sends a submission by mail.
///
/// # Errors
/// A table that fails.
pub(crate) async fn send_mail(
    parcel: &Parcel<'_>,
    email: &EmailSink,
    deps: &Deps,
) -> Result<Attempt, DeliverError> {
    let submission = &parcel.stored.submission;
    let (Some(from), Some(template)) = (
        &deps.config.mail_from,
        site_forms::template(&email.template),
    ) else {
        return Ok(Attempt::Hopeless("mail is not configured".to_owned()));
    };
    if submission.score > email.max_score {
        return Ok(Attempt::Skipped("the spam score is too high for this mail"));
    }
    let visitor = visitor_address(parcel.form, submission);
    let to = match (&email.to, visitor, &deps.config.mail_team) {
        (Audience::Visitor, Some(address), _) => vec![address.to_owned()],
        (Audience::Team, _, Some(team)) => vec![team.clone()],
        (Audience::Addresses(addresses), ..) => addresses.clone(),
        _ => {
            return Ok(Attempt::Hopeless(
                "there is nobody to send it to".to_owned(),
            ));
        }
    };
    let to_visitor = email.to == Audience::Visitor;
    if to_visitor
        && deps
            .submissions
            .unsubscribed_at(&submission.id)
            .await?
            .is_some()
    {
        return Ok(Attempt::Skipped("the visitor has unsubscribed"));
    }
    let attachments = attachments(parcel, deps).await?;
    let links = links(submission, deps);
    let mail = match compose_mail(parcel, template, &links, &attachments) {
        Ok(mail) => mail,
        Err(error) => {
            warn!(error = %Chain(&error), template = email.template, "Could not write a mail");
            return Ok(Attempt::Hopeless(format!("failed to {error}")));
        }
    };
    let reply_to = if to_visitor { None } else { visitor };
    let unsubscribe =
        (to_visitor && parcel.form.double_opt_in).then_some(links.unsubscribe.as_str());
    Ok(send(from, to, reply_to, unsubscribe, &mail, deps).await)
}

/// The visitor's address. The validator let nothing through that could break a header;
/// submissions outlive validators, so it is looked at again.
fn visitor_address<'a>(form: &Form, submission: &'a Submission) -> Option<&'a str> {
    let address = submission
        .fields
        .get(form.visitor_email.as_ref()?)?
        .as_str()?;
    let fits = address.contains('@')
        && !address.contains(|c: char| c.is_control() || c.is_whitespace() || ",;<>\"".contains(c));
    fits.then_some(address)
}

async fn attachments(
    parcel: &Parcel<'_>,
    deps: &Deps,
) -> Result<Vec<AttachmentLine>, DeliverError> {
    if parcel.form.upload_field().is_none() {
        return Ok(Vec::new());
    }
    let id = &parcel.stored.submission.id;
    let checked = deps.submissions.attachments(id).await?;
    Ok(checked
        .into_iter()
        .map(|attachment| AttachmentLine {
            status: match attachment.verdict {
                AttachmentVerdict::Clean => "checked".to_owned(),
                AttachmentVerdict::AwaitingScan => "still being checked".to_owned(),
                AttachmentVerdict::Refused(reason) => format!("removed: {reason}"),
            },
            media_type: attachment.media_type,
            bytes: attachment.bytes,
        })
        .collect())
}

fn links(submission: &Submission, deps: &Deps) -> MailLinks {
    let subject = LinkSubject {
        submission: submission.id.clone(),
        form: submission.form.clone(),
        at: submission.expires_at,
        count: 0,
    };
    let site = &deps.config.site_url;
    let confirm_until = submission
        .received_at
        .after(Duration::from_hours(24 * CONFIRM_DAYS))
        .seconds();
    let token = |purpose, until| seal(&deps.key, purpose, &subject.payload(), until);
    MailLinks {
        admin: format!("{site}/forms/admin/submissions/{}", submission.id),
        confirm: format!(
            "{site}/forms/confirm/{}",
            token(Purpose::Confirm, confirm_until)
        ),
        unsubscribe: format!(
            "{site}/forms/unsubscribe/{}",
            token(Purpose::Unsubscribe, submission.expires_at)
        ),
    }
}

fn compose_mail(
    parcel: &Parcel<'_>,
    template: site_forms::MailTemplate,
    links: &MailLinks,
    attachments: &[AttachmentLine],
) -> Result<Mail, form_delivery::MailError> {
    let submission = &parcel.stored.submission;
    let fields: Vec<FieldLine> = parcel
        .form
        .fields
        .iter()
        .filter_map(|field| {
            Some(FieldLine {
                label: field.label.clone(),
                value: in_words(&field.kind, submission.fields.get(&field.name)?),
            })
        })
        .collect();
    let context = MailContext {
        form: FormWords {
            id: &parcel.form.id,
            title: &parcel.form.presentation.title,
        },
        fields: &fields,
        values: &submission.fields,
        submission: submission.id.as_str(),
        received_at: &time_in_words(submission.received_at),
        links,
        attachments,
    };
    compose(template, &context)
}

/// A value as people read it: labels of choices, not their names.
fn in_words(kind: &FieldKind, value: &Value) -> String {
    let label = |value: &str| match kind {
        FieldKind::Choice { choices } | FieldKind::Choices { choices } => choices
            .iter()
            .find(|choice| choice.value == value)
            .map_or_else(|| value.to_owned(), |choice| choice.label.clone()),
        _ => value.to_owned(),
    };
    match value {
        Value::String(text) => label(text),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Array(items) => {
            let items = items.iter().filter_map(Value::as_str).map(label);
            items.collect::<Vec<String>>().join(", ")
        }
        other => other.to_string(),
    }
}

async fn send(
    from: &str,
    to: Vec<String>,
    reply_to: Option<&str>,
    unsubscribe: Option<&str>,
    mail: &Mail,
    deps: &Deps,
) -> Attempt {
    let content = match content(mail, unsubscribe) {
        Ok(content) => content,
        Err(error) => return Attempt::Hopeless(format!("failed to write the mail: {error}")),
    };
    let request = deps
        .mail
        .send_email()
        .from_email_address(from)
        .destination(Destination::builder().set_to_addresses(Some(to)).build())
        .set_reply_to_addresses(reply_to.map(|address| vec![address.to_owned()]))
        .content(content);
    match request.send().await {
        Ok(output) => Attempt::Delivered(output.message_id),
        Err(error) => {
            warn!(
                error.code = error.code().unwrap_or_default(),
                "SES did not take a mail"
            );
            match error.code() {
                Some(code) if HOPELESS.contains(&code) => {
                    Attempt::Hopeless(format!("SES refused it: {code}"))
                }
                Some(code) => Attempt::Failed(format!("SES failed: {code}"), None),
                None => Attempt::Failed("SES could not be reached".to_owned(), None),
            }
        }
    }
}

fn content(
    mail: &Mail,
    unsubscribe: Option<&str>,
) -> Result<EmailContent, aws_sdk_sesv2::error::BuildError> {
    let part = |text: &str| Content::builder().data(text).charset("UTF-8").build();
    let body = Body::builder()
        .text(part(&mail.text)?)
        .set_html(mail.html.as_deref().map(part).transpose()?)
        .build();
    let mut message = Message::builder().subject(part(&mail.subject)?).body(body);
    if let Some(link) = unsubscribe {
        // One click in the mail program: https://www.rfc-editor.org/rfc/rfc8058
        for (name, value) in [
            ("List-Unsubscribe", format!("<{link}>")),
            (
                "List-Unsubscribe-Post",
                "List-Unsubscribe=One-Click".to_owned(),
            ),
        ] {
            message = message.headers(MessageHeader::builder().name(name).value(value).build()?);
        }
    }
    Ok(EmailContent::builder().simple(message.build()).build())
}

fn time_in_words(at: Millis) -> String {
    i64::try_from(at.0)
        .ok()
        .and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok())
        .map_or_else(String::new, |time| {
            time.strftime("%-d %B %Y, %H:%M UTC").to_string()
        })
}
