//! Network operators that attacked the site: written by those who read the logs, read by
//! those who judge visitors.

use std::collections::BTreeSet;
use std::time::SystemTime;

use aws_sdk_dynamodb::types::AttributeValue;
use lambda_kit::BoxFuture;

use crate::item::{Item, integer, need, number, text};
use crate::{GuardTable, Millis, StoreError};

/// Key of the list.
const KEY: &str = "abusive-operators";
/// Most operators that [`GuardTable::set_abusive_operators`] keeps.
pub const MAX_ABUSIVE_OPERATORS: usize = 500;

impl GuardTable {
    /// Replaces the list of operators (AS numbers) that attacked the site. From
    /// `expires_at` on nobody is on it. Of more than [`MAX_ABUSIVE_OPERATORS`] those with
    /// the lowest numbers are kept: whoever knows better ones leaves the others out.
    ///
    /// # Errors
    /// A failed call.
    pub fn set_abusive_operators<'a>(
        &'a self,
        operators: &'a BTreeSet<u32>,
        expires_at: SystemTime,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            self.client
                .put_item()
                .table_name(&self.table)
                .set_item(Some(write(operators, expires_at)))
                .send()
                .await
                .map_err(|error| StoreError::call("list the operators", &self.table, error))?;
            Ok(())
        })
    }

    /// The operators (AS numbers) that attacked the site, as far as the list is in force.
    ///
    /// # Errors
    /// A failed call, or a list that cannot be understood.
    pub fn abusive_operators(
        &self,
        now: SystemTime,
    ) -> BoxFuture<'_, Result<BTreeSet<u32>, StoreError>> {
        Box::pin(async move {
            let output = self
                .client
                .get_item()
                .table_name(&self.table)
                .key("pk", text(KEY))
                .send()
                .await
                .map_err(|error| StoreError::call("read the operators", &self.table, error))?;
            output
                .item
                .map_or_else(|| Ok(BTreeSet::new()), |item| read(&item, now))
        })
    }
}

fn write(operators: &BTreeSet<u32>, expires_at: SystemTime) -> Item {
    let mut item = Item::from([
        ("pk".to_owned(), text(KEY)),
        (
            "expires_at".to_owned(),
            number(Millis::of(expires_at).seconds()),
        ),
    ]);
    // DynamoDB has no empty sets.
    if !operators.is_empty() {
        let numbers = operators.iter().take(MAX_ABUSIVE_OPERATORS);
        item.insert(
            "operators".to_owned(),
            AttributeValue::Ns(numbers.map(u32::to_string).collect()),
        );
    }
    item
}

fn read(item: &Item, now: SystemTime) -> Result<BTreeSet<u32>, StoreError> {
    let expires_at: u64 = need(item, "expires_at", integer(item, "expires_at"))?;
    // DynamoDB deletes what has expired only within days.
    if expires_at <= Millis::of(now).seconds() {
        return Ok(BTreeSet::new());
    }
    let Some(operators) = item.get("operators") else {
        return Ok(BTreeSet::new());
    };
    let numbers = operators
        .as_ns()
        .ok()
        .and_then(|numbers| numbers.iter().map(|number| number.parse().ok()).collect());
    need(item, "operators", numbers)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn a_list_reads_back_as_written_until_it_expires() {
        let operators = BTreeSet::from([3320, 4_200_000_000]);
        let item = write(&operators, at(1_000));
        assert_eq!(read(&item, at(999)).unwrap(), operators);
        assert!(read(&item, at(1_000)).unwrap().is_empty());
    }

    #[test]
    fn nobody_is_no_attribute() {
        let item = write(&BTreeSet::new(), at(1_000));
        assert!(!item.contains_key("operators"));
        assert!(read(&item, at(0)).unwrap().is_empty());
    }

    #[test]
    fn no_more_are_kept_than_fit() {
        let operators: BTreeSet<u32> = (1..=600).collect();
        let kept = read(&write(&operators, at(1_000)), at(0)).unwrap();
        assert_eq!(kept, (1..=500).collect());
    }

    #[test]
    fn names_what_is_wrong() {
        let mut item = write(&BTreeSet::from([3320]), at(1_000));
        item.insert("operators".to_owned(), text("3320"));
        let error = read(&item, at(0)).unwrap_err().to_string();
        assert!(error.contains("`operators`"), "{error}");
    }
}
