use std::sync::OnceLock;

use sha2::{Digest, Sha256};

/// A file that pages refer to. Its name holds a hash of its content, so that it may be
/// kept for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Name below `/forms/assets/`.
    pub name: String,
    /// Media type.
    pub media_type: &'static str,
    /// Content.
    pub body: String,
}

/// A file before it has its name.
pub(crate) struct Source {
    stem: &'static str,
    extension: &'static str,
    media_type: &'static str,
    body: &'static str,
}

pub(crate) const STYLE: Source = Source {
    stem: "form",
    extension: "css",
    media_type: "text/css; charset=utf-8",
    body: include_str!("form.css"),
};

pub(crate) const SCRIPT: Source = Source {
    stem: "form",
    extension: "js",
    media_type: "text/javascript; charset=utf-8",
    body: include_str!("form.js"),
};

/// Style and script of the pages.
pub fn assets() -> &'static [Asset] {
    static ASSETS: OnceLock<Vec<Asset>> = OnceLock::new();
    ASSETS.get_or_init(|| {
        [STYLE, SCRIPT]
            .iter()
            .map(|source| Asset {
                name: name(source),
                media_type: source.media_type,
                body: shortened(source.body),
            })
            .collect()
    })
}

/// Where pages find a file.
pub(crate) fn path(source: &Source) -> String {
    format!("/forms/assets/{}", name(source))
}

/// The file without indentation and without its comments, which have lines of their own.
fn shortened(body: &str) -> String {
    body.lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("//") && !line.is_empty())
        .collect::<Vec<&str>>()
        .join("\n")
}

fn name(source: &Source) -> String {
    let digest = Sha256::digest(source.body);
    let hash: String = digest
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{}.{hash}.{}", source.stem, source.extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_stays_small() {
        let served = shortened(SCRIPT.body);
        assert!(served.len() <= 3_072, "{} bytes", served.len());
    }

    #[test]
    fn pages_refer_to_what_is_there() {
        assert!(
            assets()
                .iter()
                .any(|asset| path(&STYLE).ends_with(&asset.name))
        );
        assert!(
            assets()
                .iter()
                .any(|asset| path(&SCRIPT).ends_with(&asset.name))
        );
    }
}
