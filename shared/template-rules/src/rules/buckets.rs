//! Buckets.

use serde_json::Value;
use template_render::read::at;

use crate::policy;
use crate::render::{Render, Resource, refers_to};
use crate::rule::{CLOUD, Report, Rule};

const BUCKET: &str = "AWS::S3::Bucket";
const CONTROLS: &str = "securityhub/latest/userguide/s3-controls.html";

/// Buckets without versions, and why.
pub(super) const UNVERSIONED: &[(&str, &str)] = &[
    ("FormsBucket", "what is erased on request has to be gone"),
    ("LogResultsBucket", "it is made of the logs"),
    ("StatusBucket", "it is written anew each minute"),
];

pub(super) const RULES: &[Rule] = &[
    Rule::new(
        "bucket-encryption",
        "buckets name how they are encrypted",
        encryption,
    )
    .of(
        &[BUCKET],
        "AmazonS3/latest/userguide/bucket-encryption.html",
    ),
    Rule::new(
        "bucket-private",
        "nothing of a bucket is public, and nothing can be made so",
        private,
    )
    .of(&[BUCKET], CONTROLS)
    .answers(&["FSBP S3.2", "FSBP S3.3", "FSBP S3.8", "CIS 2.1.4"]),
    Rule::new("bucket-tls", "no bucket is reached without TLS", tls)
        .of(&["AWS::S3::BucketPolicy"], CONTROLS)
        .answers(&["FSBP S3.5", "CIS 2.1.1"]),
    Rule::new("bucket-owner", "buckets have no ACLs", owner)
        .of(&[BUCKET], CONTROLS)
        .answers(&["FSBP S3.12"]),
    Rule::new(
        "bucket-lifecycle",
        "buckets end unfinished uploads, and old versions where they have some",
        lifecycle,
    )
    .of(&[BUCKET], CONTROLS)
    .answers(&["FSBP S3.13", "Security Hub S3.10"]),
    Rule::new(
        "bucket-versions",
        "buckets keep what is overwritten or deleted, but those that are remade or must forget",
        versions,
    )
    .of(&[BUCKET], CONTROLS)
    .answers(&["Security Hub S3.14"]),
    Rule::new(
        "bucket-logs",
        "who asks a bucket for what is logged, but not of the bucket of these logs",
        logs,
    )
    .of(&[BUCKET], CONTROLS)
    .answers(&["FSBP S3.9", "CIS 3.4"])
    .on(CLOUD),
];

fn encryption(render: &Render<'_>, report: &mut Report) {
    for bucket in render.of(BUCKET) {
        let rule = "BucketEncryption/ServerSideEncryptionConfiguration/0";
        let algorithm = at(
            bucket.get(rule),
            "ServerSideEncryptionByDefault/SSEAlgorithm",
        );
        report.ensure(
            algorithm == "AES256" || algorithm == "aws:kms" || algorithm == "aws:kms:dsse",
            bucket,
            "it names no encryption",
        );
    }
}

fn private(render: &Render<'_>, report: &mut Report) {
    for bucket in render.of(BUCKET) {
        let all = [
            "BlockPublicAcls",
            "BlockPublicPolicy",
            "IgnorePublicAcls",
            "RestrictPublicBuckets",
        ]
        .iter()
        .all(|name| bucket.is(&format!("PublicAccessBlockConfiguration/{name}")));
        report.ensure(all, bucket, "it could be made public");
        report.ensure(
            !bucket.has("WebsiteConfiguration"),
            bucket,
            "it is a public web site",
        );
    }
}

fn tls(render: &Render<'_>, report: &mut Report) {
    let policies = policy::of_resources(render);
    for bucket in render.of(BUCKET) {
        let denied = policies.iter().any(|statement| {
            let secure = at(statement.condition(), "Bool/aws:SecureTransport");
            refers_to(statement.owner.get("Bucket")) == Some(bucket.id)
                && !statement.allows()
                && statement.actions().any(|action| action == "s3:*")
                && statement.resources().len() == 2
                && (secure == false || secure == "false")
        });
        report.ensure(denied, bucket, "no policy denies what comes without TLS");
    }
}

fn owner(render: &Render<'_>, report: &mut Report) {
    for bucket in render.of(BUCKET) {
        let ownership = bucket.text("OwnershipControls/Rules/0/ObjectOwnership");
        report.ensure(
            ownership == "BucketOwnerEnforced" && !bucket.has("AccessControl"),
            bucket,
            "ACLs decide who may read it",
        );
    }
}

fn lifecycle(render: &Render<'_>, report: &mut Report) {
    for bucket in render.of(BUCKET) {
        let rules = bucket.list("LifecycleConfiguration/Rules");
        let on = |part: &str| {
            let has = |rule: &Value| at(rule, "Status") == "Enabled" && !at(rule, part).is_null();
            rules.iter().any(has)
        };
        report.ensure(
            on("AbortIncompleteMultipartUpload"),
            bucket,
            "parts of uploads that broke off are paid for",
        );
        let versions = bucket.text("VersioningConfiguration/Status") == "Enabled";
        report.ensure(
            !versions || on("NoncurrentVersionExpiration"),
            bucket,
            "old versions are kept for ever",
        );
    }
}

fn versions(render: &Render<'_>, report: &mut Report) {
    for bucket in render.of(BUCKET) {
        let excused = UNVERSIONED.iter().any(|(id, _)| *id == bucket.id);
        let versions = bucket.text("VersioningConfiguration/Status") == "Enabled";
        report.ensure(versions || excused, bucket, "what is overwritten is gone");
    }
}

fn logs(render: &Render<'_>, report: &mut Report) {
    let sink = |bucket: Resource<'_>| {
        render.of(BUCKET).any(|other| {
            refers_to(other.get("LoggingConfiguration/DestinationBucketName")) == Some(bucket.id)
        })
    };
    for bucket in render.of(BUCKET) {
        let logged = render.target(bucket.get("LoggingConfiguration/DestinationBucketName"));
        report.ensure(
            logged.is_some() || sink(bucket),
            bucket,
            "nobody knows who asked it for what",
        );
    }
}
