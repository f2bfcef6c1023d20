//! The network: who reaches whom.

use std::collections::BTreeSet;

use serde_json::Value;
use template_render::read::{at, list};

use crate::render::{Render, Resource, refers_to};
use crate::rule::{CLOUD, PRODUCTION, Report, Rule};

const GROUP: &str = "AWS::EC2::SecurityGroup";
const CONTROLS: &str = "securityhub/latest/userguide/ec2-controls.html";

pub(super) const RULES: &[Rule] = &[
    Rule::new(
        "ingress-closed",
        "no security group lets the internet in",
        ingress,
    )
    .of(&[GROUP, "AWS::EC2::SecurityGroupIngress"], CONTROLS)
    .answers(&[
        "FSBP EC2.18",
        "FSBP EC2.19",
        "Security Hub EC2.13",
        "Security Hub EC2.14",
        "CIS 5.2",
        "CIS 5.3",
    ]),
    Rule::new(
        "ingress-named",
        "who is let in is named by its security group; only CloudFront, in front of the load \
         balancer, has none",
        named,
    )
    .of(
        &[GROUP, "AWS::EC2::SecurityGroupIngress"],
        "AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html",
    ),
    Rule::new(
        "egress-limited",
        "a security group names what goes out: to the internet by TCP to ports 80 and 443 only",
        egress,
    )
    .of(
        &[GROUP, "AWS::EC2::SecurityGroupEgress"],
        "vpc/latest/userguide/security-group-rules.html",
    ),
    Rule::new(
        "group-descriptions",
        "each rule of a security group says what it is for",
        described,
    )
    .of(
        &[
            GROUP,
            "AWS::EC2::SecurityGroupIngress",
            "AWS::EC2::SecurityGroupEgress",
        ],
        "vpc/latest/userguide/security-group-rules.html",
    ),
    Rule::new("flow-logs", "each network logs its flows", flow_logs)
        .of(&["AWS::EC2::VPC", "AWS::EC2::FlowLog"], CONTROLS)
        .answers(&["FSBP EC2.6", "CIS 3.7"])
        .on(CLOUD),
    Rule::new(
        "subnet-addresses",
        "subnets give no public addresses",
        addresses,
    )
    .of(&["AWS::EC2::Subnet"], CONTROLS)
    .answers(&["FSBP EC2.15"]),
    Rule::new(
        "subnet-zones",
        "the subnets of anything are in two zones",
        zones,
    )
    .of(
        &["AWS::EC2::Subnet"],
        "wellarchitected/latest/reliability-pillar/rel_fault_isolation_multiaz_region_system.html",
    ),
    Rule::new(
        "nat-per-zone",
        "the way out of a zone does not lead through another",
        nat,
    )
    .of(
        &["AWS::EC2::NatGateway", "AWS::EC2::Route"],
        "vpc/latest/userguide/nat-gateway-basics.html",
    )
    .on(PRODUCTION),
    Rule::new(
        "gateway-endpoints",
        "S3 and DynamoDB are reached without NAT",
        endpoints,
    )
    .of(
        &["AWS::EC2::VPCEndpoint"],
        "vpc/latest/privatelink/gateway-endpoints.html",
    )
    .on(CLOUD),
];

/// The rules of security groups in a direction, with the group or the resource they are in.
fn group_rules<'a>(render: &Render<'a>, direction: &'static str) -> Vec<(Resource<'a>, &'a Value)> {
    let (inline, apart) = match direction {
        "in" => ("SecurityGroupIngress", "AWS::EC2::SecurityGroupIngress"),
        _ => ("SecurityGroupEgress", "AWS::EC2::SecurityGroupEgress"),
    };
    let of_groups = render
        .of(GROUP)
        .flat_map(|group| group.list(inline).iter().map(move |rule| (group, rule)));
    let alone = render
        .of(apart)
        .map(|rule| (rule, at(rule.body, "Properties")));
    of_groups.chain(alone).collect()
}

fn is_anywhere(rule: &Value) -> bool {
    at(rule, "CidrIp") == "0.0.0.0/0" || at(rule, "CidrIpv6") == "::/0"
}

fn ingress(render: &Render<'_>, report: &mut Report) {
    for (owner, rule) in group_rules(render, "in") {
        report.ensure(!is_anywhere(rule), owner, "the internet is let in");
        report.ensure(
            at(rule, "IpProtocol") != "-1",
            owner,
            "every protocol is let in",
        );
    }
}

fn named(render: &Render<'_>, report: &mut Report) {
    let faces_cloudfront = |owner: Resource<'_>| {
        render
            .of("AWS::ElasticLoadBalancingV2::LoadBalancer")
            .flat_map(|balancer| balancer.list("SecurityGroups"))
            .any(|group| refers_to(group) == Some(owner.id))
    };
    for (owner, rule) in group_rules(render, "in") {
        let by_group = refers_to(at(rule, "SourceSecurityGroupId")).is_some();
        report.ensure(
            by_group || faces_cloudfront(owner),
            owner,
            "addresses are let in, whoever has them",
        );
    }
}

