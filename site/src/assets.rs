//! Style and pictures of the site, under names that change with their content.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::response::Response;
use sha2::{Digest, Sha256};

use crate::SiteError;
use crate::answer::{self, Lifetime};

/// A file that is built in.
pub(crate) struct Asset {
    stem: &'static str,
    extension: &'static str,
    content_type: &'static str,
    text: &'static str,
}

pub(crate) const STYLE: Asset = Asset {
    stem: "site",
    extension: "css",
    content_type: "text/css; charset=utf-8",
    text: include_str!("style.css"),
};

pub(crate) const ICON: Asset = Asset {
    stem: "icon",
    extension: "svg",
    content_type: "image/svg+xml",
    text: include_str!("icon.svg"),
};

static ASSETS: LazyLock<Vec<(String, Asset)>> = LazyLock::new(|| {
    let named = |asset: Asset| (name(&asset), asset);
    vec![named(STYLE), named(ICON)]
});

/// The address of an asset.
pub(crate) fn path(asset: &Asset) -> String {
    format!("/assets/{}", name(asset))
}

fn name(asset: &Asset) -> String {
    let digest = Sha256::digest(asset.text.as_bytes());
    let hash: String = digest
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{}.{hash}.{}", asset.stem, asset.extension)
}

/// `GET /assets/{name}`.
pub(crate) async fn get(Path(wanted): Path<String>) -> Result<Response, SiteError> {
    let found = ASSETS.iter().find(|(name, _)| *name == wanted);
    let (_, asset) = found.ok_or(SiteError::NotFound)?;
    Ok(answer::document(
        asset.content_type,
        asset.text.to_owned(),
        Lifetime::Immutable,
        &[],
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_carry_a_hash_of_the_content() {
        let path = path(&STYLE);
        assert!(
            path.starts_with("/assets/site.") && path.ends_with(".css"),
            "{path}"
        );
        assert_eq!(path.len(), "/assets/site.".len() + 12 + ".css".len());
    }
}
