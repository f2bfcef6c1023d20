//! Files that come with a form, the way browsers without JavaScript send them.

use image_codecs::{InputFormat, Limits, probe};
use serde_json::json;

use super::owner::Owner;
use super::visitor::{Visitor, attribute, delivery, mails, row, wait_for_delivery, webhooks};
use crate::harness::{Answer, s3, stack, wait_for};

/// A request for a quote; its name and the page for its files.
fn quote(visitor: &Visitor<'_>, marker: &str) -> (String, String) {
    let body = json!({
        "name": marker, "email": format!("{marker}@example.com"), "product": "lamp",
        "quantity": 3, "details": format!("Three lamps for the reading room of {marker}."), "privacy": true,
    });
    let answer = visitor.post_json("/forms/quote", None, &body);
    assert_eq!(answer.status, 201, "{}", answer.text());
    let document = answer.json();
    let text = |name: &str| document[name].as_str().unwrap().to_owned();
    (text("id"), text("next"))
}

/// The fields of the page's form for a media type, in its order, and its address.
fn upload_form(html: &str, media_type: &str) -> (String, Vec<(String, String)>) {
    let form = html
        .split("<form class=\"upload\"")
        .find(|form| form.contains(&format!("accept=\"{media_type}\"")))
        .unwrap_or_else(|| panic!("no form for {media_type} in {html}"));
    let fields = form
        .split("<input type=\"hidden\"")
        .skip(1)
        .map(|input| (attribute(input, "", "name"), attribute(input, "", "value")))
        .collect();
    (attribute(form, "", "action"), fields)
}

/// Sends a file with the page's form; `change` may tamper with its fields.
fn send(
    html: &str,
    media_type: &str,
    file: &[u8],
    change: impl Fn(&mut Vec<(String, String)>),
) -> Answer {
    let (action, mut fields) = upload_form(html, media_type);
    change(&mut fields);
    let mut body = Vec::new();
    for (name, value) in &fields {
        body.extend(
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                .bytes(),
        );
    }
    body.extend(
        format!("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\nContent-Type: {media_type}\r\n\r\n").bytes(),
    );
    body.extend(file);
    body.extend(b"\r\n--x--\r\n");
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .build()
        .into();
    let mut response = agent
        .post(action)
        .header("content-type", "multipart/form-data; boundary=x")
        .send(body)
        .unwrap();
    let body = response.body_mut().read_to_vec().unwrap();
    Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body,
    }
}

fn untouched(_fields: &mut Vec<(String, String)>) {}

fn photo() -> Vec<u8> {
    let scene = sample_photos::render(sample_photos::Scene::Harbour, 320, 200, 3);
    sample_photos::encode_jpeg(&scene, 85, 6)
}

fn path_of(location: &str) -> String {
    let (_, path) = location.split_once("/forms/").unwrap();
    format!("/forms/{path}")
        .split('?')
        .next()
        .unwrap()
        .to_owned()
}

/// What was found about the attachment in a slot, as JSON.
fn verdict(id: &str, slot: u32) -> String {
    wait_for(&format!("attachment {slot} of {id}"), || {
        let row = row(stack(), id, &format!("FILE#{slot:02}"))?;
        Some(row["verdict"]["S"].as_str()?.to_owned())
    })
}

async fn object(key: &str) -> Option<Vec<u8>> {
    let bucket = stack().output("FormsBucketName").unwrap();
    let output = s3()
        .get_object()
        .bucket(bucket)
        .key(key)
        .send()
        .await
        .ok()?;
    Some(output.body.collect().await.unwrap().into_bytes().to_vec())
}

