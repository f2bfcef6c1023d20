//! What stands on every page.

use maud::{Markup, html};
use report_page::layout::{Column, table};

use crate::money::{PRICES_AS_OF, PRICES_SOURCE};
use crate::reach::REACH;

pub(super) fn reach() -> Markup {
    let columns = [
        Column::Text("Cache"),
        Column::Text("Is warm afterwards"),
        Column::Text("Is not"),
    ];
    let rows: Vec<Vec<Markup>> = REACH
        .iter()
        .map(|reach| {
            vec![
                html! { (reach.mode) },
                html! { (reach.warms) },
                html! { (reach.leaves) },
            ]
        })
        .collect();
    html! {
        h2 { "What warming reaches" }
        (table("What the functions of one region can warm, and what they cannot", &columns, &rows))
    }
}

pub(super) fn prices() -> Markup {
    html! {
        p {
            "Costs are CloudFront's list prices for Europe, as known in " (PRICES_AS_OF) ": " (PRICES_SOURCE)
            ", without the free allowance."
        }
    }
}
