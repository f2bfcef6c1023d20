//! The tables of docs/cost.md.

use std::fmt::Write as _;

use crate::{
    Assumptions, Class, CostError, CountedClasses, Estimate, Group, Load, PriceList, estimate,
    quantity_table,
};

/// A generated table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name in the page's markers.
    pub name: &'static str,
    /// Its text.
    pub markdown: String,
}

/// Everything that docs/cost.md shows: `totals`, a table of each load, `quantities`,
/// `assumptions` and `prices`.
///
/// # Errors
/// When a class was not counted, or a price or an assumption is missing.
pub fn tables(
    counted: &CountedClasses,
    prices: &PriceList,
    assumptions: &Assumptions,
) -> Result<Vec<Table>, CostError> {
    let mut all = vec![totals(counted, prices, assumptions)?];
    for (load, name) in [
        (Load::Idle, "idle"),
        (Load::Million, "million"),
        (Load::HundredMillion, "hundred-million"),
    ] {
        let estimates = estimates(counted, load, prices, assumptions)?;
        let markdown = of_load(&estimates);
        all.push(Table { name, markdown });
    }
    all.push(Table {
        name: "quantities",
        markdown: quantity_table::markdown(counted)?,
    });
    all.push(Table {
        name: "assumptions",
        markdown: of_assumptions(assumptions),
    });
    all.push(Table {
        name: "prices",
        markdown: of_prices(prices),
    });
    Ok(all)
}

fn estimates(
    counted: &CountedClasses,
    load: Load,
    prices: &PriceList,
    assumptions: &Assumptions,
) -> Result<Vec<Estimate>, CostError> {
    let each = |class| estimate(counted.of(class)?, load, prices, assumptions);
    Class::ALL.into_iter().map(each).collect()
}

/// A row of a table.
pub(crate) fn row<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let mut line = String::from("|");
    for cell in cells {
        line.push(' ');
        line.push_str(cell);
        line.push_str(if cell.is_empty() { "|" } else { " |" });
    }
    line.push('\n');
    line
}

/// Dollars, rounded: nothing where there is nothing, and `<1` where there is little.
fn dollars(usd: f64) -> String {
    if usd < 0.005 {
        String::new()
    } else if usd < 0.5 {
        "<1".to_owned()
    } else {
        format!("{usd:.0}")
    }
}

fn totals(
    counted: &CountedClasses,
    prices: &PriceList,
    assumptions: &Assumptions,
) -> Result<Table, CostError> {
    let headings = Load::ALL.map(Load::heading);
    let mut markdown = row(std::iter::once("$ a month").chain(headings));
    markdown.push_str(&row(["---", "---:", "---:", "---:"]));
    for class in Class::ALL {
        let mut cells = vec![class.heading().to_owned()];
        for load in Load::ALL {
            let month = estimate(counted.of(class)?, load, prices, assumptions)?;
            let (total, with_plan) = (month.total(), month.with_plan);
            cells.push(format!("**{total:.0}** ({with_plan:.0})"));
        }
        markdown.push_str(&row(cells.iter().map(String::as_str)));
    }
    Ok(Table {
        name: "totals",
        markdown,
    })
}

pub(crate) fn class_headings(first: &str) -> String {
    let headings = Class::ALL.map(Class::heading);
    let mut lines = row(std::iter::once(first).chain(headings));
    lines.push_str(&row(["---", "---:", "---:", "---:", "---:"]));
    lines
}

fn of_load(estimates: &[Estimate]) -> String {
    let mut markdown = class_headings("$ a month");
    for (index, group) in Group::ALL.into_iter().enumerate() {
        let usd = |month: &Estimate| month.groups.get(index).map_or(0.0, |(_, usd)| *usd);
        let cells: Vec<String> = estimates.iter().map(|month| dollars(usd(month))).collect();
        if cells.iter().all(String::is_empty) {
            continue;
        }
        let cells = cells.iter().map(String::as_str);
        markdown.push_str(&row(std::iter::once(group.heading()).chain(cells)));
    }
    let totals: Vec<String> = estimates
        .iter()
        .map(|month| format!("**{:.0}**", month.total()))
        .collect();
    let cells = totals.iter().map(String::as_str);
    markdown.push_str(&row(std::iter::once("**together**").chain(cells)));
    let plans: Vec<String> = estimates
        .iter()
        .map(|month| format!("{:.0} ({})", month.with_plan, month.plan))
        .collect();
    let cells = plans.iter().map(String::as_str);
    let heading = "with a flat-rate plan of CloudFront";
    markdown.push_str(&row(std::iter::once(heading).chain(cells)));
    markdown
}

pub(crate) fn units(number: f64) -> String {
    if number > 0.0 {
        thousands(number)
    } else {
        String::new()
    }
}

/// A whole number with commas, others as they are.
fn thousands(number: f64) -> String {
    if number.fract() > 0.0 || number < 1000.0 {
        return format!("{number}");
    }
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn of_assumptions(assumptions: &Assumptions) -> String {
    let mut markdown = row(["", "assumed"]);
    markdown.push_str(&row(["---:", "---"]));
    for assumption in assumptions.all() {
        markdown.push_str(&row([
            thousands(assumption.value).as_str(),
            assumption.what.as_str(),
        ]));
    }
    markdown
}

fn of_prices(prices: &PriceList) -> String {
    let mut markdown = row(["", "$", "unit", "free a month", "as of", "read there"]);
    markdown.push_str(&row(["---", "---:", "---", "---:", "---", "---"]));
    let mut line = |what: &str, usd: f64, unit: &str, free: &str, from: Origin<'_>| {
        let place = from.source.strip_prefix("https://").unwrap_or(from.source);
        let host = place.split('/').next().unwrap_or(place);
        let read = if from.verified {
            "yes"
        } else {
            "**no**, recalled"
        };
        // Writing to a text cannot fail.
        let _ = writeln!(
            markdown,
            "| {what} | {usd} | {unit} | {free} | {} | {read}: [{host}]({}) |",
            from.date, from.source
        );
    };
    for price in prices.prices() {
        let origin = Origin {
            source: &price.source,
            date: &price.date,
            verified: price.verified,
        };
        line(
            &price.what,
            price.usd,
            &price.unit,
            &units(price.free),
            origin,
        );
    }
    for plan in prices.plans() {
        let what = format!(
            "flat-rate plan {}: {} million requests, {} GB",
            plan.name,
            plan.million_requests,
            thousands(plan.gb)
        );
        let origin = Origin {
            source: &plan.source,
            date: &plan.date,
            verified: plan.verified,
        };
        line(&what, plan.usd, "month", "", origin);
    }
    markdown
}

/// Where a figure is from.
struct Origin<'a> {
    source: &'a str,
    date: &'a str,
    verified: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_say_little_where_there_is_little() {
        assert_eq!(dollars(0.0), "");
        assert_eq!(dollars(0.2), "<1");
        assert_eq!(dollars(16.43), "16");
    }

    #[test]
    fn thousands_have_commas() {
        assert_eq!(thousands(657_000.0), "657,000");
        assert_eq!(thousands(1_234_567.0), "1,234,567");
        assert_eq!(thousands(0.69), "0.69");
        assert_eq!(thousands(12.0), "12");
    }
}
