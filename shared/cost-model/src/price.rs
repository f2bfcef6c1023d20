//! Unit prices, and what of them is free of charge.

use serde::Deserialize;

use crate::CostError;

/// The file with the prices.
const FILE: &str = include_str!("../prices.toml");

/// What a price belongs to: a row of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// CloudFront and the web ACL.
    Edge,
    /// The load balancer.
    LoadBalancer,
    /// NAT gateways, public addresses, endpoints.
    Network,
    /// Instances and their disks.
    Instances,
    /// PostgreSQL and RDS Proxy.
    Database,
    /// Valkey.
    Cache,
    /// Alarms, metrics, traces, secrets, keys.
    Watching,
    /// What CloudWatch Logs takes in.
    Logs,
    /// Functions, queues, events.
    Functions,
    /// Tables and buckets.
    Storage,
    /// Mails.
    Mails,
}

impl Group {
    /// All of them, in the order of the tables.
    pub const ALL: [Self; 11] = [
        Self::Edge,
        Self::LoadBalancer,
        Self::Network,
        Self::Instances,
        Self::Database,
        Self::Cache,
        Self::Watching,
        Self::Logs,
        Self::Functions,
        Self::Storage,
        Self::Mails,
    ];

    /// Its heading in tables.
    pub(crate) const fn heading(self) -> &'static str {
        match self {
            Self::Edge => "CloudFront, web ACL",
            Self::LoadBalancer => "load balancer",
            Self::Network => "NAT gateways with addresses",
            Self::Instances => "instances with disks, the fewest",
            Self::Database => "database, RDS Proxy",
            Self::Cache => "cache",
            Self::Watching => "alarms, metrics, traces, secrets",
            Self::Logs => "log lines",
            Self::Functions => "functions, queues, events",
            Self::Storage => "tables, buckets",
            Self::Mails => "mails",
        }
    }
}

/// What one unit costs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Its name, such as `nat-gateway-hour`.
    pub id: String,
    /// What it belongs to.
    pub group: Group,
    /// What is paid for, in words.
    pub what: String,
    /// The unit, in words.
    pub unit: String,
    /// US dollars a unit.
    pub usd: f64,
    /// Units a month that an account has free of charge.
    #[serde(default)]
    pub free: f64,
    /// Where the figure was read, or where to look it up.
    pub source: String,
    /// When the source was written or read, or when the figure was recalled: `2026-11-28`.
    pub date: String,
    /// Whether the figure was read at its source.
    pub verified: bool,
}

/// A flat-rate plan of CloudFront, instead of [`Group::Edge`].
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// AWS's name of it.
    pub name: String,
    /// US dollars a month.
    pub usd: f64,
    /// Requests a month that it bears, in millions.
    pub million_requests: f64,
    /// GB a month that it bears.
    pub gb: f64,
    /// Where to look it up.
    pub source: String,
    /// When the figure was written down.
    pub date: String,
    /// Whether the figure was read at its source.
    pub verified: bool,
}

/// All prices.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceList {
    /// Hours of a month.
    pub hours_a_month: f64,
    #[serde(rename = "price")]
    prices: Vec<Price>,
    #[serde(rename = "plan")]
    plans: Vec<Plan>,
}

impl PriceList {
    /// The prices of this repository.
    ///
    /// # Errors
    /// When `prices.toml` is malformed.
    pub fn current() -> Result<Self, CostError> {
        toml::from_str(FILE).map_err(|error| CostError::File {
            file: "prices.toml",
            reason: error.to_string(),
        })
    }

    /// Every price, in the order of the file.
    #[must_use]
    pub fn prices(&self) -> &[Price] {
        &self.prices
    }

    /// The price of this id.
    ///
    /// # Errors
    /// When there is none.
    pub fn price(&self, id: &str) -> Result<&Price, CostError> {
        let found = self.prices.iter().find(|price| price.id == id);
        found.ok_or_else(|| CostError::Price(id.to_owned()))
    }

    /// Every plan, smallest first.
    #[must_use]
    pub fn plans(&self) -> &[Plan] {
        &self.plans
    }

    /// The smallest plan that bears so much traffic.
    ///
    /// # Errors
    /// When none does.
    pub fn plan(&self, million_requests: f64, gb: f64) -> Result<&Plan, CostError> {
        let bears = |plan: &&Plan| plan.million_requests >= million_requests && plan.gb >= gb;
        let found = self.plans.iter().find(bears);
        found.ok_or(CostError::Plan(million_requests))
    }
}

impl Price {
    /// US dollars for so many units in a month, after what is free of charge.
    #[must_use]
    pub fn usd_for(&self, units: f64) -> f64 {
        (units - self.free).max(0.0) * self.usd
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_price_has_one_entry_a_date_and_a_source() {
        let list = PriceList::current().unwrap();
        let ids: BTreeSet<&str> = list
            .prices()
            .iter()
            .map(|price| price.id.as_str())
            .collect();
        assert_eq!(ids.len(), list.prices().len());
        for price in list.prices() {
            let date: Vec<&str> = price.date.split('-').collect();
            assert!(date.len() == 3 && date.concat().len() == 8, "{}", price.id);
            assert!(price.source.starts_with("https://"), "{}", price.id);
            assert!(price.usd > 0.0 && price.free >= 0.0, "{}", price.id);
        }
    }

    #[test]
    fn what_is_free_of_charge_is_taken_off_and_never_paid_back() {
        let list = PriceList::current().unwrap();
        let alarm = list.price("alarm").unwrap();
        assert!(alarm.usd_for(4.0).abs() < f64::EPSILON);
        assert!((alarm.usd_for(30.0) - 2.0).abs() < 1e-9);
    }

    #[test]
    fn the_smallest_plan_that_bears_the_traffic_is_taken() {
        let list = PriceList::current().unwrap();
        assert_eq!(list.plan(1.0, 30.0).unwrap().name, "Free");
        assert_eq!(list.plan(1.0, 101.0).unwrap().name, "Pro");
        assert_eq!(list.plan(100.0, 3000.0).unwrap().name, "Business");
        assert!(list.plan(1000.0, 1.0).is_err());
    }
}
