//! Which cache policies the distribution has: they say which forms of a page it keeps, and for
//! how long.

use std::collections::BTreeMap;

use aws_sdk_cloudfront::types::{
    CachePolicyConfig, CachePolicyCookieBehavior, CachePolicyHeaderBehavior,
    CachePolicyQueryStringBehavior, DistributionConfig, ParametersInCacheKeyAndForwardedToOrigin,
};
use health_checks::Period;
use lambda_kit::{BoxFuture, ErrorClass};
use store::StoreError;
use telemetry::Chain;
use tracing::warn;
use warming::{CacheBehaviour, CachePolicy, QueryKey};

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
        Ok(caches) => {
            for target in &deps.site.targets {
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
) -> BoxFuture<'a, Result<Vec<CacheBehaviour>, StoreError>> {
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
        let mut caches = Vec::new();
        for (paths, id) in behaviours(config) {
            let policy = match id {
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
            caches.push(CacheBehaviour { paths, policy });
        }
        Ok(caches)
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

/// The behaviours in the order in which CloudFront tries them, with the default one last.
fn behaviours(config: &DistributionConfig) -> Vec<(String, Option<&str>)> {
    let others = config.cache_behaviors().map(|behaviors| behaviors.items());
    let mut behaviours: Vec<_> = others
        .unwrap_or_default()
        .iter()
        .map(|behavior| (paths(behavior.path_pattern()), behavior.cache_policy_id()))
        .collect();
    let default = config.default_cache_behavior();
    let default = default.and_then(|behavior| behavior.cache_policy_id());
    behaviours.push(("*".to_owned(), default));
    behaviours
}

/// `images/*.jpg` and `/images/*.jpg` are the same to CloudFront.
/// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CacheBehavior.html>
fn paths(pattern: &str) -> String {
    if pattern.starts_with(['/', '*']) {
        pattern.to_owned()
    } else {
        format!("/{pattern}")
    }
}

fn policy(config: &CachePolicyConfig) -> CachePolicy {
    let seconds = |seconds: Option<i64>, default: u64| {
        let seconds = seconds.and_then(|seconds| u64::try_from(seconds).ok());
        Period::from_seconds(seconds.unwrap_or(default))
    };
    let key = config.parameters_in_cache_key_and_forwarded_to_origin();
    CachePolicy {
        brotli: key.is_some_and(|key| key.enable_accept_encoding_brotli() == Some(true)),
        gzip: key
            .is_some_and(ParametersInCacheKeyAndForwardedToOrigin::enable_accept_encoding_gzip),
        headers: key.map(headers).unwrap_or_default(),
        cookies: key.map(cookies).unwrap_or_default(),
        query: key.map_or(QueryKey::Nothing, query),
        min_ttl: seconds(Some(config.min_ttl()), 0),
        // What CloudFront takes where a policy does not say.
        default_ttl: seconds(config.default_ttl(), 86_400),
        max_ttl: seconds(config.max_ttl(), 31_536_000),
    }
}

fn headers(key: &ParametersInCacheKeyAndForwardedToOrigin) -> Vec<String> {
    let config = key.headers_config();
    let named = config.filter(|c| *c.header_behavior() == CachePolicyHeaderBehavior::Whitelist);
    let names = named.and_then(|config| config.headers());
    names
        .map(|names| names.items().to_vec())
        .unwrap_or_default()
}

fn cookies(key: &ParametersInCacheKeyAndForwardedToOrigin) -> Vec<String> {
    let Some(config) = key.cookies_config() else {
        return Vec::new();
    };
    match config.cookie_behavior() {
        CachePolicyCookieBehavior::Whitelist => {
            let names = config.cookies().map(|names| names.items().to_vec());
            names.unwrap_or_default()
        }
        CachePolicyCookieBehavior::None => Vec::new(),
        _ => vec!["*".to_owned()],
    }
}

fn query(key: &ParametersInCacheKeyAndForwardedToOrigin) -> QueryKey {
    let Some(config) = key.query_strings_config() else {
        return QueryKey::Nothing;
    };
    let names = config.query_strings().map(|names| names.items().to_vec());
    let names = names.unwrap_or_default();
    match config.query_string_behavior() {
        CachePolicyQueryStringBehavior::None => QueryKey::Nothing,
        CachePolicyQueryStringBehavior::Whitelist => QueryKey::Only(names),
        CachePolicyQueryStringBehavior::AllExcept => QueryKey::AllExcept(names),
        _ => QueryKey::All,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudfront::types::{
        CachePolicyCookiesConfig, CachePolicyHeadersConfig, CachePolicyQueryStringsConfig, Headers,
        QueryStringNames,
    };

    use super::*;

    #[test]
    fn a_policy_says_what_makes_another_page_and_how_long_it_stays() {
        let headers = Headers::builder().quantity(1).items("Accept").build();
        let query = QueryStringNames::builder()
            .quantity(1)
            .items("page")
            .build();
        let key = ParametersInCacheKeyAndForwardedToOrigin::builder()
            .enable_accept_encoding_gzip(true)
            .enable_accept_encoding_brotli(true)
            .headers_config(
                CachePolicyHeadersConfig::builder()
                    .header_behavior(CachePolicyHeaderBehavior::Whitelist)
                    .headers(headers.unwrap())
                    .build()
                    .unwrap(),
            )
            .cookies_config(
                CachePolicyCookiesConfig::builder()
                    .cookie_behavior(CachePolicyCookieBehavior::None)
                    .build()
                    .unwrap(),
            )
            .query_strings_config(
                CachePolicyQueryStringsConfig::builder()
                    .query_string_behavior(CachePolicyQueryStringBehavior::Whitelist)
                    .query_strings(query.unwrap())
                    .build()
                    .unwrap(),
            )
            .build()
            .unwrap();
        let config = CachePolicyConfig::builder()
            .name("pages")
            .min_ttl(1)
            .default_ttl(60)
            .max_ttl(3_600)
            .parameters_in_cache_key_and_forwarded_to_origin(key)
            .build()
            .unwrap();
        assert_eq!(
            policy(&config),
            CachePolicy {
                brotli: true,
                gzip: true,
                headers: vec!["Accept".to_owned()],
                cookies: Vec::new(),
                query: QueryKey::Only(vec!["page".to_owned()]),
                min_ttl: Period::from_seconds(1),
                default_ttl: Period::from_seconds(60),
                max_ttl: Period::from_seconds(3_600),
            }
        );
    }

    #[test]
    fn patterns_begin_like_paths() {
        assert_eq!(paths("img/*"), "/img/*");
        assert_eq!(paths("/img/*"), "/img/*");
        assert_eq!(paths("*.jpg"), "*.jpg");
    }
}
