use std::collections::HashMap;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use bytes::{Bytes, BytesMut};
use lambda_kit::BoxFuture;

use crate::StoreError;

/// Objects that one `DeleteObjects` call may name.
const DELETE_PAGE: usize = 1000;

/// An object read whole.
#[derive(Debug, Clone)]
pub struct StoredObject {
    /// Its content.
    pub bytes: Bytes,
    /// S3's entity tag, without quotes.
    pub etag: String,
    /// Its media type.
    pub content_type: Option<String>,
    /// The owner's metadata (`x-amz-meta-…`).
    pub metadata: HashMap<String, String>,
}

/// An object to write.
#[derive(Debug, Clone)]
pub struct NewObject<'a> {
    /// Its name.
    pub key: &'a str,
    /// Its content.
    pub bytes: Bytes,
    /// Its media type.
    pub content_type: &'a str,
    /// What browsers and CloudFront may keep, and for how long.
    pub cache_control: &'a str,
    /// Metadata of ours: names and values.
    pub metadata: &'a [(&'a str, &'a str)],
}

impl<'a> NewObject<'a> {
    /// A document of ours, which no cache may keep.
    #[must_use]
    pub fn private(key: &'a str, bytes: impl Into<Bytes>, content_type: &'a str) -> Self {
        Self {
            key,
            bytes: bytes.into(),
            content_type,
            cache_control: "no-store",
            metadata: &[],
        }
    }
}

/// A bucket.
#[derive(Debug, Clone)]
pub struct Bucket {
    pub(crate) client: Client,
    pub(crate) name: String,
}

impl Bucket {
    /// The bucket `name`.
    #[must_use]
    pub const fn new(client: Client, name: String) -> Self {
        Self { client, name }
    }

