//! The home page's HTML.

use anyhow::Result;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::photos::{self, Derivative, Manifest, Outcome, Photo};
use super::upload::MAX_UPLOAD_BYTES;
use super::{Site, architecture, placeholder};
use crate::forms::ADMIN_PASSWORD;

/// What a path segment of a URL must not have as it is.
const SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`');

/// Seconds until a page that waits for derivatives is loaded again.
const RELOAD_SECONDS: u32 = 2;

/// On-demand examples: their options, and in words.
const EXAMPLES: [(&str, &str); 5] = [
    ("w=480,f=webp", "480 pixels wide, WebP"),
    (
        "w=400,h=400,fit=cover,g=smart",
        "a square around the subject",
    ),
    ("w=480,f=auto", "the best format this browser takes"),
    ("w=480,blur=8", "blurred"),
    ("p=card,w=640", "the preset for cards"),
];

/// What the page says about the form that led to it.
#[derive(Debug)]
pub(crate) enum Notice {
    /// So many photos were stored.
    Received(usize),
    /// Why none was.
    Refused(String),
}

/// The home page.
pub(crate) fn home(site: &Site, notice: Option<&Notice>) -> Result<Markup> {
    let photos = photos::load(&site.media)?;
    let waiting = photos
        .iter()
        .any(|photo| matches!(photo.outcome, Outcome::Waiting));
    Ok(layout(
        "This machine",
        waiting.then_some(RELOAD_SECONDS),
        &html! {
            section.lede {
                h1 { "Your site, running on this machine" }
                p { "This page is about the machine: the site itself is " a href="/" { "the shop" }
                    ". Drop a photo and watch it become a responsive set." }
                (upload_form(notice))
            }
            section aria-labelledby="parts" {
                h2 #parts { "How it fits together" }
                (architecture::picture(site))
            }
            section aria-labelledby="forms" {
                h2 #forms { "Forms" }
                p { "Fill one in, and look where it went." }
                ul {
                    li { a href="/forms/contact" { "Contact" } ", "
                        a href="/forms/newsletter" { "newsletter" } " with double opt-in, "
                        a href="/forms/quote" { "request for a quote" } " with attachments" }
                    li { a href="/_local/mail" { "Mails that were sent" } }
                    li { a href="/_local/webhooks" { "Webhooks that came" } }
                    li { a href="/_local/database" { "Rows in PostgreSQL" } }
                }
            }
            section aria-labelledby="logs" {
                h2 #logs { "Logs" }
                p { "What you and others do here is added up within a minute." }
                ul {
                    li { a href="/forms/admin/reports" { "Reports of each hour and day" }
                        ", for the owner: the password is " code { (ADMIN_PASSWORD) } }
                }
            }
            section aria-labelledby="photos" {
                h2 #photos { "Photos" }
                @if photos.is_empty() { p { "None yet: drop one above." } }
                div.photos { @for photo in &photos { (photo_card(photo)) } }
            }
        },
    ))
}

/// A page that says what went wrong.
pub(crate) fn failure(reason: &str) -> Markup {
    layout(
        "Something failed",
        None,
        &html! {
            h1 { "Something failed" }
            p role="alert" { "The page could not " (reason) "." }
            p { a href="/_local/" { "Try again" } }
        },
    )
}

/// The frame of every page. `reload` is after how many seconds it loads again: from an address
/// without a fragment, for one with it is only scrolled to.
pub(crate) fn layout(title: &str, reload: Option<u32>, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                @if let Some(seconds) = reload {
                    meta http-equiv="refresh" content=(format!("{seconds};url=/_local/"));
                }
                title { (title) " · Sidetier" }
                link rel="stylesheet" href="/_local/style.css";
                link rel="icon" href="data:,";
                script src="/_local/drop.js" defer {}
            }
            body {
                a.skip href="#content" { "Skip to the content" }
                header { nav aria-label="Main" {
                    a.brand href="/_local/" { "Sidetier" }
                    a href="/" { "The shop" }
                    a href="/editor" { "Its editor" }
                    a href="/_local/#parts" { "Architecture" }
                    a href="/_local/#photos" { "Photos" }
                    a href="/_local/objects" { "Bucket" }
                } }
                main #content { (content) }
                footer { p { "Everything here is on 127.0.0.1 and ends with Ctrl-C in the terminal." } }
            }
        }
    }
}

fn upload_form(notice: Option<&Notice>) -> Markup {
    html! {
        form.drop action="/_local/upload" method="post" enctype="multipart/form-data" {
            label for="photo" { "Photos: JPEG, PNG, WebP, GIF or TIFF, up to "
                (MAX_UPLOAD_BYTES / (1024 * 1024)) " MiB each" }
            div.row {
                input #photo type="file" name="photo" accept="image/*" multiple required
                    aria-describedby="notice";
                button type="submit" { "Upload" }
            }
            p #notice role="status" {
                @match notice {
                    Some(Notice::Received(1)) => { "One photo arrived." }
                    Some(Notice::Received(count)) => { (count) " photos arrived." }
                    Some(Notice::Refused(reason)) => { strong.refused { (reason) } }
                    None => {}
                }
            }
        }
    }
}

fn photo_card(photo: &Photo) -> Markup {
    html! {
        article.photo data-key=(photo.key) {
            @match &photo.outcome {
                Outcome::Waiting => {
                    div.frame.waiting { p { "Being derived …" } }
                    h3 { (photo.key) }
                    p { "Uploaded, " (size(photo.bytes)) ". This page looks again every "
                        (RELOAD_SECONDS) " seconds." }
                }
                Outcome::Late => {
                    div.frame.refused { p { "Not derived" } }
                    h3 { (photo.key) }
                    p { "Uploaded, " (size(photo.bytes)) ", but nothing was made of it; see the "
                        a href="/_local/logs/image-derive" { "log of image-derive" } "." }
                }
                Outcome::Rejected(rejection) => {
                    div.frame.refused { p { "Refused" } }
                    h3 { (photo.key) }
                    p { "Not accepted: " (rejection.reason) }
                }
                Outcome::Derived(manifest) => { (derived(photo, manifest)) }
            }
        }
    }
}

fn derived(photo: &Photo, manifest: &Manifest) -> Markup {
    let source = &manifest.source;
    let total: u64 = manifest
        .derivatives
        .iter()
        .map(|derivative| derivative.bytes)
        .sum();
    html! {
        div.frame style=(background(manifest)) { (picture(photo, manifest)) }
        h3 { (photo.key) }
        p { (source.width) " × " (source.height) " " (source.format.to_uppercase()) ", "
            (size(photo.bytes)) " → " (manifest.derivatives.len()) " derivatives, " (size(total)) }
        details {
            summary { "Derivatives of " (photo.key) }
            (derivatives(&manifest.derivatives))
        }
        details {
            summary { "Other sizes on demand" }
            ul { @for (options, words) in EXAMPLES {
                @let path = format!("/img/{options}/{}", utf8_percent_encode(&photo.key, SEGMENT));
                li { a href=(path) { (words) } " " code { (options) } }
            } }
        }
    }
}

/// image-derive's own markup, with words for those who cannot see the picture.
fn picture(photo: &Photo, manifest: &Manifest) -> Markup {
    let preset = manifest
        .presets
        .get("card")
        .or_else(|| manifest.presets.values().next());
    let Some(preset) = preset else {
        return html! { p { "No preset has markup for this photo." } };
    };
    let alt = html! { "Photo " (photo.key) }
        .into_string()
        .replace('"', "&quot;");
    PreEscaped(
        preset
            .picture
            .replacen("alt=\"\"", &format!("alt=\"{alt}\""), 1),
    )
}

/// The placeholder that shows until the picture has loaded.
fn background(manifest: &Manifest) -> String {
    let hex = manifest
        .dominant_colour
        .strip_prefix('#')
        .unwrap_or_default();
    let colour = if hex.len() == 6 && hex.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        manifest.dominant_colour.as_str()
    } else {
        "#888888"
    };
    match placeholder::data_url(&manifest.thumbhash) {
        Some(url) => format!("background:{colour} url({url}) center/cover"),
        None => format!("background:{colour}"),
    }
}

fn derivatives(derivatives: &[Derivative]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Derivatives" {
            table {
                thead { tr {
                    th scope="col" { "Preset" }
                    th scope="col" { "Size" }
                    th scope="col" { "Format" }
                    th.number scope="col" { "Bytes" }
                } }
                tbody { @for derivative in derivatives { tr {
                    td { (derivative.preset) }
                    td { a href=(derivative.url) { (derivative.width) " × " (derivative.height) } }
                    td { (derivative.format) }
                    td.number { (derivative.bytes) }
                } } }
            }
        }
    }
}

/// A size in the unit a person would choose.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", (bytes + 500) / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_for_people() {
        assert_eq!(size(999), "999 B");
        assert_eq!(size(1_499), "1 kB");
        assert_eq!(size(12_345_678), "12.3 MB");
    }

    #[test]
    fn names_cannot_become_markup() {
        let key = "<script>\"&.jpg".to_owned();
        let photo = Photo {
            key,
            bytes: 1,
            outcome: Outcome::Waiting,
        };
        let text = photo_card(&photo).into_string();
        assert!(!text.contains("<script>"), "{text}");
        assert!(text.contains("&lt;script&gt;&quot;&amp;.jpg"), "{text}");
    }

    #[test]
    fn a_colour_that_is_none_is_not_put_into_css() {
        let manifest: Manifest = serde_json::from_str(
            r##"{"source":{"width":1,"height":1},"dominant_colour":"#12;x:y"}"##,
        )
        .unwrap();
        assert_eq!(background(&manifest), "background:#888888");
    }
}
