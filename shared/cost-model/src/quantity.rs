//! What a deployment has, counted from its render.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::resource::{Resource, Resources, number};
use crate::resource_types;
use crate::schedule::runs_a_month;
use crate::{Class, CostError};

/// The file with what was counted last.
const FILE: &str = include_str!("../quantities.json");

/// What a deployment has that costs something for being there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quantities {
    /// Web ACLs.
    pub web_acls: f64,
    /// Their rules; a group of rules counts as one.
    pub web_acl_rules: f64,
    /// Load balancers.
    pub load_balancers: f64,
    /// NAT gateways.
    pub nat_gateways: f64,
    /// Public IPv4 addresses.
    pub public_addresses: f64,
    /// Interface endpoints, each zone by itself.
    pub interface_endpoints: f64,
    /// Instances that run at least, by type.
    pub instances: BTreeMap<String, f64>,
    /// Those of them that are reverse proxies.
    pub proxies: f64,
    /// Those of them with detailed monitoring.
    pub monitored_instances: f64,
    /// GB of their disks.
    pub disk_gb: f64,
    /// Database instances by class; a standby is one more.
    pub databases: BTreeMap<String, f64>,
    /// GB of their disks, the standby's too.
    pub database_gb: f64,
    /// RDS proxies.
    pub database_proxies: f64,
    /// Nodes of the cache, by type.
    pub cache_nodes: BTreeMap<String, f64>,
    /// Metrics that alarms read.
    pub alarm_metrics: f64,
    /// Composite alarms.
    pub composite_alarms: f64,
    /// Dashboards.
    pub dashboards: f64,
    /// Secrets; that of the database's owner is one.
    pub secrets: f64,
    /// KMS keys.
    pub keys: f64,
    /// Queues that Lambda polls.
    pub polled_queues: f64,
    /// Scheduled runs of functions a month.
    pub scheduled_runs: f64,
    /// The same, each times the GB of memory of its function.
    pub scheduled_gb_runs: f64,
}

impl Quantities {
    /// Counts what a render has: `{"Resources": {…}}`, parameters and conditions resolved.
    ///
    /// # Errors
    /// When a resource lacks what is counted, or when it is not known what one of its type costs.
    pub fn count(render: &Value) -> Result<Self, CostError> {
        let all = Resources::of(render)?;
        for resource in all.all() {
            if !resource_types::is_known(resource.kind) {
                return Err(CostError::Type {
                    resource: resource.id.to_owned(),
                    kind: resource.kind.to_owned(),
                });
            }
        }
        let mut counted = Self {
            web_acls: all.count("AWS::WAFv2::WebACL"),
            web_acl_rules: sum(all, "AWS::WAFv2::WebACL", |acl| {
                length(acl.list(&["Rules"]))
            }),
            load_balancers: all.count("AWS::ElasticLoadBalancingV2::LoadBalancer"),
            nat_gateways: all.count("AWS::EC2::NatGateway"),
            public_addresses: all.count("AWS::EC2::EIP"),
            interface_endpoints: sum(all, "AWS::EC2::VPCEndpoint", endpoint_zones),
            database_proxies: all.count("AWS::RDS::DBProxy"),
            alarm_metrics: sum(all, "AWS::CloudWatch::Alarm", metrics_of_alarm),
            composite_alarms: all.count("AWS::CloudWatch::CompositeAlarm"),
            dashboards: all.count("AWS::CloudWatch::Dashboard"),
            secrets: all.count("AWS::SecretsManager::Secret"),
            keys: all.count("AWS::KMS::Key"),
            polled_queues: sum(all, "AWS::Lambda::EventSourceMapping", |mapping| {
                polls_queue(all, mapping)
            }),
            ..Self::default()
        };
        counted.count_instances(all)?;
        counted.count_data(all)?;
        counted.count_schedules(all)?;
        Ok(counted)
    }

    fn count_instances(&mut self, all: Resources<'_>) -> Result<(), CostError> {
        for group in all.of_type("AWS::AutoScaling::AutoScalingGroup") {
            let least = group.number("MinSize")?;
            let template = launch_template(all, group).ok_or_else(|| group.lacks("a template"))?;
            let data = |name| template.property(&["LaunchTemplateData", name]);
            let kind = data("InstanceType").and_then(Value::as_str);
            let kind = kind.ok_or_else(|| template.lacks("InstanceType"))?;
            *self.instances.entry(kind.to_owned()).or_default() += least;
            if group.id.contains("Proxy") {
                self.proxies += least;
            }
            if template.is_true(&["LaunchTemplateData", "Monitoring", "Enabled"]) {
                self.monitored_instances += least;
            }
            for disk in template.list(&["LaunchTemplateData", "BlockDeviceMappings"]) {
                let size = disk.pointer("/Ebs/VolumeSize").and_then(number);
                self.disk_gb += least * size.ok_or_else(|| template.lacks("VolumeSize"))?;
            }
        }
        Ok(())
    }

