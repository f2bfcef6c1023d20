use std::sync::Arc;

use bytes::Bytes;
use image_codecs::{Limits, Picture, Rgba};
use store::Bucket;
use tokio::sync::OnceCell;

use crate::{Config, ServeError};

/// A picture of the site's own is small: it is held in memory.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// The watermark and the fallback picture, read once when first asked for.
pub(crate) struct SitePictures {
    bucket: Bucket,
    limits: Limits,
    watermark_key: String,
    fallback_key: String,
    watermark: OnceCell<Arc<Rgba>>,
    fallback: OnceCell<Bytes>,
}

impl SitePictures {
    pub(crate) fn new(bucket: Bucket, config: &Config) -> Self {
        Self {
            bucket,
            limits: config.limits,
            watermark_key: config.watermark_key.clone(),
            fallback_key: config.fallback_key.clone(),
            watermark: OnceCell::new(),
            fallback: OnceCell::new(),
        }
    }

    /// The watermark, decoded.
    pub(crate) async fn watermark(&self) -> Result<Arc<Rgba>, ServeError> {
        let decoded = self.watermark.get_or_try_init(|| async {
            let bytes = self.read(&self.watermark_key, "wm").await?;
            let probe = image_codecs::probe(&bytes, &self.limits)?;
            let picture = image_codecs::decode(&bytes, &probe, None, &self.limits)?;
            let rgba = match picture {
                Picture::Rgba(rgba) => rgba,
                Picture::Yuv(yuv) => yuv.to_rgba(),
            };
            Ok::<_, ServeError>(Arc::new(rgba))
        });
        Ok(Arc::clone(decoded.await?))
    }

    /// The fallback picture, encoded.
    pub(crate) async fn fallback(&self) -> Result<Bytes, ServeError> {
        let read = self
            .fallback
            .get_or_try_init(|| self.read(&self.fallback_key, "fb"));
        Ok(read.await?.clone())
    }

    async fn read(&self, key: &str, option: &'static str) -> Result<Bytes, ServeError> {
        let object = self.bucket.get(key, MAX_BYTES).await?;
        let missing = || ServeError::NoSitePicture {
            option,
            key: key.to_owned(),
        };
        Ok(object.ok_or_else(missing)?.bytes)
    }
}
