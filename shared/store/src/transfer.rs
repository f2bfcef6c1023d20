use std::path::Path;

use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use lambda_kit::{BoxFuture, ErrorClass};

use crate::bucket::{is_missing, unquoted};
use crate::{Bucket, NewObject, StoreError};

/// An object of any size, of which the content has not been read yet.
#[derive(Debug)]
pub struct OpenObject {
    /// S3's entity tag, without quotes.
    pub etag: String,
    /// When it was written, in milliseconds since 1970, to the second.
    pub modified_ms: i64,
    body: ByteStream,
}

impl OpenObject {
    /// The next piece of the content; `None` at its end.
    ///
    /// # Errors
    /// When the connection broke off, which a later try may not see.
    pub async fn next(&mut self, key: &str) -> Result<Option<Bytes>, StoreError> {
        self.body
            .try_next()
            .await
            .map_err(|source| StoreError::Call {
                action: "read the object",
                name: key.to_owned(),
                class: ErrorClass::Transient,
                source: source.into(),
            })
    }
}

/// What a listing says of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedObject {
    /// Its name.
    pub key: String,
    /// S3's entity tag, without quotes.
    pub etag: String,
    /// Its size in bytes.
    pub size: u64,
}

/// Under which condition an object is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition<'a> {
    /// There is none of its name.
    IsMissing,
    /// The one of its name has this entity tag.
    Is(&'a str),
}

impl Bucket {
    /// Opens an object; `None` where there is none.
    ///
    /// # Errors
    /// A failed call.
    pub fn open<'a>(
        &'a self,
        key: &'a str,
    ) -> BoxFuture<'a, Result<Option<OpenObject>, StoreError>> {
        Box::pin(async move {
            let request = self.client.get_object().bucket(&self.name).key(key);
            match request.send().await {
                Ok(output) => Ok(Some(OpenObject {
                    etag: unquoted(output.e_tag()),
                    modified_ms: output
                        .last_modified()
                        .and_then(|time| time.to_millis().ok())
                        .unwrap_or(0),
                    body: output.body,
                })),
                Err(error) if is_missing(&error) => Ok(None),
                Err(error) => Err(StoreError::call("get the object", key, error)),
            }
        })
    }

    /// Writes an object if a condition holds, and returns its entity tag, without quotes.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the condition does not hold, or a failed call.
    pub fn put_if<'a>(
        &'a self,
        object: NewObject<'a>,
        condition: Condition<'a>,
    ) -> BoxFuture<'a, Result<String, StoreError>> {
        Box::pin(async move {
            let key = object.key;
            let request = self.put_request(object);
            let request = match condition {
                Condition::IsMissing => request.if_none_match("*"),
                Condition::Is(etag) => request.if_match(format!("\"{etag}\"")),
            };
            match request.send().await {
                Ok(output) => Ok(unquoted(output.e_tag())),
                Err(error)
                    if matches!(
                        error.code(),
                        Some("PreconditionFailed" | "ConditionalRequestConflict")
                    ) =>
                {
                    Err(StoreError::Conflict {
                        key: key.to_owned(),
                    })
                }
                Err(error) => Err(StoreError::call("put the object", key, error)),
            }
        })
    }

    /// Writes a file's content as an object.
    ///
    /// # Errors
    /// A file that cannot be read, or a failed call.
    pub fn put_file<'a>(
        &'a self,
        key: &'a str,
        path: &'a Path,
        content_type: &'a str,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let body = ByteStream::from_path(path)
                .await
                .map_err(|source| StoreError::Call {
                    action: "read the file for",
                    name: key.to_owned(),
                    class: ErrorClass::Transient,
                    source: source.into(),
                })?;
            let request = self.client.put_object().bucket(&self.name).key(key);
            request
                .content_type(content_type)
                .body(body)
                .send()
                .await
                .map_err(|error| StoreError::call("put the object", key, error))?;
            Ok(())
        })
    }

    /// The first objects with a prefix, in the order of their names' bytes: those after the
    /// name `after`, at most 1,000.
    ///
    /// # Errors
    /// A failed call.
    pub fn list_page<'a>(
        &'a self,
        prefix: &'a str,
        after: &'a str,
        most: i32,
    ) -> BoxFuture<'a, Result<Vec<ListedObject>, StoreError>> {
        Box::pin(async move {
            let request = self
                .client
                .list_objects_v2()
                .bucket(&self.name)
                .prefix(prefix)
                .set_start_after((!after.is_empty()).then(|| after.to_owned()))
                .max_keys(most);
            let page = request
                .send()
                .await
                .map_err(|error| StoreError::call("list the objects", prefix, error))?;
            let objects = page.contents().iter();
            Ok(objects
                .filter_map(|object| {
                    Some(ListedObject {
                        key: object.key()?.to_owned(),
                        etag: unquoted(object.e_tag()),
                        size: u64::try_from(object.size().unwrap_or(0)).unwrap_or(0),
                    })
                })
                .collect())
        })
    }
}
