use form_definition::Form;
use maud::html;

use crate::shell::document;

/// The step for files: one form for each kind of file, because a signed upload fixes
/// the media type.
#[derive(Debug, Clone, Copy)]
pub struct FilesPage<'a> {
    /// Files that were sent.
    pub sent: u32,
    /// Most files.
    pub max: u32,
    /// What may be sent next; empty where no more is allowed.
    pub uploads: &'a [Upload<'a>],
    /// Largest file, in bytes.
    pub max_bytes: u64,
    /// Where the button at the end posts to.
    pub done_action: &'a str,
}

/// A signed upload.
#[derive(Debug, Clone, Copy)]
pub struct Upload<'a> {
    /// Media type, such as `image/png`.
    pub media_type: &'a str,
    /// The bucket's address.
    pub action: &'a str,
    /// What the signature needs, by name, in this order.
    pub fields: &'a [(String, String)],
}

/// The page for the next file.
#[must_use]
pub fn files(form: &Form, page: &FilesPage<'_>) -> String {
    let label = form
        .upload_field()
        .map_or("Files", |field| field.label.as_str());
    let megabytes = page.max_bytes / (1024 * 1024);
    let content = html! {
        h1 { (label) }
        p role="status" {
            "Your form has arrived. "
            @if page.sent == 0 { "You can add up to " (page.max) " files." }
            @else { (page.sent) " of at most " (page.max) " files sent." }
        }
        @if !page.uploads.is_empty() {
            p { "Each file may have up to " (megabytes) " MB." }
        }
        @for upload in page.uploads {
            @let name = kind(upload.media_type);
            form.upload method="post" action=(upload.action) enctype="multipart/form-data" {
                @for (field, value) in upload.fields { input type="hidden" name=(field) value=(value); }
                div.field {
                    label for={"file-" (name.1)} { "Add a " (name.0) }
                    input type="file" id={"file-" (name.1)} name="file" accept=(upload.media_type) required;
                }
                p.actions { button.secondary type="submit" { "Send this " (name.0) } }
            }
        }
        form method="post" action=(page.done_action) {
            p.actions { button type="submit" { @if page.sent == 0 { "Finish without files" } @else { "Finish" } } }
        }
    };
    document(&form.presentation.language, label, false, &content)
}

/// A kind of file in words, and as part of an id.
fn kind(media_type: &str) -> (&'static str, &'static str) {
    match media_type {
        "image/jpeg" => ("JPEG picture", "jpeg"),
        "image/png" => ("PNG picture", "png"),
        "image/webp" => ("WebP picture", "webp"),
        "image/gif" => ("GIF picture", "gif"),
        "application/pdf" => ("PDF document", "pdf"),
        "application/zip" => ("ZIP archive", "zip"),
        "text/csv" => ("CSV table", "csv"),
        "text/plain" => ("text file", "text"),
        _ => ("file", "file"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_comes_after_what_the_signature_needs() {
        let definition = "id = \"q\"\nversion = 1\ntitle = \"Q\"\n[schema.properties.files]\ntype = \"array\"\n\
             title = \"Photos\"\nx-upload = { accept = [\"image/png\"] }\n";
        let form = Form::parse("q.toml", definition).unwrap();
        let fields = [("key".to_owned(), "incoming/a/1".to_owned())];
        let html = files(
            &form,
            &FilesPage {
                sent: 1,
                max: 3,
                uploads: &[Upload {
                    media_type: "image/png",
                    action: "https://bucket.example",
                    fields: &fields,
                }],
                max_bytes: 10 << 20,
                done_action: "/done",
            },
        );
        let key = html.find("name=\"key\"").unwrap();
        assert!(key < html.find("name=\"file\"").unwrap());
        assert!(html.contains("1 of at most 3 files sent") && html.contains("up to 10 MB"));
    }
}
