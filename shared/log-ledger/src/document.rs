use std::io::Read;

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The largest document after decompression, in bytes.
const MAX_BYTES: u64 = 256 << 20;

/// Why a document cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// Not gzip, or cut off.
    #[error("the document cannot be compressed or decompressed")]
    Gzip(#[source] std::io::Error),
    /// Another form than this version writes.
    #[error("the document is not what it should be")]
    Json(#[source] serde_json::Error),
}

/// A document as it is stored: JSON in gzip.
///
/// # Errors
/// When it has no form in JSON, which no document of this crate does.
pub fn encode(document: &impl Serialize) -> Result<Vec<u8>, DocumentError> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(4));
    serde_json::to_writer(&mut encoder, document).map_err(DocumentError::Json)?;
    encoder.finish().map_err(DocumentError::Gzip)
}

/// Reads what [`encode`] wrote.
///
/// # Errors
/// When it is something else, or more than 256 MiB.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DocumentError> {
    let mut json = Vec::new();
    MultiGzDecoder::new(bytes)
        .take(MAX_BYTES)
        .read_to_end(&mut json)
        .map_err(DocumentError::Gzip)?;
    serde_json::from_slice(&json).map_err(DocumentError::Json)
}
