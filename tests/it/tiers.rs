//! The tiers of the road in the template: who reaches whom, and how each keeps going.

use std::collections::BTreeSet;
use std::path::Path;

use crate::template::{property, resource, template};

#[test]
fn instances_tell_how_they_start_and_end_what_they_do() {
    for tier in ["Proxy", "Web"] {
        let launch = resource(&format!("{tier}LaunchTemplate"));
        assert!(launch.contains("trap 'signal FAILURE' ERR"), "{tier}");
        assert!(launch.contains("sha256sum --check"), "{tier}");
        let group = resource(&format!("{tier}Group"));
        for setting in [
            // Its first start installs packages: only after the network has a way out.
            "!Ref NatRouteA",
            "!Ref NatRouteB",
        ] {
            assert!(group.contains(setting), "{tier}: {setting}");
        }
    }
    // Web servers are drained by their target group alone; proxies have connections to end.
    assert!(resource("ProxyGroup").contains("autoscaling:EC2_INSTANCE_TERMINATING"));
    for group in ["ProxyTargetGroup", "WebTargetGroup"] {
        let group = resource(group);
        for setting in [
            "HealthCheckPath: /healthz",
            "{Key: deregistration_delay.timeout_seconds, Value: '30'}",
            "{Key: slow_start.duration_seconds, Value: '30'}",
        ] {
            assert!(group.contains(setting), "{setting}: {group}");
        }
    }
}

#[test]
fn pages_come_from_proxies_or_else_from_the_function() {
    let listener = property(&resource("LoadBalancerListener"), "DefaultActions");
    let places = [
        "HasInstances",
        "ProxyTargetGroup",
        "AnswersFromFunction",
        "SiteServeTargetGroup",
    ]
    .map(|word| listener.find(word).unwrap());
    assert!(places.is_sorted(), "{listener}");
    let web = resource("WebListener");
    assert!(
        web.contains("Port: 8080") && web.contains("!Ref WebTargetGroup"),
        "{web}"
    );
    // What a web server hears of the visitor went through the load balancer twice.
    let attributes = property(&resource("LoadBalancer"), "LoadBalancerAttributes");
    for attribute in [
        "{Key: routing.http.preserve_host_header.enabled, Value: 'true'}",
        "{Key: routing.http.xff_header_processing.mode, Value: preserve}",
    ] {
        assert!(attributes.contains(attribute), "{attribute}");
    }
}

#[test]
fn database_and_cache_are_open_to_web_servers_and_functions_only() {
    for (name, allowed) in [
        (
            "DatabaseSecurityGroup",
            "FunctionSecurityGroup WebSecurityGroup DatabaseProxySecurityGroup",
        ),
        (
            "DatabaseProxySecurityGroup",
            "FunctionSecurityGroup WebSecurityGroup",
        ),
        (
            "CacheSecurityGroup",
            "FunctionSecurityGroup WebSecurityGroup",
        ),
        ("WebSecurityGroup", "LoadBalancerSecurityGroup"),
        ("ProxySecurityGroup", "LoadBalancerSecurityGroup"),
    ] {
        let ingress = property(&resource(name), "SecurityGroupIngress");
        let sources: Vec<&str> = ingress
            .split("SourceSecurityGroupId: !Ref ")
            .skip(1)
            .map(|rest| rest.split([',', '}']).next().unwrap())
            .collect();
        assert_eq!(sources.join(" "), allowed, "{name}");
    }
    let way_back = resource("ProxiesCallLoadBalancer");
    assert!(
        way_back.contains("SourceSecurityGroupId: !Ref ProxySecurityGroup"),
        "{way_back}"
    );
    // Nobody may sign in to another database, or as somebody else.
    let template = template();
    let grants = template.matches(":dbuser:").count();
    let as_user = |of: &str, user: &str| template.matches(&format!(":dbuser:{of}/{user}")).count();
    let users: usize = ["site", "sidetier_warm"]
        .map(|user| as_user("${Id}", user))
        .iter()
        .sum();
    let own: usize = ["site", "sidetier_warm"]
        .map(|user| as_user("${Database.DbiResourceId}", user))
        .iter()
        .sum();
    assert!(
        grants > 0 && grants == users + own,
        "{grants} users granted, {users} + {own} of them ours"
    );
}

#[test]
fn public_pages_carry_no_cookies_and_editors_pages_are_not_kept() {
    for policy in ["PageCachePolicy", "PageOriginRequest"] {
        let policy = resource(policy);
        assert!(
            policy.contains("CookiesConfig: {CookieBehavior: none}"),
            "{policy}"
        );
    }
    let distribution = resource("SiteDistribution");
    let editor = distribution.split("PathPattern: /editor*").nth(1).unwrap();
    let editor = editor.split("- PathPattern").next().unwrap();
    assert!(
        editor.contains("4135ea2d-6df8-44a3-9df3-4b5a84be39ad"),
        "{editor}"
    );
}

#[test]
fn every_behaviour_says_what_is_kept_and_the_load_balancer_always_gets_the_host() {
    let distribution = resource("SiteDistribution");
    let (_, behaviours) = distribution.split_once("DefaultCacheBehavior:").unwrap();
    for behaviour in behaviours.split("PathPattern: ") {
        let name = behaviour.lines().next().unwrap();
        assert!(behaviour.contains("CachePolicyId: "), "{name}");
        assert!(behaviour.contains("ViewerProtocolPolicy: "), "{name}");
        // By the host, CloudFront also knows the load balancer's certificate.
        let policies = ["!Ref PageOriginRequest", "!Ref FormsOriginRequest"];
        let sends_host = policies
            .iter()
            .any(|policy| behaviour.contains(&format!("OriginRequestPolicyId: {policy}")));
        assert!(
            sends_host || !behaviour.contains("TargetOriginId: load-balancer"),
            "{name}"
        );
    }
    let headers = resource("PageOriginRequest");
    assert!(headers.contains("Headers: [Host,"), "{headers}");
    assert!(resource("FormsOriginRequest").contains("allViewerAndWhitelistCloudFront"));
    for policy in ["PageOriginRequest", "FormsOriginRequest"] {
        assert!(
            resource(policy).contains("CloudFront-Forwarded-Proto"),
            "{policy}"
        );
    }
}

/// The words in front of which `before` stands, in every source file of a package.
fn words_after(package: &str, before: &str) -> BTreeSet<String> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../{package}/src"));
    std::fs::read_dir(sources)
        .unwrap()
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .flat_map(|source| {
            let words = source.split(before).skip(1);
            words
                .map(|rest| rest.split(['"', '\'']).next().unwrap().to_lowercase())
                .collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn the_caches_user_may_do_what_the_cache_kit_does_and_nothing_else() {
    let user = resource("CacheUser");
    let access = user.split("AccessString: ").nth(1).unwrap();
    let access = access.lines().next().unwrap();
    let allowed: BTreeSet<String> = access
        .split(" +")
        .skip(1)
        .filter(|command| !command.starts_with("client|"))
        .map(str::to_owned)
        .collect();
    let mut used = words_after("shared/cache", "cmd(\"");
    used.extend(words_after("shared/cache", "redis.call('"));
    // The client's own, when it connects.
    used.extend(["auth", "hello"].map(str::to_owned));
    assert_eq!(allowed, used);
    assert!(access.starts_with("on ~c:* ~t:* ~l:* -@all "), "{access}");
}
