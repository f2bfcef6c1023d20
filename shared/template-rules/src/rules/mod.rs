//! The norms, by subject.

mod alarms;
mod answers;
mod audit;
mod buckets;
mod cache;
mod database;
mod deployments;
mod distribution;
mod firewall;
mod functions;
mod identity;
mod instances;
mod invocations;
mod keys;
mod limits;
mod load_balancer;
mod network;
mod origins;
mod parameters;
mod queues;
mod recursion;
mod state;
mod structure;
mod targets;

use std::sync::LazyLock;

use crate::rule::Rule;

/// Every rule, grouped by subject.
#[must_use]
pub fn rules() -> &'static [Rule] {
    static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
        [
            queues::RULES,
            recursion::RULES,
            functions::RULES,
            answers::RULES,
            invocations::RULES,
            deployments::RULES,
            load_balancer::RULES,
            targets::RULES,
            distribution::RULES,
            origins::RULES,
            firewall::RULES,
            alarms::RULES,
            database::RULES,
            cache::RULES,
            state::RULES,
            keys::RULES,
            buckets::RULES,
            network::RULES,
            instances::RULES,
            identity::RULES,
            audit::RULES,
            parameters::RULES,
            structure::RULES,
            limits::RULES,
        ]
        .concat()
    });
    &RULES
}

/// What rules excuse by name, with the reason.
pub(crate) fn exceptions() -> [(&'static str, &'static [(&'static str, &'static str)]); 5] {
    [
        ("recursion-messages", recursion::HAND_BACK),
        ("state-kept", state::REMADE),
        ("bucket-versions", buckets::UNVERSIONED),
        ("topic-key", keys::PLAIN_TOPICS),
        ("policy-resources", identity::EVERYWHERE),
    ]
}
