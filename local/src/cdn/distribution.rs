//! What the deployed distribution says about caching, read from CloudFront's API.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use roxmltree::{Document, Node};

use crate::aws::Aws;
use crate::xml::Named;

/// One cache behaviour, with its policies:
/// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CacheBehavior.html>.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Behaviour {
    /// Which paths it is for: `*` and `?` are wildcards. The default behaviour has none.
    pub(super) pattern: Option<String>,
    /// Whether CloudFront compresses what it answers.
    pub(super) compress: bool,
    /// Whether a CloudFront Function sees requests before the cache is asked.
    pub(super) has_function: bool,
    /// Whether answers carry CloudFront's `Server-Timing`.
    pub(super) server_timing: bool,
    /// For how long, and by what.
    pub(super) cache: CachePolicy,
}

/// How long answers are kept, and what makes requests different:
/// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CachePolicyConfig.html>.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct CachePolicy {
    /// Seconds that an answer without `Cache-Control` is kept.
    pub(super) default_ttl: u64,
    /// With 0, nothing is kept.
    pub(super) max_ttl: u64,
    pub(super) query: Selection,
    pub(super) cookies: Selection,
    pub(super) headers: Selection,
}

/// Which of the request's query strings, cookies or headers are in the cache key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Selection {
    #[default]
    Nothing,
    All,
    Only(Vec<String>),
    AllExcept(Vec<String>),
}

/// Reads the behaviours of a distribution in the order in which they are tried; the
/// default one is last.
pub(super) fn behaviours(aws: &Aws, distribution_id: &str) -> Result<Vec<Behaviour>> {
    let get = |path: &str| {
        aws.get(&format!("/2020-05-31/{path}"), "cloudfront")
            .with_context(|| format!("read {path}"))
    };
    let config = get(&format!("distribution/{distribution_id}/config"))?;
    let caches = get("cache-policy")?;
    let headers = get("response-headers-policy")?;
    parse(&config, &caches, &headers)
}

fn parse(config: &str, caches: &str, headers: &str) -> Result<Vec<Behaviour>> {
    let caches = cache_policies(&Document::parse(caches).context("parse the cache policies")?)?;
    let headers = Document::parse(headers).context("parse the response headers policies")?;
    let timed = timed_policies(&headers);
    let config = Document::parse(config).context("parse the distribution")?;
    let read = |node: Node<'_, '_>| behaviour(node, &caches, &timed);
    let listed = config.descendants().filter(|n| n.is_named("CacheBehavior"));
    let default = config
        .descendants()
        .find(|node| node.is_named("DefaultCacheBehavior"))
        .context("find the distribution's default behaviour")?;
    listed.chain([default]).map(read).collect()
}

fn behaviour(
    node: Node<'_, '_>,
    caches: &BTreeMap<String, CachePolicy>,
    timed: &[String],
) -> Result<Behaviour> {
    let pattern = node.text_of("PathPattern").map(str::to_owned);
    let name = pattern.as_deref().unwrap_or("the default behaviour");
    let policy = node
        .text_of("CachePolicyId")
        .with_context(|| format!("find the cache policy of {name}"))?;
    let cache = caches
        .get(policy)
        .with_context(|| format!("find the cache policy {policy} of {name}"))?;
    let headers = node.text_of("ResponseHeadersPolicyId");
    Ok(Behaviour {
        compress: node.text_of("Compress") == Some("true"),
        has_function: node
            .descendants()
            .any(|child| child.is_named("FunctionAssociation")),
        server_timing: headers.is_some_and(|id| timed.iter().any(|timed| timed == id)),
        cache: cache.clone(),
        pattern,
    })
}

fn cache_policies(list: &Document<'_>) -> Result<BTreeMap<String, CachePolicy>> {
    let policies = list.descendants().filter(|n| n.is_named("CachePolicy"));
    policies
        .filter_map(|node| {
            Some((
                node.text_of("Id")?.to_owned(),
                node.child("CachePolicyConfig")?,
            ))
        })
        .map(|(id, config)| Ok((id, cache_policy(config)?)))
        .collect()
}

fn cache_policy(config: Node<'_, '_>) -> Result<CachePolicy> {
    let seconds = |name: &str| -> Result<u64> {
        let text = config
            .text_of(name)
            .with_context(|| format!("find {name}"))?;
        text.parse().with_context(|| format!("read {name}"))
    };
    let key = config.child("ParametersInCacheKeyAndForwardedToOrigin");
    let select = |group: &str, behaviour: &str| {
        key.and_then(|key| key.child(group))
            .map_or(Selection::Nothing, |node| selection(node, behaviour))
    };
    Ok(CachePolicy {
        default_ttl: seconds("DefaultTTL")?,
        max_ttl: seconds("MaxTTL")?,
        query: select("QueryStringsConfig", "QueryStringBehavior"),
        cookies: select("CookiesConfig", "CookieBehavior"),
        headers: select("HeadersConfig", "HeaderBehavior"),
    })
}

