//! A form with a photo in it.

use std::collections::BTreeMap;

use axum::extract::Multipart;
use axum::extract::multipart::MultipartError;
use sha2::{Digest, Sha256};

use super::MAX_FORM_BYTES;
use crate::{App, SiteError};

/// Largest photo, in bytes.
const MAX_PHOTO_BYTES: usize = 20 * 1024 * 1024;
/// Longest value of a field, in bytes.
const MAX_VALUE_BYTES: usize = 512 * 1024;
/// Fields of one form.
const MAX_FIELDS: usize = 32;

/// What was sent.
#[derive(Default)]
pub(super) struct Posted {
    values: BTreeMap<String, String>,
    pub(super) photo: Option<Photo>,
}

/// A photo that was sent along.
pub(super) struct Photo {
    pub(super) bytes: Vec<u8>,
    kind: PhotoKind,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct PhotoKind {
    media_type: &'static str,
    extension: &'static str,
}

impl Posted {
    pub(super) async fn read(mut form: Multipart) -> Result<Self, SiteError> {
        let mut posted = Self::default();
        while let Some(field) = form.next_field().await.map_err(refused)? {
            let Some(name) = field.name().map(str::to_owned) else {
                continue;
            };
            let is_file = field.file_name().is_some();
            let bytes = field.bytes().await.map_err(refused)?;
            if is_file {
                // A browser sends an empty file when none was chosen.
                if !bytes.is_empty() {
                    posted.photo = Some(Photo::of(bytes.to_vec())?);
                }
                continue;
            }
            if bytes.len() > MAX_VALUE_BYTES || posted.values.len() >= MAX_FIELDS {
                return Err(SiteError::Form {
                    reason: format!("“{name}” is too long"),
                });
            }
            let text = String::from_utf8(bytes.to_vec()).map_err(|_| SiteError::Form {
                reason: format!("“{name}” is not UTF-8"),
            })?;
            // Browsers send line ends as CR LF.
            posted
                .values
                .insert(name, text.replace("\r\n", "\n").replace('\0', ""));
        }
        Ok(posted)
    }

    /// A value without blanks around it; empty where it was not sent.
    pub(super) fn value(&self, name: &str) -> &str {
        self.values.get(name).map_or("", |value| value.trim())
    }

    pub(super) fn is_set(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    pub(super) fn number(&self, name: &str) -> Option<i32> {
        self.value(name).parse().ok()
    }
}

impl Photo {
    fn of(bytes: Vec<u8>) -> Result<Self, SiteError> {
        if bytes.len() > MAX_PHOTO_BYTES {
            return Err(SiteError::TooLarge { limit_mib: 20 });
        }
        let kind = kind(&bytes).ok_or_else(|| SiteError::Form {
            reason: "the photo is none: JPEG, PNG, WebP, GIF and TIFF are allowed".to_owned(),
        })?;
        Ok(Self { bytes, kind })
    }

    /// Stores it, and tells its key. The key carries a hash: another photo is another key.
    pub(super) async fn store(self, app: &App, slug: &str) -> Result<String, SiteError> {
        let digest = Sha256::digest(&self.bytes);
        let hash: String = digest
            .iter()
            .take(6)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let key = format!("articles/{slug}-{hash}.{}", self.kind.extension);
        app.store_photo(&key, self.kind.media_type, self.bytes)
            .await?;
        Ok(key)
    }
}

/// What a file is, by its first bytes; image-derive looks closer.
fn kind(bytes: &[u8]) -> Option<PhotoKind> {
    let kind = |media_type, extension| PhotoKind {
        media_type,
        extension,
    };
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Some(kind("image/jpeg", "jpg")),
        [0x89, b'P', b'N', b'G', ..] => Some(kind("image/png", "png")),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some(kind("image/webp", "webp")),
        [b'G', b'I', b'F', b'8', ..] => Some(kind("image/gif", "gif")),
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => Some(kind("image/tiff", "tif")),
        _ => None,
    }
}

fn refused(error: MultipartError) -> SiteError {
    if error.status() == http::StatusCode::PAYLOAD_TOO_LARGE {
        return SiteError::TooLarge {
            limit_mib: (MAX_FORM_BYTES / (1024 * 1024)) as u64,
        };
    }
    SiteError::Form {
        reason: "it is cut off, or no multipart form".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_what_their_bytes_say() {
        assert_eq!(kind(&[0xff, 0xd8, 0xff, 0xe0]).unwrap().extension, "jpg");
        assert_eq!(
            kind(b"RIFF\0\0\0\0WEBPVP8 ").unwrap().media_type,
            "image/webp"
        );
        assert!(kind(b"<?php echo 1; ?>").is_none());
        assert!(kind(b"<svg onload=alert(1)>").is_none());
    }
}