    fn count_data(&mut self, all: Resources<'_>) -> Result<(), CostError> {
        for database in all.of_type("AWS::RDS::DBInstance") {
            let class = database.text("DBInstanceClass")?;
            let copies = if database.is_true(&["MultiAZ"]) {
                2.0
            } else {
                1.0
            };
            *self.databases.entry(class.to_owned()).or_default() += copies;
            self.database_gb += copies * database.number("AllocatedStorage")?;
            if database.is_true(&["ManageMasterUserPassword"]) {
                self.secrets += 1.0;
            }
        }
        for cache in all.of_type("AWS::ElastiCache::ReplicationGroup") {
            let kind = cache.text("CacheNodeType")?;
            let nodes = cache.number("NumCacheClusters")?;
            *self.cache_nodes.entry(kind.to_owned()).or_default() += nodes;
        }
        Ok(())
    }

    fn count_schedules(&mut self, all: Resources<'_>) -> Result<(), CostError> {
        for rule in all.of_type("AWS::Events::Rule") {
            if rule.property(&["ScheduleExpression"]).is_some() {
                for target in rule.list(&["Targets"]) {
                    self.count_schedule(all, rule, target.get("Arn"))?;
                }
            }
        }
        for schedule in all.of_type("AWS::Scheduler::Schedule") {
            self.count_schedule(all, schedule, schedule.property(&["Target", "Arn"]))?;
        }
        Ok(())
    }

    fn count_schedule(
        &mut self,
        all: Resources<'_>,
        schedule: Resource<'_>,
        target: Option<&Value>,
    ) -> Result<(), CostError> {
        let state = schedule.property(&["State"]);
        if state.is_some_and(|state| state == "DISABLED") {
            return Ok(());
        }
        let runs = runs_a_month(schedule.text("ScheduleExpression")?);
        let runs = runs.ok_or_else(|| schedule.lacks("a schedule that is understood"))?;
        let function = target.and_then(|arn| all.function(arn));
        let function = function.ok_or_else(|| schedule.lacks("a function as its target"))?;
        self.scheduled_runs += runs;
        self.scheduled_gb_runs += runs * function.number("MemorySize")? / 1024.0;
        Ok(())
    }
}

fn sum<'a>(all: Resources<'a>, kind: &'static str, each: impl Fn(Resource<'a>) -> f64) -> f64 {
    all.of_type(kind).map(each).sum()
}

/// The length of a list as a number of things that are paid for.
fn length(list: &[Value]) -> f64 {
    list.iter().map(|_| 1.0).sum()
}

fn endpoint_zones(endpoint: Resource<'_>) -> f64 {
    match endpoint
        .property(&["VpcEndpointType"])
        .and_then(Value::as_str)
    {
        Some("Interface") => length(endpoint.list(&["SubnetIds"])),
        _ => 0.0,
    }
}

/// An alarm over several metrics is paid for each; a band of what is usual counts as two more.
fn metrics_of_alarm(alarm: Resource<'_>) -> f64 {
    let metrics = alarm.list(&["Metrics"]);
    let read = metrics
        .iter()
        .filter(|metric| metric.get("MetricStat").is_some());
    let is_band = |metric: &&Value| {
        let expression = metric.get("Expression").and_then(Value::as_str);
        expression.is_some_and(|text| text.starts_with("ANOMALY_DETECTION_BAND"))
    };
    let bands = metrics.iter().filter(is_band);
    let paid: f64 = read.map(|_| 1.0).chain(bands.map(|_| 2.0)).sum();
    paid.max(1.0)
}

fn polls_queue(all: Resources<'_>, mapping: Resource<'_>) -> f64 {
    let source = mapping.property(&["EventSourceArn"]);
    match source.and_then(|source| all.referred(source)) {
        Some(source) if source.kind == "AWS::SQS::Queue" => 1.0,
        _ => 0.0,
    }
}

/// The launch template of a group, with or without a policy of mixed instances.
fn launch_template<'a>(all: Resources<'a>, group: Resource<'a>) -> Option<Resource<'a>> {
    const MIXED: [&str; 4] = [
        "MixedInstancesPolicy",
        "LaunchTemplate",
        "LaunchTemplateSpecification",
        "LaunchTemplateId",
    ];
    let alone = group.property(&["LaunchTemplate", "LaunchTemplateId"]);
    all.referred(alone.or_else(|| group.property(&MIXED))?)
}

/// What was counted of each class.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CountedClasses(BTreeMap<Class, Quantities>);

impl CountedClasses {
    /// What `quantities.json` says, which was counted last.
    ///
    /// # Errors
    /// When the file is malformed.
    pub fn current() -> Result<Self, CostError> {
        serde_json::from_str(FILE).map_err(|error| CostError::File {
            file: "quantities.json",
            reason: error.to_string(),
        })
    }

    /// Adds what was counted of a class.
    pub fn insert(&mut self, class: Class, quantities: Quantities) {
        self.0.insert(class, quantities);
    }

    /// What was counted of a class.
    ///
    /// # Errors
    /// When nothing was.
    pub fn of(&self, class: Class) -> Result<&Quantities, CostError> {
        self.0.get(&class).ok_or(CostError::Class(class.name()))
    }

    /// The text of `quantities.json`.
    ///
    /// # Errors
    /// When a number is none.
    pub fn to_json(&self) -> Result<String, CostError> {
        let text = serde_json::to_string_pretty(self).map_err(|error| CostError::File {
            file: "quantities.json",
            reason: error.to_string(),
        })?;
        Ok(text + "\n")
    }
}
