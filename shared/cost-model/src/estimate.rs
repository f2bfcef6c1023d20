//! What a class costs under a load.

use crate::usage::Usage;
use crate::{Assumptions, CostError, Group, Load, PriceList, Quantities};

/// A month's costs in US dollars.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// Of each group, in the order of [`Group::ALL`].
    pub groups: Vec<(Group, f64)>,
    /// The same together, with a flat-rate plan of CloudFront instead of [`Group::Edge`].
    pub with_plan: f64,
    /// The name of that plan, the smallest that bears the load.
    pub plan: String,
}

impl Estimate {
    /// All groups together.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.groups.iter().map(|(_, usd)| usd).sum()
    }
}

/// Estimates a month of a deployment.
///
/// # Errors
/// When a price or an assumption is missing.
pub fn estimate(
    quantities: &Quantities,
    load: Load,
    prices: &PriceList,
    assumptions: &Assumptions,
) -> Result<Estimate, CostError> {
    let usage = Usage::of(quantities, load, assumptions, prices.hours_a_month)?;
    let mut groups: Vec<(Group, f64)> = Group::ALL.map(|group| (group, 0.0)).to_vec();
    for (id, units) in &usage.0 {
        let price = prices.price(id)?;
        for (group, usd) in &mut groups {
            if *group == price.group {
                *usd += price.usd_for(*units);
            }
        }
    }
    let elsewhere = groups.iter().filter(|(group, _)| *group != Group::Edge);
    let elsewhere: f64 = elsewhere.map(|(_, usd)| usd).sum();
    let gb = usage.0.get("cloudfront-gb").copied().unwrap_or_default();
    let plan = prices.plan(load.millions(), gb)?;
    Ok(Estimate {
        groups,
        with_plan: elsewhere + plan.usd,
        plan: plan.name.clone(),
    })
}
