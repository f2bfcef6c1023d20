//! Instances and their groups.

use template_render::read::{at, texts};

use crate::render::{Render, Resource, flat, refers_to};
use crate::rule::{CLOUD, KEPT, Report, Rule};

const LAUNCH: &str = "AWS::EC2::LaunchTemplate";
const GROUP: &str = "AWS::AutoScaling::AutoScalingGroup";
const EC2_CONTROLS: &str = "securityhub/latest/userguide/ec2-controls.html";
const GROUP_CONTROLS: &str = "securityhub/latest/userguide/autoscaling-controls.html";

pub(super) const RULES: &[Rule] = &[
    Rule::new(
        "instance-metadata",
        "an instance gives its role's keys only to who asks for a session first, on itself (IMDSv2)",
        metadata,
    )
    .of(&[LAUNCH], EC2_CONTROLS)
    .answers(&["FSBP EC2.8", "FSBP EC2.170", "CIS 5.6"]),
    Rule::new("instance-disks", "disks are encrypted", disks)
        .of(&[LAUNCH], EC2_CONTROLS)
        .answers(&["FSBP EC2.3", "FSBP EC2.181"]),
    Rule::new(
        "instance-access",
        "instances have no public address and no SSH key: people come by Session Manager",
        access,
    )
    .of(&[LAUNCH], EC2_CONTROLS)
    .answers(&["FSBP EC2.9", "FSBP EC2.25"]),
    Rule::new(
        "instance-manager",
        "Session Manager may manage each instance",
        manager,
    )
    .of(
        &[LAUNCH, "AWS::IAM::InstanceProfile", "AWS::IAM::Role"],
        "securityhub/latest/userguide/ssm-controls.html#ssm-1",
    )
    .answers(&["FSBP SSM.1"]),
    Rule::new("group-template", "groups start from launch templates", template)
        .of(&[GROUP], GROUP_CONTROLS)
        .answers(&["FSBP AutoScaling.9"]),
    Rule::new(
        "group-health",
        "the load balancer's health check decides which instances are replaced",
        health,
    )
    .of(&[GROUP], GROUP_CONTROLS)
    .answers(&["FSBP AutoScaling.1"]),
    Rule::new("group-zones", "groups are in two zones, with an instance in each", zones)
        .of(&[GROUP], GROUP_CONTROLS)
        .answers(&["FSBP AutoScaling.2"])
        .on(KEPT),
    Rule::new(
        "group-updates",
        "instances are replaced one by one, each when the one before says that it works",
        updates,
    )
    .of(
        &[GROUP],
        "AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html",
    )
    .on(CLOUD),
    Rule::new("group-scaling", "each group grows and shrinks with its load", scaling).of(
        &[GROUP, "AWS::AutoScaling::ScalingPolicy"],
        "autoscaling/ec2/userguide/as-scaling-target-tracking.html",
    ),
    Rule::new(
        "group-lifetime",
        "no instance is older than two weeks: its packages are not, either",
        lifetime,
    )
    .of(
        &[GROUP],
        "autoscaling/ec2/userguide/asg-max-instance-lifetime.html",
    ),
];

fn data<'a>(launch: Resource<'a>, path: &str) -> &'a serde_json::Value {
    at(launch.get("LaunchTemplateData"), path)
}

fn metadata(render: &Render<'_>, report: &mut Report) {
    for launch in render.of(LAUNCH) {
        report.ensure(
            data(launch, "MetadataOptions/HttpTokens") == "required",
            launch,
            "HttpTokens is not required",
        );
        report.ensure(
            data(launch, "MetadataOptions/HttpPutResponseHopLimit") == 1,
            launch,
            "what runs behind the instance gets its role's keys",
        );
    }
}

fn disks(render: &Render<'_>, report: &mut Report) {
    for launch in render.of(LAUNCH) {
        let disks = data(launch, "BlockDeviceMappings").as_array();
        let encrypted = disks.is_some_and(|disks| {
            !disks.is_empty() && disks.iter().all(|disk| at(disk, "Ebs/Encrypted") == true)
        });
        report.ensure(encrypted, launch, "a disk is not encrypted");
    }
}

