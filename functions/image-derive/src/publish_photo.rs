//! Makes a new state of a photo the one that everybody sees.
//!
//! The row in the media table is the truth, ordered by S3's sequencer. The JSON
//! manifest, the on-demand answers and the old derivatives follow from it, and
//! are set right by whoever wrote the row last.

use std::time::SystemTime;

use image_request::SourceKey;
use image_set::{Manifest, layout};
use media_store::PhotoRow;
use object_event::Sequencer;
use store::NewObject;

use crate::{Deps, DeriveError};

/// Manifests change with the photo: a page asks again after a minute.
const MANIFEST_CACHE: &str = "public, max-age=60";

/// A new state of a photo.
pub(crate) struct Uploaded {
    pub(crate) sequencer: Sequencer,
    pub(crate) manifest: Manifest,
}

/// Publishes `uploaded` unless a later event was faster; says which it was.
pub(crate) async fn publish(
    key: &SourceKey,
    uploaded: Uploaded,
    deps: &Deps,
) -> Result<&'static str, DeriveError> {
    let before = deps.table.photo(key.as_str()).await?;
    let manifest =
        serde_json::to_string(&uploaded.manifest).map_err(|source| DeriveError::Manifest {
            key: key.as_str().to_owned(),
            source,
        })?;
    let previous = before.and_then(|row| match row {
        // A second run of the same event keeps what the first one kept.
        PhotoRow {
            sequencer,
            previous,
            ..
        } if sequencer == uploaded.sequencer => previous,
        PhotoRow {
            sequencer,
            manifest: Some(_),
            ..
        } => Some(sequencer),
        PhotoRow { manifest: None, .. } => None,
    });
    let row = PhotoRow {
        sequencer: uploaded.sequencer,
        manifest: Some(manifest),
        previous,
    };
    let written = deps
        .table
        .put_photo(key.as_str(), &row, SystemTime::now())
        .await?;
    settle(key, deps).await?;
    Ok(if written { "derived" } else { "superseded" })
}

/// Publishes the deletion of a photo unless a later event was faster; says which it was.
pub(crate) async fn publish_removal(
    key: &SourceKey,
    sequencer: Sequencer,
    deps: &Deps,
) -> Result<&'static str, DeriveError> {
    let row = PhotoRow {
        sequencer,
        manifest: None,
        previous: None,
    };
    let written = deps
        .table
        .put_photo(key.as_str(), &row, SystemTime::now())
        .await?;
    settle(key, deps).await?;
    Ok(if written { "removed" } else { "superseded" })
}

/// Brings everything in line with the row, and looks again until the row has stood still.
async fn settle(key: &SourceKey, deps: &Deps) -> Result<(), DeriveError> {
    loop {
        let Some(row) = deps.table.photo(key.as_str()).await? else {
            return Ok(());
        };
        write_manifest(key, &row, deps).await?;
        remove_stale_derivatives(key, &row, deps).await?;
        remove_on_demand_answers(key, deps).await?;
        deps.bucket.delete(&[layout::rejection_key(key)]).await?;
        let after = deps.table.photo(key.as_str()).await?;
        if after.is_none_or(|after| after.sequencer == row.sequencer) {
            return Ok(());
        }
    }
}

async fn write_manifest(key: &SourceKey, row: &PhotoRow, deps: &Deps) -> Result<(), DeriveError> {
    let manifest_key = layout::manifest_key(key);
    let Some(manifest) = &row.manifest else {
        return Ok(deps.bucket.delete(&[manifest_key]).await?);
    };
    let object = NewObject {
        key: &manifest_key,
        bytes: manifest.clone().into(),
        content_type: "application/json",
        cache_control: MANIFEST_CACHE,
        metadata: &[],
    };
    deps.bucket.put(object).await?;
    Ok(())
}

/// Keeps the current derivatives, those before, which pages in caches still name,
/// and those of later events, which are just being made.
async fn remove_stale_derivatives(
    key: &SourceKey,
    row: &PhotoRow,
    deps: &Deps,
) -> Result<(), DeriveError> {
    let is_stale = |name: &String| {
        let made_by = layout::sequencer_of(key, name).and_then(Sequencer::parse);
        made_by.is_some_and(|made_by| match row.manifest {
            Some(_) => made_by < row.sequencer && Some(&made_by) != row.previous.as_ref(),
            None => made_by <= row.sequencer,
        })
    };
    let mut stale = deps.bucket.list(&layout::set_prefix(key)).await?;
    stale.retain(is_stale);
    Ok(deps.bucket.delete(&stale).await?)
}

/// The objects go first: a crash in between leaves rows, and rows are read again.
async fn remove_on_demand_answers(key: &SourceKey, deps: &Deps) -> Result<(), DeriveError> {
    let answers = deps.table.on_demand(key.as_str()).await?;
    deps.bucket.delete(&answers).await?;
    for answer in &answers {
        deps.table.forget_on_demand(key.as_str(), answer).await?;
    }
    Ok(())
}
