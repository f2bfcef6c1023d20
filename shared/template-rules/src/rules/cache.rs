//! Valkey and its users.

use crate::render::{Render, refers_to};
use crate::rule::{PRODUCTION, Report, Rule};

const CACHE: &str = "AWS::ElastiCache::ReplicationGroup";
const CONTROLS: &str = "securityhub/latest/userguide/elasticache-controls.html";

pub(super) const RULES: &[Rule] = &[
    Rule::new(
        "cache-encryption",
        "what the cache stores is encrypted",
        encryption,
    )
    .of(&[CACHE], CONTROLS)
    .answers(&["FSBP ElastiCache.4"]),
    Rule::new(
        "cache-tls",
        "the cache refuses connections without TLS",
        tls,
    )
    .of(&[CACHE], CONTROLS)
    .answers(&["FSBP ElastiCache.5"]),
    Rule::new(
        "cache-users",
        "users sign in to the cache by IAM, and may do what they need and nothing else",
        users,
    )
    .of(
        &[
            CACHE,
            "AWS::ElastiCache::UserGroup",
            "AWS::ElastiCache::User",
        ],
        "AmazonElastiCache/latest/dg/auth-iam.html",
    )
    .answers(&["FSBP ElastiCache.6 (by roles)"]),
    Rule::new(
        "cache-failover",
        "the cache has a second node in another zone, which takes over by itself",
        failover,
    )
    .of(&[CACHE], CONTROLS)
    .answers(&["FSBP ElastiCache.3"])
    .on(PRODUCTION),
    Rule::new(
        "cache-upgrades",
        "minor versions are installed as they come",
        upgrades,
    )
    .of(&[CACHE], CONTROLS)
    .answers(&["FSBP ElastiCache.2"]),
    Rule::new(
        "cache-network",
        "the cache is in subnets and security groups of the site",
        network,
    )
    .of(&[CACHE, "AWS::ElastiCache::SubnetGroup"], CONTROLS)
    .answers(&["FSBP ElastiCache.7"]),
];

fn encryption(render: &Render<'_>, report: &mut Report) {
    for cache in render.of(CACHE) {
        let encrypted = cache.is("AtRestEncryptionEnabled");
        report.ensure(encrypted, cache, "AtRestEncryptionEnabled is not true");
    }
}

fn tls(render: &Render<'_>, report: &mut Report) {
    for cache in render.of(CACHE) {
        report.ensure(
            cache.is("TransitEncryptionEnabled")
                && cache.text("TransitEncryptionMode") == "required",
            cache,
            "it takes connections without TLS",
        );
    }
}

fn users(render: &Render<'_>, report: &mut Report) {
    for cache in render.of(CACHE) {
        let group = cache
            .list("UserGroupIds")
            .iter()
            .find_map(|id| render.target(id));
        let Some(group) = group else {
            report.wrong(
                cache,
                "who reaches it may do everything: it has no user group",
            );
            continue;
        };
        for user in group.list("UserIds") {
            let Some(user) = render.target(user) else {
                report.wrong(group, "a user is not of this template");
                continue;
            };
            report.ensure(
                user.text("AuthenticationMode/Type") == "iam",
                user,
                "it does not sign in by IAM",
            );
            let may = user.text("AccessString");
            report.ensure(
                may.contains("-@all") && !may.contains("+@all") && !may.contains("allcommands"),
                user,
                "it may call every command",
            );
            report.ensure(
                !may.contains("~*") && !may.contains("allkeys"),
                user,
                "it may use every key",
            );
        }
    }
}

fn failover(render: &Render<'_>, report: &mut Report) {
    for cache in render.of(CACHE) {
        report.ensure(
            cache.is("AutomaticFailoverEnabled")
                && cache.is("MultiAZEnabled")
                && cache
                    .number("NumCacheClusters")
                    .is_some_and(|nodes| nodes >= 2),
            cache,
            "it ends with its one node or zone",
        );
    }
}

fn upgrades(render: &Render<'_>, report: &mut Report) {
    for cache in render.of(CACHE) {
        let upgraded = cache.get("AutoMinorVersionUpgrade") != false;
        report.ensure(upgraded, cache, "AutoMinorVersionUpgrade is false");
    }
}

fn network(render: &Render<'_>, report: &mut Report) {
    for cache in render.of(CACHE) {
        report.ensure(
            refers_to(cache.get("CacheSubnetGroupName")).is_some(),
            cache,
            "it is in the default subnets",
        );
        report.ensure(
            !cache.list("SecurityGroupIds").is_empty(),
            cache,
            "it is in the default security group",
        );
    }
}