fn selection(node: Node<'_, '_>, behaviour: &str) -> Selection {
    let names = || {
        let names = node.descendants().filter(|child| child.is_named("Name"));
        names
            .filter_map(|name| name.text())
            .map(str::to_owned)
            .collect()
    };
    match node.text_of(behaviour) {
        Some("all") => Selection::All,
        Some("whitelist") => Selection::Only(names()),
        Some("allExcept") => Selection::AllExcept(names()),
        _ => Selection::Nothing,
    }
}

/// The response headers policies that add `Server-Timing`.
fn timed_policies(list: &Document<'_>) -> Vec<String> {
    let timed = |node: &Node<'_, '_>| {
        node.descendants()
            .find(|child| child.is_named("ServerTimingHeadersConfig"))
            .is_some_and(|timing| timing.text_of("Enabled") == Some("true"))
    };
    list.descendants()
        .filter(|node| node.is_named("ResponseHeadersPolicy") && timed(node))
        .filter_map(|node| Some(node.text_of("Id")?.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = r#"<DistributionConfig xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">
        <DefaultCacheBehavior><TargetOriginId>web</TargetOriginId><Compress>true</Compress>
        <CachePolicyId>pages</CachePolicyId><ResponseHeadersPolicyId>site</ResponseHeadersPolicyId>
        </DefaultCacheBehavior>
        <CacheBehaviors><Quantity>1</Quantity><Items><CacheBehavior><PathPattern>/img/*</PathPattern>
        <Compress>false</Compress><CachePolicyId>off</CachePolicyId><FunctionAssociations><Items>
        <FunctionAssociation><EventType>viewer-request</EventType></FunctionAssociation></Items>
        </FunctionAssociations></CacheBehavior></Items></CacheBehaviors></DistributionConfig>"#;
    const CACHES: &str = r"<CachePolicyList><Items>
        <CachePolicySummary><CachePolicy><Id>pages</Id><CachePolicyConfig><DefaultTTL>0</DefaultTTL>
        <MaxTTL>86400</MaxTTL><ParametersInCacheKeyAndForwardedToOrigin><QueryStringsConfig>
        <QueryStringBehavior>allExcept</QueryStringBehavior><QueryStrings><Items><Name>utm_source</Name>
        </Items></QueryStrings></QueryStringsConfig></ParametersInCacheKeyAndForwardedToOrigin>
        </CachePolicyConfig></CachePolicy></CachePolicySummary>
        <CachePolicySummary><CachePolicy><Id>off</Id><CachePolicyConfig><DefaultTTL>0</DefaultTTL>
        <MaxTTL>0</MaxTTL></CachePolicyConfig></CachePolicy></CachePolicySummary></Items></CachePolicyList>";
    const HEADERS: &str = r"<ResponseHeadersPolicyList><Items><ResponseHeadersPolicySummary>
        <ResponseHeadersPolicy><Id>site</Id><ResponseHeadersPolicyConfig><ServerTimingHeadersConfig>
        <Enabled>true</Enabled><SamplingRate>100</SamplingRate></ServerTimingHeadersConfig>
        </ResponseHeadersPolicyConfig></ResponseHeadersPolicy></ResponseHeadersPolicySummary></Items>
        </ResponseHeadersPolicyList>";

    #[test]
    fn behaviours_come_in_order_with_their_policies() {
        let behaviours = parse(CONFIG, CACHES, HEADERS).unwrap();
        assert_eq!(behaviours.len(), 2);
        assert_eq!(behaviours[0].pattern.as_deref(), Some("/img/*"));
        assert!(behaviours[0].has_function && behaviours[0].cache.max_ttl == 0);
        assert_eq!(behaviours[1].pattern, None);
        assert!(behaviours[1].server_timing && behaviours[1].compress);
        assert_eq!(
            behaviours[1].cache.query,
            Selection::AllExcept(vec!["utm_source".to_owned()])
        );
    }

    #[test]
    fn a_policy_that_is_not_there_is_named() {
        let error = parse(CONFIG, "<CachePolicyList/>", HEADERS).unwrap_err();
        assert!(error.to_string().contains("cache policy off"), "{error:#}");
    }
}
