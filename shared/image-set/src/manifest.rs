use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image_request::{Presets, SourceKey};
use serde::{Deserialize, Serialize};

use crate::markup;

/// What was made of an upload. Stored as JSON beside the derivatives and in the media table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The photo's key, without `originals/`.
    pub key: String,
    /// What was uploaded.
    pub source: Source,
    /// A colour to show before anything else has loaded, `#rrggbb`.
    pub dominant_colour: String,
    /// ThumbHash placeholder, base64 (<https://evanw.github.io/thumbhash/>).
    pub thumbhash: String,
    /// Everything that was made.
    pub derivatives: Vec<Derivative>,
    /// Ready-made markup by preset name.
    pub presets: BTreeMap<String, Markup>,
}

/// The upload a manifest belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// SHA-256 of the bytes, hexadecimal.
    pub sha256: String,
    /// S3's entity tag of the object.
    pub etag: String,
    /// S3's sequencer of the event.
    pub sequencer: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Format by name, such as `jpeg`.
    pub format: String,
    /// Upright width in pixels.
    pub width: u32,
    /// Upright height in pixels.
    pub height: u32,
    /// Frames; 1 for a still picture.
    pub frames: u32,
    /// Whether it has transparency.
    pub has_alpha: bool,
}

/// One stored derivative.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Derivative {
    /// The preset it belongs to.
    pub preset: String,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Format by name, such as `avif`.
    pub format: String,
    /// Media type, such as `image/avif`.
    #[serde(rename = "type")]
    pub media_type: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Name of the S3 object.
    pub key: String,
    /// Path on the site.
    pub url: String,
}

/// Markup of one preset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Markup {
    /// A whole `<picture>` element. Its `alt` is empty: only the page knows the right words.
    pub picture: String,
    /// The `srcset` of each media type.
    pub srcset: BTreeMap<String, String>,
    /// The `sizes` attribute.
    pub sizes: String,
}

/// Why an upload was refused; stored as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// The photo's key, without `originals/`.
    pub key: String,
    /// S3's entity tag of the refused object.
    pub etag: String,
    /// A stable code, such as `image.limit`.
    pub code: String,
    /// What is wrong and what is allowed.
    pub reason: String,
}

impl Manifest {
    /// Puts a manifest together and writes the markup of every preset.
    #[must_use]
    pub fn new(
        key: &SourceKey,
        source: Source,
        dominant_colour: [u8; 3],
        thumbhash: &[u8],
        derivatives: Vec<Derivative>,
        presets: &Presets,
    ) -> Self {
        let [red, green, blue] = dominant_colour;
        let dominant_colour = format!("#{red:02x}{green:02x}{blue:02x}");
        let presets = presets
            .iter()
            .filter_map(|preset| {
                let markup = markup::write(preset, &derivatives, &dominant_colour)?;
                Some((preset.name.clone(), markup))
            })
            .collect();
        Self {
            key: key.as_str().to_owned(),
            source,
            dominant_colour,
            thumbhash: STANDARD.encode(thumbhash),
            derivatives,
            presets,
        }
    }
}