#[tokio::test]
async fn a_photo_is_delivered_without_its_metadata_once_the_visitor_has_finished() {
    let visitor = Visitor::new();
    let (id, next) = quote(&visitor, "with-photo");
    let page = visitor.get(&next);
    assert_eq!(page.status, 200);
    assert!(
        page.text().contains("You can add up to 3 files"),
        "{}",
        page.text()
    );
    let original = photo();
    assert!(original.windows(4).any(|bytes| bytes == b"Exif"));
    let sent = send(&page.text(), "image/jpeg", &original, untouched);
    assert_eq!(sent.status, 303, "{}", sent.text());
    let next = path_of(sent.header("location"));
    let page = visitor.get(&next).text();
    assert!(page.contains("1 of at most 3 files sent"), "{page}");
    assert_eq!(verdict(&id, 1), "\"clean\"");
    // Nothing goes out while files may still come.
    let waiting = delivery(stack(), &id, "email#team").unwrap();
    assert_eq!(waiting["state"]["S"], "pending");
    assert!(webhooks(stack(), &id).is_empty());

    let done = attribute(&page, "<form method=\"post\"", "action");
    assert_eq!(visitor.post(&done, &[]).status, 303);
    wait_for_delivery(stack(), &id, "email#team", "done");
    let mail = mails(stack(), "with-photo@example.com")
        .pop()
        .unwrap()
        .to_string();
    assert!(
        mail.contains("image/jpeg") && mail.contains("checked"),
        "{mail}"
    );

    assert_eq!(object(&format!("incoming/{id}/1")).await, None);
    let clean = object(&format!("clean/{id}/1")).await.unwrap();
    assert!(!clean.windows(4).any(|bytes| bytes == b"Exif"));
    // Turned as its metadata said: 320 × 200 with orientation 6 stands upright.
    let header = probe(&clean, &Limits::default()).unwrap();
    assert_eq!(
        (header.format, header.width, header.height),
        (InputFormat::Jpeg, 200, 320)
    );

    let owner = Owner::sign_in(stack());
    let read = owner.get(&format!("/forms/admin/submissions/{id}")).text();
    assert!(read.contains("Attachment 1"), "{read}");
    let link = owner.get(&format!("/forms/admin/submissions/{id}/files/1"));
    assert_eq!(link.status, 303);
    let mut file = ureq::get(link.header("location")).call().unwrap();
    assert!(
        file.headers()["content-disposition"]
            .to_str()
            .unwrap()
            .starts_with("attachment"),
        "{:?}",
        file.headers()
    );
    assert_eq!(file.body_mut().read_to_vec().unwrap(), clean);
}

#[tokio::test]
async fn a_file_that_is_not_what_it_says_is_removed_and_the_request_goes_on() {
    let visitor = Visitor::new();
    let (id, next) = quote(&visitor, "disguised");
    let page = visitor.get(&next).text();
    let sent = send(
        &page,
        "image/png",
        b"MZ\x90\0this program cannot be run in DOS mode",
        untouched,
    );
    assert_eq!(sent.status, 303);
    assert!(verdict(&id, 1).contains("refused"));
    assert_eq!(object(&format!("incoming/{id}/1")).await, None);
    assert_eq!(object(&format!("clean/{id}/1")).await, None);
    let page = visitor.get(&path_of(sent.header("location"))).text();
    let done = attribute(&page, "<form method=\"post\"", "action");
    visitor.post(&done, &[]);
    wait_for_delivery(stack(), &id, "webhook#crm", "done");
    let owner = Owner::sign_in(stack());
    let read = owner.get(&format!("/forms/admin/submissions/{id}")).text();
    assert!(read.contains("Attachment 1 was removed"), "{read}");
    assert_eq!(
        owner
            .get(&format!("/forms/admin/submissions/{id}/files/1"))
            .status,
        404
    );
}

#[tokio::test]
async fn the_signature_fixes_name_type_and_size() {
    let visitor = Visitor::new();
    let (id, next) = quote(&visitor, "tampered");
    let page = visitor.get(&next).text();
    let set = |name: &'static str, value: &str| {
        let value = value.to_owned();
        move |fields: &mut Vec<(String, String)>| {
            let field = fields.iter_mut().find(|(field, _)| field == name).unwrap();
            field.1.clone_from(&value);
        }
    };
    let other_key = send(
        &page,
        "image/png",
        b"x",
        set("key", &format!("clean/{id}/1")),
    );
    assert_eq!(other_key.status, 403, "{}", other_key.text());
    let other_type = send(&page, "image/png", b"x", set("Content-Type", "text/html"));
    assert_eq!(other_type.status, 403, "{}", other_type.text());
    let too_large = send(&page, "image/png", &vec![0; 10_485_761], untouched);
    assert_eq!(too_large.status, 400, "{}", too_large.text());
    assert!(
        too_large.text().contains("EntityTooLarge"),
        "{}",
        too_large.text()
    );
    assert_eq!(object(&format!("incoming/{id}/1")).await, None);
    assert_eq!(object(&format!("clean/{id}/1")).await, None);
}
