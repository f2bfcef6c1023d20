//! Defects of the template as a whole.

use super::edit::{Mutation, fill, remove, set};

pub(super) const MUTATIONS: &[Mutation] = &[
    remove(
        "parameter without an explanation",
        "parameter-descriptions",
        "",
        "Parameters/SiteUrl/Description",
    )
    .in_template(),
    remove(
        "pattern that nobody explains",
        "parameter-descriptions",
        "",
        "Parameters/VpcCidr/ConstraintDescription",
    )
    .in_template(),
    remove(
        "parameter without a label",
        "parameter-groups",
        "",
        "Metadata/AWS::CloudFormation::Interface/ParameterLabels/SiteUrl",
    )
    .in_template(),
    remove(
        "parameter without a default",
        "parameter-defaults",
        "",
        "Parameters/EnvironmentClass/Default",
    )
    .in_template(),
    set(
        "password that is shown",
        "parameter-secrets",
        "",
        "Parameters/DatabaseUrl/NoEcho",
        "false",
    )
    .in_template(),
    set(
        "machine image by its id",
        "parameter-images",
        "",
        "Parameters/WebImageId/Type",
        r#""AWS::EC2::Image::Id""#,
    )
    .in_template(),
    remove(
        "output without an explanation",
        "output-descriptions",
        "",
        "Outputs/SiteUrl/Description",
    )
    .in_template(),
    fill(
        "two hundred resources more",
        "limit-resources",
        "Resources",
        200,
    ),
    fill(
        "a hundred parameters more",
        "limit-parameters",
        "Parameters",
        100,
    ),
    fill("a template of megabytes", "limit-size", "Resources", 20_000),
];