fn egress(render: &Render<'_>, report: &mut Report) {
    for (owner, rule) in group_rules(render, "out") {
        let port = at(rule, "ToPort").as_u64();
        let web = at(rule, "IpProtocol") == "tcp"
            && at(rule, "FromPort").as_u64() == port
            && [Some(80), Some(443)].contains(&port);
        report.ensure(
            !is_anywhere(rule) || web,
            owner,
            "it reaches all of the internet",
        );
    }
    for group in render.of(GROUP) {
        // Without any, EC2 lets everything out.
        let named = !group.list("SecurityGroupEgress").is_empty();
        report.ensure(
            named,
            group,
            "it names nothing, so that everything goes out",
        );
    }
}

fn described(render: &Render<'_>, report: &mut Report) {
    let mut rules = group_rules(render, "in");
    rules.extend(group_rules(render, "out"));
    for (owner, rule) in rules {
        let says = at(rule, "Description")
            .as_str()
            .is_some_and(|text| !text.is_empty());
        report.ensure(says, owner, "a rule does not say what it is for");
    }
}

fn flow_logs(render: &Render<'_>, report: &mut Report) {
    for vpc in render.of("AWS::EC2::VPC") {
        let logged = render.of("AWS::EC2::FlowLog").any(|log| {
            refers_to(log.get("ResourceId")) == Some(vpc.id)
                && ["ALL", "REJECT"].contains(&log.text("TrafficType"))
        });
        report.ensure(logged, vpc, "nobody sees what goes through it");
    }
}

fn addresses(render: &Render<'_>, report: &mut Report) {
    for subnet in render.of("AWS::EC2::Subnet") {
        let public = subnet.is("MapPublicIpOnLaunch");
        report.ensure(!public, subnet, "MapPublicIpOnLaunch is true");
    }
}

fn zones(render: &Render<'_>, report: &mut Report) {
    let paths = [
        "SubnetIds",
        "Subnets",
        "VpcConfig/SubnetIds",
        "VpcSubnetIds",
        "VPCZoneIdentifier",
    ];
    for resource in render.all() {
        for path in paths {
            let subnets: Vec<_> = resource
                .list(path)
                .iter()
                .filter_map(|subnet| render.target(subnet))
                .collect();
            let zones: BTreeSet<String> = subnets
                .iter()
                .map(|subnet| subnet.get("AvailabilityZone").to_string())
                .collect();
            let apart = subnets.is_empty() || zones.len() >= 2;
            report.ensure(apart, resource, "its subnets are in one zone");
        }
    }
}

/// The route tables of a subnet.
pub(super) fn route_tables<'a>(render: &Render<'a>, subnet: &str) -> Vec<&'a str> {
    render
        .of("AWS::EC2::SubnetRouteTableAssociation")
        .filter(|association| refers_to(association.get("SubnetId")) == Some(subnet))
        .filter_map(|association| refers_to(association.get("RouteTableId")))
        .collect()
}

/// The routes of a table that lead to the internet.
pub(super) fn default_routes<'a>(
    render: &Render<'a>,
    table: &'a str,
) -> impl Iterator<Item = Resource<'a>> {
    render.of("AWS::EC2::Route").filter(move |route| {
        let to_all = route.text("DestinationCidrBlock") == "0.0.0.0/0"
            || route.text("DestinationIpv6CidrBlock") == "::/0";
        refers_to(route.get("RouteTableId")) == Some(table) && to_all
    })
}

fn nat(render: &Render<'_>, report: &mut Report) {
    for subnet in render.of("AWS::EC2::Subnet") {
        let zone = subnet.get("AvailabilityZone");
        let gateways = route_tables(render, subnet.id)
            .into_iter()
            .flat_map(|table| default_routes(render, table))
            .filter_map(|route| render.target(route.get("NatGatewayId")));
        for gateway in gateways {
            let beside = render
                .target(gateway.get("SubnetId"))
                .is_some_and(|public| public.get("AvailabilityZone") == zone);
            report.ensure(beside, subnet, "its way out leads through another zone");
        }
    }
}

fn endpoints(render: &Render<'_>, report: &mut Report) {
    for vpc in render.of("AWS::EC2::VPC") {
        for service in ["s3", "dynamodb"] {
            let reached = render.of("AWS::EC2::VPCEndpoint").any(|endpoint| {
                refers_to(endpoint.get("VpcId")) == Some(vpc.id)
                    && endpoint
                        .text("ServiceName")
                        .ends_with(&format!(".{service}"))
                    && list(endpoint.get("RouteTableIds")).len() >= 2
            });
            if !reached {
                report.wrong(
                    vpc,
                    format!("{service} is reached through NAT, or not at all"),
                );
            }
        }
    }
}
