use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use aws_config::SdkConfig;
use aws_credential_types::provider::SharedCredentialsProvider;
use cache::CacheSettings;
use database::DatabaseSettings;

use crate::ProbeSettings;
use crate::probe::dynamodb::{Key, key_of};
use crate::probe::redis_info::Evicted;
use crate::probe::target_group::load_balancer_of;
use crate::probe::{ProbeError, Trust, Variables};

/// What probes ask with, and what they remember from run to run. Made once per process.
pub(crate) struct Clients {
    pub(crate) metrics: aws_sdk_cloudwatch::Client,
    pub(crate) tables: aws_sdk_dynamodb::Client,
    pub(crate) load_balancers: aws_sdk_elasticloadbalancingv2::Client,
    pub(crate) functions: aws_sdk_lambda::Client,
    pub(crate) instances: aws_sdk_rds::Client,
    pub(crate) objects: aws_sdk_s3::Client,
    pub(crate) queues: aws_sdk_sqs::Client,
    pub(crate) credentials: Option<SharedCredentialsProvider>,
    pub(crate) trust: Trust,
    pub(crate) variables: Variables,
    /// How the site signs in to its database; `None` where there is none.
    pub(crate) database: Option<DatabaseSettings>,
    pub(crate) cache: CacheSettings,
    known: Known,
}

/// What need not be asked again.
#[derive(Default)]
struct Known {
    /// How the keys of tables look.
    keys: Mutex<BTreeMap<String, Key>>,
    /// The load balancers of target groups.
    load_balancers: Mutex<BTreeMap<String, Option<String>>>,
    /// How many keys caches had dropped, by check.
    evicted: Mutex<BTreeMap<String, Evicted>>,
}

impl Clients {
    /// Clients, which send nothing yet.
    pub(crate) fn new(aws: &SdkConfig, settings: ProbeSettings, trust: Trust) -> Self {
        Self {
            metrics: aws_sdk_cloudwatch::Client::new(aws),
            tables: aws_sdk_dynamodb::Client::new(aws),
            load_balancers: aws_sdk_elasticloadbalancingv2::Client::new(aws),
            functions: aws_sdk_lambda::Client::new(aws),
            instances: aws_sdk_rds::Client::new(aws),
            objects: aws_sdk_s3::Client::new(aws),
            queues: aws_sdk_sqs::Client::new(aws),
            credentials: aws.credentials_provider(),
            trust,
            variables: Variables::new(settings.variables),
            database: settings.database,
            cache: settings.cache,
            known: Known::default(),
        }
    }

    /// The key of the item that a check reads of a table.
    pub(crate) async fn table_key(&self, id: &str, table: &str) -> Result<Key, ProbeError> {
        let name = format!("{id} {table}");
        if let Some(key) = with(&self.known.keys, |keys| keys.get(&name).cloned()) {
            return Ok(key);
        }
        let key = key_of(id, &self.tables, table).await?;
        with(&self.known.keys, |keys| keys.insert(name, key.clone()));
        Ok(key)
    }

    /// The load balancer of a target group; `None` when it has none.
    pub(crate) async fn load_balancer(&self, group: &str) -> Result<Option<String>, ProbeError> {
        let known = with(&self.known.load_balancers, |known| {
            known.get(group).cloned()
        });
        if let Some(load_balancer) = known {
            return Ok(load_balancer);
        }
        let found = load_balancer_of(&self.load_balancers, group).await?;
        // One that has none yet may get one.
        if found.is_some() {
            with(&self.known.load_balancers, |known| {
                known.insert(group.to_owned(), found.clone())
            });
        }
        Ok(found)
    }

    /// How many keys a cache drops in a minute, counted since the check's last run in this
    /// process; 0 in the first one.
    pub(crate) fn evictions(&self, id: &str, count: u64) -> u64 {
        let now = Evicted {
            at: Instant::now(),
            count,
        };
        let before = with(&self.known.evicted, |evicted| {
            evicted.insert(id.to_owned(), now)
        });
        before.map_or(0, |before| before.per_minute(now))
    }
}

fn with<T, R>(lock: &Mutex<T>, work: impl FnOnce(&mut T) -> R) -> R {
    // What a panicking probe left behind is as good as before.
    work(&mut lock.lock().unwrap_or_else(PoisonError::into_inner))
}
