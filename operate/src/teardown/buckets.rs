//! Emptying buckets.

use anyhow::{Context, Result, anyhow, bail};
use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata};
use aws_sdk_s3::operation::list_object_versions::ListObjectVersionsOutput;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};

use crate::{Aws, Console};

/// Empties a bucket: every version of every object, and every delete marker. One that is not
/// there is empty.
pub(super) async fn empty(aws: &Aws, bucket: &str, console: Console) -> Result<()> {
    let s3 = aws.s3();
    let what = || format!("empty {bucket}");
    let mut deleted = 0_usize;
    loop {
        // Always the first page: what was on it is gone by then.
        let page = s3.list_object_versions().bucket(bucket).send().await;
        let page = match page {
            Ok(page) => page,
            Err(error) if error.code() == Some("NoSuchBucket") => return Ok(()),
            Err(error) => {
                return Err(anyhow!("{}", DisplayErrorContext(&error))).with_context(what);
            }
        };
        let objects = identifiers(&page).with_context(what)?;
        if objects.is_empty() {
            break;
        }
        let number = objects.len();
        let delete = Delete::builder()
            .set_objects(Some(objects))
            .quiet(true)
            .build();
        let delete = delete.with_context(what)?;
        let answer = s3
            .delete_objects()
            .bucket(bucket)
            .delete(delete)
            .send()
            .await;
        let answer = answer.map_err(|error| anyhow!("{}", DisplayErrorContext(&error)));
        let answer = answer.with_context(what)?;
        if let Some(error) = answer.errors().first() {
            let (key, reason) = (error.key(), error.message());
            let (key, reason) = (key.unwrap_or_default(), reason.unwrap_or_default());
            bail!("empty {bucket}: {key} stays: {reason}");
        }
        deleted += number;
        console.line(&format!(
            "  {bucket}: {deleted} objects and versions deleted"
        ));
    }
    Ok(())
}

fn identifiers(page: &ListObjectVersionsOutput) -> Result<Vec<ObjectIdentifier>> {
    let versions = page
        .versions()
        .iter()
        .map(|version| (version.key(), version.version_id()));
    let markers = page.delete_markers().iter();
    let markers = markers.map(|marker| (marker.key(), marker.version_id()));
    let identifier = |(key, version): (Option<&str>, Option<&str>)| {
        let identifier = ObjectIdentifier::builder()
            .key(key.unwrap_or_default())
            .set_version_id(version.map(str::to_owned));
        identifier.build().context("name an object")
    };
    versions.chain(markers).map(identifier).collect()
}
