//! The public keys that CloudTrail's digests are signed with.

use std::collections::HashMap;
use std::time::{SystemTime, UNIX_EPOCH};

use aws_sdk_cloudtrail::config::Region;
use aws_sdk_cloudtrail::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cloudtrail::primitives::DateTime;
use aws_sdk_cloudtrail::{Client, Config};
use store::StoreError;
use tokio::sync::Mutex;

const HOUR_MS: i64 = 3_600_000;

/// CloudTrail's public keys. They never change, so that each is asked for once per process.
pub(crate) struct PublicKeys {
    config: Config,
    /// PKCS #1 of the keys, by region and fingerprint.
    known: Mutex<HashMap<(String, String), Vec<u8>>>,
}

impl PublicKeys {
    pub(crate) fn new(config: Config) -> Self {
        Self {
            config,
            known: Mutex::default(),
        }
    }

    /// The key with which a digest of a region was signed soon after its hour ended at
    /// `end_ms`; `None` where CloudTrail has none of this fingerprint.
    ///
    /// # Errors
    /// A failed call.
    pub(crate) async fn find(
        &self,
        region: &str,
        fingerprint: &str,
        end_ms: i64,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let name = (region.to_owned(), fingerprint.to_owned());
        if let Some(key) = self.known.lock().await.get(&name) {
            return Ok(Some(key.clone()));
        }
        // Not under the lock: that two ask for the same is no harm.
        let found = self.ask(region, end_ms).await?;
        let mut known = self.known.lock().await;
        known.extend(found);
        Ok(known.get(&name).cloned())
    }

    /// The keys of a region around a moment. A digest's key is known in its own region only:
    /// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListPublicKeys.html>
    async fn ask(
        &self,
        region: &str,
        end_ms: i64,
    ) -> Result<Vec<((String, String), Vec<u8>)>, StoreError> {
        let config = self.config.to_builder();
        let config = config.region(Region::new(region.to_owned())).build();
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now_ms = i64::try_from(now.unwrap_or_default().as_millis()).unwrap_or(i64::MAX);
        let request = Client::from_conf(config)
            .list_public_keys()
            .start_time(DateTime::from_millis(end_ms - HOUR_MS))
            .end_time(DateTime::from_millis(now_ms.min(end_ms + HOUR_MS)));
        let mut pages = request.into_paginator().send();
        let mut keys = Vec::new();
        while let Some(page) = pages.next().await {
            let page = match page {
                Ok(page) => page,
                // The time is of a digest that nobody has verified yet: there is no key for
                // an impossible one.
                Err(error) if is_impossible_time(&error) => return Ok(Vec::new()),
                Err(error) => {
                    return Err(StoreError::call("list the public keys of", region, error));
                }
            };
            keys.extend(page.public_key_list().iter().filter_map(|key| {
                let name = (region.to_owned(), key.fingerprint()?.to_owned());
                Some((name, key.value()?.as_ref().to_vec()))
            }));
        }
        Ok(keys)
    }
}

fn is_impossible_time<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    error.code() == Some("InvalidTimeRangeException")
}