    /// The bucket's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Reads an object of at most `allowed` bytes; `None` where there is none.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] before the body is read where the size is told, or a failed call.
    pub fn get<'a>(
        &'a self,
        key: &'a str,
        allowed: u64,
    ) -> BoxFuture<'a, Result<Option<StoredObject>, StoreError>> {
        Box::pin(async move {
            let request = self.client.get_object().bucket(&self.name).key(key);
            let output = match request.send().await {
                Ok(output) => output,
                Err(error) if is_missing(&error) => return Ok(None),
                Err(error) => return Err(StoreError::call("get the object", key, error)),
            };
            let too_large = |bytes| StoreError::TooLarge {
                key: key.to_owned(),
                bytes,
                allowed,
            };
            let told = u64::try_from(output.content_length().unwrap_or(0)).unwrap_or(0);
            if told > allowed {
                return Err(too_large(told));
            }
            let etag = unquoted(output.e_tag());
            let content_type = output.content_type().map(str::to_owned);
            let metadata = output.metadata().cloned().unwrap_or_default();
            let bytes =
                read_capped(output.body, told, allowed)
                    .await
                    .map_err(|fault| match fault {
                        ReadFault::TooLarge(bytes) => too_large(bytes),
                        ReadFault::Broken(source) => StoreError::Call {
                            action: "read the object",
                            name: key.to_owned(),
                            class: lambda_kit::ErrorClass::Transient,
                            source: source.into(),
                        },
                    })?;
            Ok(Some(StoredObject {
                bytes,
                etag,
                content_type,
                metadata,
            }))
        })
    }

    /// The entity tag of an object, without quotes; `None` where there is none.
    ///
    /// # Errors
    /// A failed call.
    pub fn etag<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<String>, StoreError>> {
        Box::pin(async move {
            match self
                .client
                .head_object()
                .bucket(&self.name)
                .key(key)
                .send()
                .await
            {
                Ok(output) => Ok(Some(unquoted(output.e_tag()))),
                Err(error) if is_missing(&error) => Ok(None),
                Err(error) => Err(StoreError::call("look for the object", key, error)),
            }
        })
    }

    /// Writes an object and returns its entity tag, without quotes.
    ///
    /// # Errors
    /// A failed call.
    pub fn put<'a>(&'a self, object: NewObject<'a>) -> BoxFuture<'a, Result<String, StoreError>> {
        Box::pin(async move {
            let key = object.key;
            let output = self
                .put_request(object)
                .send()
                .await
                .map_err(|error| StoreError::call("put the object", key, error))?;
            Ok(unquoted(output.e_tag()))
        })
    }

    pub(crate) fn put_request(&self, object: NewObject<'_>) -> PutObjectFluentBuilder {
        let mut request = self
            .client
            .put_object()
            .bucket(&self.name)
            .key(object.key)
            .content_type(object.content_type)
            .cache_control(object.cache_control)
            .body(ByteStream::from(object.bytes));
        for (name, value) in object.metadata {
            request = request.metadata(*name, *value);
        }
        request
    }

    /// The names of all objects with a prefix.
    ///
    /// # Errors
    /// A failed call.
    pub fn list<'a>(&'a self, prefix: &'a str) -> BoxFuture<'a, Result<Vec<String>, StoreError>> {
        Box::pin(async move {
            let request = self
                .client
                .list_objects_v2()
                .bucket(&self.name)
                .prefix(prefix);
            let mut pages = request.into_paginator().send();
            let mut keys = Vec::new();
            while let Some(page) = pages.next().await {
                let page =
                    page.map_err(|error| StoreError::call("list the objects", prefix, error))?;
                keys.extend(
                    page.contents()
                        .iter()
                        .filter_map(|object| object.key().map(str::to_owned)),
                );
            }
            Ok(keys)
        })
    }

    /// Deletes objects. Those that are not there count as deleted.
    ///
    /// # Errors
    /// A failed call, or an object that S3 would not delete.
    pub fn delete<'a>(&'a self, keys: &'a [String]) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            for page in keys.chunks(DELETE_PAGE) {
                self.delete_page(page).await?;
            }
            Ok(())
        })
    }

    async fn delete_page(&self, keys: &[String]) -> Result<(), StoreError> {
        let name = keys.first().map_or("", String::as_str);
        let failed = |source: Box<dyn std::error::Error + Send + Sync>| StoreError::Call {
            action: "delete the objects from",
            name: name.to_owned(),
            class: lambda_kit::ErrorClass::Transient,
            source,
        };
        let mut delete = Delete::builder().quiet(true);
        for key in keys {
            let object = ObjectIdentifier::builder().key(key).build();
            delete = delete.objects(object.map_err(|error| failed(error.into()))?);
        }
        let delete = delete.build().map_err(|error| failed(error.into()))?;
        let request = self
            .client
            .delete_objects()
            .bucket(&self.name)
            .delete(delete);
        let output = request
            .send()
            .await
            .map_err(|error| StoreError::call("delete the objects from", name, error))?;
        match output.errors().first() {
            None => Ok(()),
            Some(refused) => Err(failed(
                refused.message().unwrap_or("S3 gave no reason").into(),
            )),
        }
    }
}

enum ReadFault {
    TooLarge(u64),
    Broken(aws_sdk_s3::primitives::ByteStreamError),
}

/// Reads a body, whatever its header promised.
async fn read_capped(mut body: ByteStream, told: u64, allowed: u64) -> Result<Bytes, ReadFault> {
    let mut bytes = BytesMut::with_capacity(usize::try_from(told).unwrap_or(0));
    while let Some(chunk) = body.next().await {
        bytes.extend_from_slice(&chunk.map_err(ReadFault::Broken)?);
        let read = bytes.len() as u64;
        if read > allowed {
            return Err(ReadFault::TooLarge(read));
        }
    }
    Ok(bytes.freeze())
}

/// GET says `NoSuchKey`; HEAD has no body and is only a 404.
pub(crate) fn is_missing<E: ProvideErrorMetadata>(
    error: &SdkError<E, aws_sdk_s3::config::http::HttpResponse>,
) -> bool {
    let status = error
        .raw_response()
        .map(|response| response.status().as_u16());
    error.code() != Some("NoSuchBucket") && status == Some(404)
}

pub(crate) fn unquoted(etag: Option<&str>) -> String {
    etag.unwrap_or_default().trim_matches('"').to_owned()
}
