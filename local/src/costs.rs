//! Keeps docs/cost.md, and what README says of it, true to the template.

use anyhow::{Context, Result};
use cost_model::{
    Assumptions, Class, CountedClasses, PriceList, Quantities, Table, rewrite, tables,
};

use crate::generated::{keep, read, render};
use crate::machine;
use crate::progress::Progress;

/// The table that README shows, too.
const TOTALS: &str = "totals";

/// Counts what the renders of the template have that `validate` made last, and compares
/// `quantities.json`, docs/cost.md and README.md with what follows from that; with `write`, writes them.
///
/// # Errors
/// When a render is missing or has something that no price is known of, and, without `write`,
/// when a file is out of date.
pub fn check_costs(write: bool, progress: &Progress) -> Result<()> {
    progress.step("counting what the template costs", None, || {
        let mut counted = CountedClasses::default();
        for class in Class::ALL {
            counted.insert(class, count(class)?);
        }
        let tables = tables(&counted, &PriceList::current()?, &Assumptions::current()?)
            .context("estimate the costs")?;
        let repository = machine::repository();
        let quantities = repository.join("shared/cost-model/quantities.json");
        keep(&quantities, &counted.to_json()?, write, "costs")?;
        let totals: Vec<Table> = tables
            .iter()
            .filter(|t| t.name == TOTALS)
            .cloned()
            .collect();
        for (page, tables) in [("docs/cost.md", &tables), ("README.md", &totals)] {
            let page = repository.join(page);
            keep(&page, &rewrite(&read(&page)?, tables)?, write, "costs")?;
        }
        Ok(())
    })
}

fn count(class: Class) -> Result<Quantities> {
    Quantities::count(&render(class.name())?)
        .with_context(|| format!("count what class {} has", class.name()))
}
