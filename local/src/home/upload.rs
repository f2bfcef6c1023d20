//! Uploads from the home page's form.

use axum::extract::Multipart;
use axum::extract::multipart::Field;

use super::Site;
use crate::media::ORIGINALS;

/// Largest file the form takes: what image-derive takes, too.
pub(crate) const MAX_UPLOAD_BYTES: u64 = 100 * 1024 * 1024;

/// Largest form: what does not fit is not even read.
pub(crate) const MAX_FORM_BYTES: u64 = 1024 * 1024 * 1024;

/// Files of one form.
const MAX_FILES: usize = 20;

/// Longest file name in bytes; S3 allows 1,024 for the whole key.
const MAX_NAME_BYTES: usize = 200;

/// Why a form is refused, in words for the person who sent it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal(pub(crate) String);

/// Stores every file of the form under `originals/` and returns their keys.
pub(crate) async fn store(site: &Site, mut form: Multipart) -> Result<Vec<String>, Refusal> {
    let result = store_fields(site, &mut form).await;
    if result.is_err() {
        // A browser shows an answer only when it could send all of its form.
        while let Ok(Some(_)) = form.next_field().await {}
    }
    result
}

async fn store_fields(site: &Site, form: &mut Multipart) -> Result<Vec<String>, Refusal> {
    let mut keys = Vec::new();
    while let Some(field) = form
        .next_field()
        .await
        .map_err(|error| unreadable(&error))?
    {
        if field.name() != Some("photo") {
            continue;
        }
        let name = field.file_name().unwrap_or_default().to_owned();
        if name.is_empty() {
            // A form sent without choosing a file has one empty field.
            continue;
        }
        if keys.len() == MAX_FILES {
            return Err(Refusal(format!(
                "At most {MAX_FILES} photos can be sent at once."
            )));
        }
        let key = key_of(&name)?;
        let content_type = field
            .content_type()
            .unwrap_or("application/octet-stream")
            .to_owned();
        let bytes = read(field, &name).await?;
        put(site, key.clone(), content_type, bytes).await?;
        keys.push(key);
    }
    if keys.is_empty() {
        return Err(Refusal("Choose at least one photo first.".to_owned()));
    }
    Ok(keys)
}

async fn read(mut field: Field<'_>, name: &str) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|error| unreadable(&error))? {
        if bytes.len() as u64 + chunk.len() as u64 > MAX_UPLOAD_BYTES {
            let megabytes = MAX_UPLOAD_BYTES / (1024 * 1024);
            return Err(Refusal(format!("“{name}” is larger than {megabytes} MiB.")));
        }
        bytes.extend_from_slice(&chunk);
    }
    if bytes.is_empty() {
        return Err(Refusal(format!("“{name}” is empty.")));
    }
    Ok(bytes)
}

async fn put(
    site: &Site,
    key: String,
    content_type: String,
    bytes: Vec<u8>,
) -> Result<(), Refusal> {
    let media = site.media.clone();
    let stored = tokio::task::spawn_blocking(move || {
        media.put(&format!("{ORIGINALS}{key}"), &content_type, &bytes)
    });
    match stored.await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(Refusal(format!(
            "The photo could not be stored: {error:#}."
        ))),
        Err(_) => Err(Refusal("The photo could not be stored.".to_owned())),
    }
}

fn unreadable(error: &axum::extract::multipart::MultipartError) -> Refusal {
    Refusal(format!(
        "The form could not be read: {}.",
        error.body_text()
    ))
}

/// The key of a file: its name without directories, as some browsers send them.
fn key_of(name: &str) -> Result<String, Refusal> {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    if base.is_empty() || base == "." || base == ".." || base.chars().any(char::is_control) {
        return Err(Refusal(
            "A file has a name that cannot be used; rename it first.".to_owned(),
        ));
    }
    if base.len() > MAX_NAME_BYTES {
        return Err(Refusal(format!(
            "A file name is longer than {MAX_NAME_BYTES} bytes; shorten it first."
        )));
    }
    Ok(base.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_are_cut_off() {
        assert_eq!(key_of("C:\\photos\\a b é.jpg").unwrap(), "a b é.jpg");
        assert_eq!(key_of("../../etc/x.png").unwrap(), "x.png");
    }

    #[test]
    fn unusable_names_are_refused() {
        for name in ["..", ".", "a/", " ", "a\nb.jpg"] {
            assert!(key_of(name).is_err(), "{name:?}");
        }
        assert!(
            key_of(&"x".repeat(201))
                .unwrap_err()
                .0
                .contains("200 bytes")
        );
    }
}
