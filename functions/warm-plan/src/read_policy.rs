//! Pure: what CloudFront says of its behaviours and policies, in the terms of `warming.toml`.

use aws_sdk_cloudfront::types::{
    CacheBehavior, CachePolicyConfig, CachePolicyCookieBehavior, CachePolicyHeaderBehavior,
    CachePolicyQueryStringBehavior, DistributionConfig, EventType, FunctionAssociations,
    LambdaFunctionAssociations, ParametersInCacheKeyAndForwardedToOrigin,
};
use health_checks::{Period, is_like};
use warming::{CacheBehaviour, CachePolicy, QueryKey};

/// A behaviour of the distribution.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Behaviour<'a> {
    /// Which paths it is for.
    pub(crate) paths: String,
    /// Its cache policy, where it has one.
    pub(crate) policy_id: Option<&'a str>,
    /// Whether a function may change requests before the cache is asked.
    pub(crate) has_function: bool,
}

/// A behaviour, and what its policy says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) cache: CacheBehaviour,
    pub(crate) has_function: bool,
}

/// The behaviours in the order in which CloudFront tries them, with the default one last.
pub(crate) fn behaviours(config: &DistributionConfig) -> Vec<Behaviour<'_>> {
    let others = config.cache_behaviors().map(|behaviors| behaviors.items());
    let others = others.unwrap_or_default().iter();
    let mut behaviours: Vec<_> = others.map(behaviour).collect();
    let default = config.default_cache_behavior();
    behaviours.push(Behaviour {
        paths: "*".to_owned(),
        policy_id: default.and_then(|default| default.cache_policy_id()),
        has_function: default.is_some_and(|default| {
            changes_requests(
                default.function_associations(),
                default.lambda_function_associations(),
            )
        }),
    });
    behaviours
}

fn behaviour(behavior: &CacheBehavior) -> Behaviour<'_> {
    Behaviour {
        paths: paths(behavior.path_pattern()),
        policy_id: behavior.cache_policy_id(),
        has_function: changes_requests(
            behavior.function_associations(),
            behavior.lambda_function_associations(),
        ),
    }
}

fn changes_requests(
    functions: Option<&FunctionAssociations>,
    lambdas: Option<&LambdaFunctionAssociations>,
) -> bool {
    let functions = functions.map(|list| list.items()).unwrap_or_default();
    let lambdas = lambdas.map(|list| list.items()).unwrap_or_default();
    let mut events = functions
        .iter()
        .map(|function| function.event_type())
        .chain(lambdas.iter().map(|lambda| lambda.event_type()));
    events.any(|event| *event == EventType::ViewerRequest)
}

/// What caches do with paths. A function that sees requests first can put what it makes of a
/// header into the path, which no policy shows: within the paths of such a behaviour, what
/// `warming.toml` says counts, where it says anything.
pub(crate) fn with_functions(found: &[Found], own: &[CacheBehaviour]) -> Vec<CacheBehaviour> {
    let mut caches = Vec::new();
    for Found {
        cache,
        has_function,
    } in found
    {
        let is_within = |own: &&CacheBehaviour| *has_function && is_like(&own.paths, &cache.paths);
        let known = caches.len();
        caches.extend(own.iter().filter(is_within).cloned());
        if caches.len() == known {
            caches.push(cache.clone());
        }
    }
    caches
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

/// A cache policy in the terms of `warming.toml`.
pub(crate) fn policy(config: &CachePolicyConfig) -> CachePolicy {
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
        CachePolicyCookiesConfig, CachePolicyHeadersConfig, CachePolicyQueryStringsConfig,
        FunctionAssociation, Headers, QueryStringNames,
    };
    use warming::SiteWarming;

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

    fn image_paths(has_function: bool) -> Vec<CacheBehaviour> {
        let events = if has_function {
            vec![EventType::ViewerRequest]
        } else {
            vec![EventType::ViewerResponse]
        };
        let association = |event| {
            let function = FunctionAssociation::builder().event_type(event);
            function.function_arn("arn").build().unwrap()
        };
        let functions = FunctionAssociations::builder()
            .quantity(1)
            .set_items(Some(events.into_iter().map(association).collect()))
            .build()
            .unwrap();
        let found = [
            Found {
                cache: CacheBehaviour {
                    paths: "/img/*".to_owned(),
                    policy: CachePolicy::default(),
                },
                has_function: changes_requests(Some(&functions), None),
            },
            Found {
                cache: CacheBehaviour {
                    paths: "*".to_owned(),
                    policy: CachePolicy::default(),
                },
                has_function: false,
            },
        ];
        let site = SiteWarming::of_site().unwrap();
        with_functions(&found, &site.target("shop").unwrap().caches)
    }

    #[test]
    fn what_a_function_makes_of_headers_only_the_file_knows() {
        let caches = image_paths(true);
        let images: Vec<_> = caches
            .iter()
            .filter(|cache| cache.paths.starts_with("/img/"))
            .collect();
        assert!(images.len() > 1, "{caches:?}");
        assert!(
            images
                .iter()
                .any(|cache| cache.policy.has_header("Accept") && cache.paths == "/img/*")
        );
        assert_eq!(caches.last().unwrap().policy, CachePolicy::default());
        // One that only sees answers changes no key.
        let caches = image_paths(false);
        assert_eq!(caches.len(), 2);
        assert!(!caches[0].policy.has_header("Accept"));
    }
}