fn access(render: &Render<'_>, report: &mut Report) {
    for launch in render.of(LAUNCH) {
        let interfaces = data(launch, "NetworkInterfaces");
        let public = interfaces
            .as_array()
            .into_iter()
            .flatten()
            .any(|interface| at(interface, "AssociatePublicIpAddress") == true);
        report.ensure(!public, launch, "it has a public address");
        report.ensure(
            data(launch, "KeyName").is_null(),
            launch,
            "it has an SSH key",
        );
        report.ensure(
            refers_to(data(launch, "IamInstanceProfile/Arn")).is_some(),
            launch,
            "it has no role of this template",
        );
    }
}

fn manager(render: &Render<'_>, report: &mut Report) {
    for launch in render.of(LAUNCH) {
        let profile = render.target(data(launch, "IamInstanceProfile/Arn"));
        let managed = profile
            .into_iter()
            .flat_map(|profile| profile.list("Roles"))
            .filter_map(|role| render.target(role))
            .flat_map(|role| role.list("ManagedPolicyArns"))
            .any(|policy| flat(policy).ends_with("/AmazonSSMManagedInstanceCore"));
        report.ensure(
            managed,
            launch,
            "nobody gets into it, and nobody sees its packages",
        );
    }
}

fn template(render: &Render<'_>, report: &mut Report) {
    for group in render.of(GROUP) {
        let launched = render
            .target(group.get("LaunchTemplate/LaunchTemplateId"))
            .is_some()
            || group.has("MixedInstancesPolicy/LaunchTemplate");
        report.ensure(
            launched && !group.has("LaunchConfigurationName"),
            group,
            "it starts from no launch template of this template",
        );
    }
}

fn health(render: &Render<'_>, report: &mut Report) {
    for group in render.of(GROUP) {
        let asks =
            texts(group.get("HealthCheckType")).any(|kind| kind.split(',').any(|it| it == "ELB"));
        report.ensure(
            asks,
            group,
            "an instance that runs and does not answer stays",
        );
        report.ensure(
            !group.list("TargetGroupARNs").is_empty(),
            group,
            "no load balancer asks its instances",
        );
    }
}

fn zones(render: &Render<'_>, report: &mut Report) {
    for group in render.of(GROUP) {
        let zones = group.list("VPCZoneIdentifier").len();
        let least = group.number("MinSize").unwrap_or(0);
        report.ensure(zones >= 2 && least >= 2, group, "it ends with one zone");
        let most = group.number("MaxSize").unwrap_or(0);
        report.ensure(most > least, group, "it cannot grow");
    }
}

fn updates(render: &Render<'_>, report: &mut Report) {
    for group in render.of(GROUP) {
        let rolling = at(group.body, "UpdatePolicy/AutoScalingRollingUpdate");
        report.ensure(
            at(rolling, "WaitOnResourceSignals") == true && at(rolling, "MaxBatchSize") == 1,
            group,
            "an update replaces instances before the new ones work",
        );
        report.ensure(
            at(group.body, "CreationPolicy/ResourceSignal/Count").as_u64() >= Some(1),
            group,
            "a first deployment ends before an instance works",
        );
    }
}

fn scaling(render: &Render<'_>, report: &mut Report) {
    for group in render.of(GROUP) {
        let scales = render.of("AWS::AutoScaling::ScalingPolicy").any(|policy| {
            refers_to(policy.get("AutoScalingGroupName")) == Some(group.id)
                && policy.text("PolicyType") == "TargetTrackingScaling"
        });
        report.ensure(scales, group, "nothing makes it grow");
    }
}

fn lifetime(render: &Render<'_>, report: &mut Report) {
    for group in render.of(GROUP) {
        let oldest = group.number("MaxInstanceLifetime");
        report.ensure(
            oldest.is_some_and(|seconds| seconds <= 1_209_600),
            group,
            "its instances get old",
        );
    }
}
