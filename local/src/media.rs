//! The media bucket: uploads, and the manifests of their derivatives.

use std::io::Read;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rusty_s3::actions::{ListObjectsV2, ListObjectsV2Response};
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};
use url::Url;

use crate::aws::{ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY};

/// Where uploads go.
pub(crate) const ORIGINALS: &str = "originals/";
/// Where manifests are: `derived/manifests/{key of the upload}.json`.
pub(crate) const MANIFESTS: &str = "derived/manifests/";
/// Where reasons are: `rejected/{key of the upload}.json`.
pub(crate) const REJECTED: &str = "rejected/";

/// How long a presigned URL is good for.
const SIGNED_FOR: Duration = Duration::from_secs(60);

/// Largest object that is read.
const MAX_OBJECT_BYTES: u64 = 16 * 1024 * 1024;

/// One object of a listing.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    pub(crate) key: String,
    pub(crate) bytes: u64,
    /// RFC 3339, so that the order of texts is the order of times.
    pub(crate) modified: String,
}

/// A bucket at an endpoint.
#[derive(Debug, Clone)]
pub(crate) struct Media {
    bucket: Bucket,
    credentials: Credentials,
}

impl Media {
    pub(crate) fn new(endpoint: &str, bucket: &str) -> Result<Self> {
        let endpoint = Url::parse(endpoint).context("read the address of S3")?;
        let bucket = Bucket::new(endpoint, UrlStyle::Path, bucket.to_owned(), REGION)
            .context("address the media bucket")?;
        Ok(Self {
            bucket,
            credentials: Credentials::new(ACCESS_KEY_ID, SECRET_ACCESS_KEY),
        })
    }

    pub(crate) fn name(&self) -> &str {
        self.bucket.name()
    }

    /// Stores an object.
    pub(crate) fn put(&self, key: &str, content_type: &str, bytes: &[u8]) -> Result<()> {
        let url = self
            .bucket
            .put_object(Some(&self.credentials), key)
            .sign(SIGNED_FOR);
        ureq::put(url.as_str())
            .header("content-type", content_type)
            .send(bytes)
            .with_context(|| format!("store {key} in the media bucket"))?;
        Ok(())
    }

    /// Reads an object; `None` when there is none of this key.
    pub(crate) fn get(&self, key: &str) -> Result<Option<Vec<u8>>> {
        let url = self
            .bucket
            .get_object(Some(&self.credentials), key)
            .sign(SIGNED_FOR);
        let mut answer = match ureq::get(url.as_str()).call() {
            Ok(answer) => answer,
            Err(ureq::Error::StatusCode(404)) => return Ok(None),
            Err(error) => bail!("read {key} from the media bucket: {error}"),
        };
        let mut bytes = Vec::new();
        let mut body = answer.body_mut().as_reader().take(MAX_OBJECT_BYTES);
        body.read_to_end(&mut bytes)
            .with_context(|| format!("read {key}"))?;
        Ok(Some(bytes))
    }

    /// Objects whose key begins with `prefix`, in order of their keys; the first
    /// thousand, more than a page can show.
    pub(crate) fn list(&self, prefix: &str) -> Result<Vec<Object>> {
        let mut action = ListObjectsV2::new(&self.bucket, Some(&self.credentials));
        action.with_prefix(prefix);
        let url = action.sign(SIGNED_FOR);
        let body = ureq::get(url.as_str())
            .call()
            .and_then(|mut answer| answer.body_mut().read_to_string())
            .with_context(|| format!("list {prefix} in the media bucket"))?;
        let listing: ListObjectsV2Response = ListObjectsV2::parse_response(&body)
            .with_context(|| format!("read the list of {prefix}"))?;
        let object = |content: rusty_s3::actions::list_objects_v2::ListObjectsContent| Object {
            key: content.key,
            bytes: content.size.unwrap_or_default(),
            modified: content.last_modified.unwrap_or_default(),
        };
        Ok(listing.contents.into_iter().map(object).collect())
    }
}
