//! Keeps docs/cost.md, and what README says of it, true to the template.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use cost_model::{
    Assumptions, Class, CountedClasses, PriceList, Quantities, Table, rewrite, tables,
};
use serde_json::Value;

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
    let renders = machine::target_dir().join("template-gate");
    progress.step("counting what the template costs", None, || {
        let mut counted = CountedClasses::default();
        for class in Class::ALL {
            counted.insert(class, count(&renders, class)?);
        }
        let tables = tables(&counted, &PriceList::current()?, &Assumptions::current()?)
            .context("estimate the costs")?;
        let repository = machine::repository();
        let quantities = repository.join("shared/cost-model/quantities.json");
        keep(&quantities, &counted.to_json()?, write)?;
        let totals: Vec<Table> = tables
            .iter()
            .filter(|t| t.name == TOTALS)
            .cloned()
            .collect();
        for (page, tables) in [("docs/cost.md", &tables), ("README.md", &totals)] {
            let page = repository.join(page);
            keep(&page, &rewrite(&read(&page)?, tables)?, write)?;
        }
        Ok(())
    })
}

fn count(renders: &Path, class: Class) -> Result<Quantities> {
    let path = renders.join(format!("{}.json", class.name()));
    let render: Value =
        serde_json::from_str(&read(&path)?).with_context(|| format!("parse {}", path.display()))?;
    Quantities::count(&render).with_context(|| format!("count what class {} has", class.name()))
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("read {}", path.display()))
}

fn keep(path: &Path, text: &str, write: bool) -> Result<()> {
    if read(path)? == text {
        return Ok(());
    }
    if !write {
        bail!(
            "find {} up to date: `cargo run -- costs --write` makes it so",
            path.display()
        );
    }
    fs::write(path, text).with_context(|| format!("write {}", path.display()))
}
