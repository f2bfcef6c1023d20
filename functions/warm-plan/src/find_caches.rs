//! Asks CloudFront which cache policies the distribution has: they say which forms of a page it
//! keeps, and for how long.

use std::collections::BTreeMap;

use lambda_kit::{BoxFuture, ErrorClass};
use store::StoreError;
use telemetry::Chain;
use tracing::warn;
use warming::{CacheBehaviour, CachePolicy};

use crate::read_policy::{Found, behaviours, policy, with_functions};
use crate::{Deps, PlanError};

/// So often CloudFront is asked.
const KEPT_MS: i64 = 3_600_000;

/// When CloudFront was asked last by this process.
#[derive(Debug, Default)]
pub(crate) struct FoundCaches {
    asked_ms: Option<i64>,
}

/// Asks CloudFront, where there is a distribution and it was not asked lately, and keeps what it
/// says for all who warm. While it does not answer, what it said before counts.
pub(crate) async fn find_caches(deps: &Deps, now_ms: i64) -> Result<(), PlanError> {
    let Some(distribution) = &deps.config.distribution_id else {
        return Ok(());
    };
    let mut found = deps.caches.lock().await;
    if found
        .asked_ms
        .is_some_and(|asked_ms| now_ms - asked_ms < KEPT_MS)
    {
        return Ok(());
    }
    found.asked_ms = Some(now_ms);
    match ask(&deps.distributions, distribution).await {
        Ok(answer) => {
            for target in &deps.site.targets {
                let caches = with_functions(&answer, &target.caches);
                deps.store.keep_caches(&target.id, &caches, now_ms).await?;
            }
        }
        Err(error) => {
            warn!(error = %Chain(&error), "Could not read the distribution's cache policies");
        }
    }
    Ok(())
}

fn ask<'a>(
    client: &'a aws_sdk_cloudfront::Client,
    distribution: &'a str,
) -> BoxFuture<'a, Result<Vec<Found>, StoreError>> {
    Box::pin(async move {
        let output = client
            .get_distribution_config()
            .id(distribution)
            .send()
            .await
            .map_err(|error| StoreError::call("get the distribution", distribution, error))?;
        let config = output
            .distribution_config()
            .ok_or_else(|| nothing(distribution))?;
        let mut policies: BTreeMap<&str, CachePolicy> = BTreeMap::new();
        let mut found = Vec::new();
        for behaviour in behaviours(config) {
            let policy = match behaviour.policy_id {
                None => CachePolicy::USUAL,
                Some(id) => match policies.get(id) {
                    Some(policy) => policy.clone(),
                    None => {
                        let policy = ask_policy(client, id).await?;
                        policies.insert(id, policy.clone());
                        policy
                    }
                },
            };
            found.push(Found {
                cache: CacheBehaviour {
                    paths: behaviour.paths,
                    policy,
                },
                has_function: behaviour.has_function,
            });
        }
        Ok(found)
    })
}

async fn ask_policy(
    client: &aws_sdk_cloudfront::Client,
    id: &str,
) -> Result<CachePolicy, StoreError> {
    let output = client
        .get_cache_policy()
        .id(id)
        .send()
        .await
        .map_err(|error| StoreError::call("get the cache policy", id, error))?;
    let config = output
        .cache_policy()
        .and_then(|policy| policy.cache_policy_config());
    config.map(policy).ok_or_else(|| nothing(id))
}

fn nothing(name: &str) -> StoreError {
    StoreError::Call {
        action: "read what CloudFront says of",
        name: name.to_owned(),
        class: ErrorClass::Permanent,
        source: "there is nothing".into(),
    }
}
