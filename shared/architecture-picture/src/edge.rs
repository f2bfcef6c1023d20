//! CloudFront: which path goes to which origin.

use serde_json::Value;
use template_render::read::{at, list, number};

use crate::PictureError;
use crate::listener::OTHERS;
use crate::resource::{Resource, Resources};

/// What CloudFront asks, by logical id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The load balancer, at this port.
    Balancer(String, u64),
    /// A bucket, below this path; empty for all of it.
    Bucket(String, String),
    Function(String),
}

/// Behaviours with the same origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Behaviours {
    /// In CloudFront's order; whatever no behaviour takes comes first.
    pub(crate) paths: Vec<String>,
    /// Whom it asks; the second where the first fails.
    pub(crate) origins: Vec<Origin>,
}

/// The site's distribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) has_firewall: bool,
    /// Those of the load balancer first.
    pub(crate) behaviours: Vec<Behaviours>,
}

impl Edge {
    pub(crate) fn read(resources: Resources<'_>) -> Result<Self, PictureError> {
        let distribution = resources.the("AWS::CloudFront::Distribution", "a distribution")?;
        let config = distribution.get("DistributionConfig");
        let default = (OTHERS, at(config, "DefaultCacheBehavior"));
        let others = list(at(config, "CacheBehaviors")).iter();
        let others = others.map(|behaviour| {
            (
                at(behaviour, "PathPattern").as_str().unwrap_or(""),
                behaviour,
            )
        });
        let mut by_origin: Vec<(&str, Vec<String>)> = Vec::new();
        for (path, behaviour) in std::iter::once(default).chain(others) {
            let origin = at(behaviour, "TargetOriginId").as_str().unwrap_or_default();
            match by_origin.iter_mut().find(|(known, _)| *known == origin) {
                Some((_, paths)) => paths.push(path.to_owned()),
                None => by_origin.push((origin, vec![path.to_owned()])),
            }
        }
        let mut behaviours = Vec::new();
        for (id, paths) in by_origin {
            let origins = origins(resources, distribution, id)?;
            behaviours.push(Behaviours { paths, origins });
        }
        behaviours.sort_by_key(|one| !matches!(one.origins.first(), Some(Origin::Balancer(..))));
        Ok(Self {
            has_firewall: !at(config, "WebACLId").is_null(),
            behaviours,
        })
    }

    /// The load balancer behind it, and the port that it asks.
    pub(crate) fn balancer(&self) -> Option<(&str, u64)> {
        let mut origins = self.behaviours.iter().flat_map(|one| &one.origins);
        origins.find_map(|origin| match origin {
            Origin::Balancer(id, port) => Some((id.as_str(), *port)),
            _ => None,
        })
    }
}

/// The origin of an id, or those of the group of an id.
fn origins(
    resources: Resources<'_>,
    distribution: Resource<'_>,
    id: &str,
) -> Result<Vec<Origin>, PictureError> {
    let config = distribution.get("DistributionConfig");
    let groups = list(at(config, "OriginGroups/Items")).iter();
    let mut groups = groups.filter(|group| at(group, "Id") == id);
    let ids: Vec<&str> = groups.next().map_or_else(
        || vec![id],
        |group| {
            let members = list(at(group, "Members/Items")).iter();
            members
                .filter_map(|member| at(member, "OriginId").as_str())
                .collect()
        },
    );
    let find = |id: &str| {
        let mut origins = list(at(config, "Origins")).iter();
        let origin = origins.find(|origin| at(origin, "Id") == id);
        origin.and_then(|origin| one(resources, origin))
    };
    let found: Option<Vec<Origin>> = ids.into_iter().map(find).collect();
    found.ok_or_else(|| PictureError::target(distribution.id))
}

fn one(resources: Resources<'_>, origin: &Value) -> Option<Origin> {
    if let Some(vpc) = resources.referred(at(origin, "VpcOriginConfig/VpcOriginId")) {
        let endpoint = vpc.get("VpcOriginEndpointConfig");
        let balancer = resources.referred(at(endpoint, "Arn"))?;
        let port = match at(endpoint, "OriginProtocolPolicy").as_str() {
            Some("http-only") => "HTTPPort",
            _ => "HTTPSPort",
        };
        let port = number(at(endpoint, port))?;
        return Some(Origin::Balancer(balancer.id.to_owned(), port));
    }
    let domain = at(origin, "DomainName");
    if let Some(function) = resources.function(domain) {
        return Some(Origin::Function(function.id.to_owned()));
    }
    let bucket = resources.referred(domain)?;
    let path = at(origin, "OriginPath").as_str().unwrap_or_default();
    (bucket.kind == "AWS::S3::Bucket")
        .then(|| Origin::Bucket(bucket.id.to_owned(), path.to_owned()))
}
