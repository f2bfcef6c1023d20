//! What a deployment decides.

use std::collections::BTreeMap;

/// A deployment of a template: its parameters, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// Values of parameters; those that are not here have their defaults. Lists as CloudFormation
    /// takes them, with commas between.
    pub parameters: BTreeMap<String, String>,
    /// What the SSM parameters hold that parameters of type `AWS::SSM::Parameter::Value<…>` name.
    pub ssm_parameters: BTreeMap<String, String>,
    /// Region, such as `eu-central-1`.
    pub region: String,
    /// Partition of the region: `aws`, `aws-cn`, `aws-us-gov`.
    pub partition: String,
    /// Account number, twelve digits.
    pub account: String,
    /// Name of the stack.
    pub stack_name: String,
}

impl Deployment {
    /// The pseudo parameters, by name:
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html>.
    pub(crate) fn pseudo_parameters(&self) -> [(&'static str, String); 6] {
        let suffix = match self.partition.as_str() {
            "aws-cn" => "amazonaws.com.cn",
            _ => "amazonaws.com",
        };
        let stack = format!(
            "arn:{}:cloudformation:{}:{}:stack/{}/00000000-0000-0000-0000-000000000000",
            self.partition, self.region, self.account, self.stack_name
        );
        [
            ("AWS::AccountId", self.account.clone()),
            ("AWS::Partition", self.partition.clone()),
            ("AWS::Region", self.region.clone()),
            ("AWS::StackId", stack),
            ("AWS::StackName", self.stack_name.clone()),
            ("AWS::URLSuffix", suffix.to_owned()),
        ]
    }

    /// Zones of a region. Three are assumed, as every region has them for a new account; their
    /// names are made up from the region's.
    pub(crate) fn zones(region: &str) -> Vec<String> {
        ["a", "b", "c"]
            .map(|zone| format!("{region}{zone}"))
            .to_vec()
    }
}
