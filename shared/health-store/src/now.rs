use std::collections::BTreeMap;

use health_state::State;
use lambda_kit::BoxFuture;
use serde::{Deserialize, Serialize};
use store::StoreError;

use crate::HealthStore;
use crate::item::{Item, ONLY, json, key, number, parse, row};

const NOW: &str = "now";

/// How all checks are, for functions that mind: one small item.
///
/// It is as old as it says. Whoever reads it decides what that is worth: nothing, once the
/// prober has been silent for some minutes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HealthNow {
    /// When it was made, in milliseconds since 1970.
    pub made_ms: i64,
    /// The checks by their ids.
    pub checks: BTreeMap<String, NowCheck>,
}

/// How one check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NowCheck {
    /// Its state.
    pub state: State,
    /// Since when, in milliseconds since 1970; 0 before there was any result.
    pub since_ms: i64,
    /// Whether it is in maintenance: it is judged all the same.
    pub maintenance: bool,
}

impl HealthStore {
    /// How all checks were when the prober looked last; `None` before it ever did. May be a
    /// second older than what was written: it is read at half the price.
    ///
    /// # Errors
    /// A failed call.
    pub fn now(&self) -> BoxFuture<'_, Result<Option<HealthNow>, StoreError>> {
        Box::pin(async move {
            let item = self.get(NOW, ONLY, false).await?;
            Ok(item.as_ref().and_then(|item| parse(item, NOW)))
        })
    }

    /// Writes how all checks are, unless somebody has looked later.
    ///
    /// # Errors
    /// A failed call.
    pub fn put_now<'a>(&'a self, now: &'a HealthNow) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let request = self
                .client
                .put_item()
                .table_name(&self.table)
                .set_item(Some(write(now)?))
                .condition_expression("attribute_not_exists(made_ms) OR made_ms < :made")
                .expression_attribute_values(":made", number(now.made_ms));
            self.put_newer("put the row", NOW, request).await
        })
    }
}

fn write(now: &HealthNow) -> Result<Item, StoreError> {
    let mut item = key(NOW, ONLY);
    item.extend(row([
        ("made_ms", number(now.made_ms)),
        (NOW, json(NOW, NOW, now)?),
    ]));
    Ok(item)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_item_is_small_and_reads_back() {
        let check = NowCheck {
            state: State::Recovering,
            since_ms: 1_795_774_830_000,
            maintenance: true,
        };
        let now = HealthNow {
            made_ms: 1_795_774_890_000,
            checks: (0..20).map(|n| (format!("check-{n}"), check)).collect(),
        };
        let item = write(&now).unwrap();
        let bytes = item[NOW].as_s().unwrap().len();
        // 4 kB are one read unit.
        assert!(bytes < 2_000, "{bytes}");
        assert_eq!(parse::<HealthNow>(&item, NOW), Some(now));
    }
}
