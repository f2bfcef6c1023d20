//! Instances behind the load balancer, and the data behind them.

use template_render::read::{at, list, number, texts};

use crate::PictureError;
use crate::access::{accesses, product};
use crate::kind::{Kind, Line};
use crate::listener::{OTHERS, Route, Target, routes};
use crate::resource::{Resource, Resources, references};

/// A group of equal instances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tier {
    pub(crate) id: String,
    /// How many there are, of which type.
    pub(crate) size: String,
    /// The port of the load balancer that it asks in turn.
    pub(crate) asks: Option<u64>,
    /// What its role lets it store and read.
    pub(crate) accesses: Vec<Line>,
}

/// A database or a cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Data {
    pub(crate) name: String,
    pub(crate) size: String,
    /// The name of what stands before it.
    pub(crate) proxy: Option<&'static str>,
    pub(crate) kind: Kind,
}

/// The tiers in the order in which a request passes them: the group that the default action of a
/// listener names, then whom that asks through the same load balancer, and so on.
pub(crate) fn tiers(
    resources: Resources<'_>,
    balancer: &str,
    first: &[Route],
) -> Result<Vec<Tier>, PictureError> {
    let mut tiers: Vec<Tier> = Vec::new();
    let mut next = default_group(first);
    while let Some(id) = next {
        if tiers.iter().any(|tier| tier.id == id) {
            break;
        }
        let tier = tier(resources, balancer, &id)?;
        next = match tier.asks {
            Some(port) => default_group(&routes(resources, balancer, port)?),
            None => None,
        };
        tiers.push(tier);
    }
    Ok(tiers)
}

fn default_group(routes: &[Route]) -> Option<String> {
    let default = routes.iter().find(|route| route.paths == [OTHERS])?;
    match &default.to {
        Target::Instances(id) => Some(id.clone()),
        _ => None,
    }
}

fn tier(resources: Resources<'_>, balancer: &str, id: &str) -> Result<Tier, PictureError> {
    let missing = |what| PictureError::missing(id, what);
    let group = resources.named(id).ok_or_else(|| missing("the group"))?;
    let template = resources
        .referred(group.get("LaunchTemplate/LaunchTemplateId"))
        .ok_or_else(|| missing("a launch template"))?;
    let data = template.get("LaunchTemplateData");
    let profile = resources.referred(at(data, "IamInstanceProfile"));
    let role = profile.and_then(|profile| resources.referred(profile.get("Roles")));
    let user_data = at(data, "UserData");
    let least = number(group.get("MinSize")).ok_or_else(|| missing("MinSize"))?;
    let most = number(group.get("MaxSize")).ok_or_else(|| missing("MaxSize"))?;
    let of = at(data, "InstanceType").as_str().unwrap_or("instances");
    Ok(Tier {
        id: id.to_owned(),
        size: format!("{least} to {most} {of}"),
        asks: port_asked(at(user_data, "Fn::Base64/Fn::Sub"), balancer),
        accesses: role.map_or_else(Vec::new, |role| accesses(resources, role, user_data)),
    })
}

/// The port in `${LoadBalancer.DNSName}:8080` of what an instance runs at its start.
fn port_asked(user_data: &serde_json::Value, balancer: &str) -> Option<u64> {
    let address = format!("${{{balancer}.DNSName}}:");
    let (_, rest) = texts(user_data).next()?.split_once(&address)?;
    let digits = rest.split(|letter: char| !letter.is_ascii_digit()).next()?;
    digits.parse().ok()
}

/// The database and the cache.
pub(crate) fn data(resources: Resources<'_>) -> Vec<Data> {
    let databases = resources
        .of_type("AWS::RDS::DBInstance")
        .map(|one| database(resources, one));
    let caches = resources
        .of_type("AWS::ElastiCache::ReplicationGroup")
        .map(|one| {
            let nodes = number(one.get("NumCacheClusters")).unwrap_or(1);
            Data {
                name: product(resources, "AWS::ElastiCache::ReplicationGroup", "cache"),
                size: format!("{nodes} × {}", one.text("CacheNodeType")),
                proxy: None,
                kind: Kind::Cache,
            }
        });
    databases.chain(caches).collect()
}

fn database(resources: Resources<'_>, database: Resource<'_>) -> Data {
    let mut proxied = resources.of_type("AWS::RDS::DBProxyTargetGroup");
    let is_proxied = proxied.any(|targets| {
        let of = list(targets.get("DBInstanceIdentifiers")).iter();
        of.flat_map(references).any(|id| id == database.id)
    });
    let standby = if database.get("MultiAZ") == true {
        ", Multi-AZ"
    } else {
        ""
    };
    Data {
        name: product(resources, "AWS::RDS::DBInstance", "database"),
        size: format!("{}{standby}", database.text("DBInstanceClass")),
        proxy: is_proxied.then_some("RDS Proxy"),
        kind: Kind::Database,
    }
}
