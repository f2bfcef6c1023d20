//! What clients were told, and what is there.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use anyhow::{Context, Result};
use local::Stack;
use serde_json::{Value, json};

/// Names of submissions by the marker that the client gave them.
pub(super) type Names = BTreeMap<String, BTreeSet<String>>;

/// What the clients were told about one submission.
#[derive(Debug, Clone, Default)]
pub(super) struct Entry {
    /// Names in positive answers; more than one is a duplicate by our own word.
    pub ids: BTreeSet<String>,
    /// Answers that were neither positive nor missing.
    pub refusals: usize,
}

/// The books, compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Books {
    /// Submissions with at least one positive answer.
    pub acknowledged: usize,
    /// Submissions that are there.
    pub there: usize,
    /// Acknowledged and not there.
    pub lost: usize,
    /// There more than once.
    pub duplicated: usize,
    /// Never answered.
    pub unknown: usize,
    /// Never answered, and there.
    pub unknown_there: usize,
}

impl fmt::Display for Books {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} acknowledged, {} stored, {} lost, {} duplicated, {} unknown ({} stored)",
            self.acknowledged,
            self.there,
            self.lost,
            self.duplicated,
            self.unknown,
            self.unknown_there
        )
    }
}

/// What was acknowledged against what is there: names by marker.
pub(super) fn compare(entries: &BTreeMap<String, Entry>, there: &Names) -> Books {
    let mut books = Books::default();
    for (marker, entry) in entries {
        let stored = there.get(marker).map_or(0, BTreeSet::len);
        books.there += usize::from(stored > 0);
        books.duplicated += usize::from(stored > 1 || entry.ids.len() > 1);
        if entry.ids.is_empty() {
            books.unknown += 1;
            books.unknown_there += usize::from(stored > 0);
        } else {
            books.acknowledged += 1;
            books.lost += usize::from(stored == 0);
        }
    }
    books
}

/// Names by marker in the table of submissions, read through the emulator's API.
pub(super) fn stored(stack: &Stack, run: &str) -> Result<Names> {
    let table = stack.output("SubmissionsTableName")?;
    let mut found = BTreeMap::new();
    let mut start = Value::Null;
    loop {
        let mut request = json!({"TableName": table, "FilterExpression": "sk = :meta",
                                 "ExpressionAttributeValues": {":meta": {"S": "META"}}});
        if !start.is_null() {
            request["ExclusiveStartKey"] = start;
        }
        let answer = stack.dynamodb("Scan", &request)?;
        for item in answer["Items"].as_array().into_iter().flatten() {
            let document: Value = item["document"]["S"]
                .as_str()
                .and_then(|text| serde_json::from_str(text).ok())
                .context("read a submission of the table")?;
            add(&mut found, run, &document["fields"], &document["id"]);
        }
        start = answer["LastEvaluatedKey"].clone();
        if start.is_null() {
            return Ok(found);
        }
    }
}

/// Names by marker in PostgreSQL.
pub(super) fn projected(stack: &Stack, run: &str) -> Result<Names> {
    let rows =
        stack.sql("SELECT json_build_object('id', id, 'fields', fields) FROM form_submissions")?;
    let mut found = BTreeMap::new();
    for row in rows {
        let row: Value = serde_json::from_str(&row).context("read a row of PostgreSQL")?;
        add(&mut found, run, &row["fields"], &row["id"]);
    }
    Ok(found)
}

/// Names by marker at the webhook receiver.
pub(super) fn received(stack: &Stack, run: &str) -> Names {
    let mut found = BTreeMap::new();
    for webhook in stack.received_webhooks() {
        let data = &webhook["data"];
        add(&mut found, run, &data["fields"], &data["submission"]);
    }
    found
}

fn add(found: &mut Names, run: &str, fields: &Value, id: &Value) {
    let marker = fields["order_number"].as_str().unwrap_or_default();
    if let (true, Some(id)) = (marker.starts_with(run), id.as_str()) {
        found
            .entry(marker.to_owned())
            .or_default()
            .insert(id.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(ids: &[&str]) -> Entry {
        Entry {
            ids: ids.iter().map(|id| (*id).to_owned()).collect(),
            refusals: 0,
        }
    }

    #[test]
    fn the_books_tell_lost_from_unknown() {
        let entries = BTreeMap::from([
            ("a".to_owned(), entry(&["1"])),
            ("b".to_owned(), entry(&["2"])),
            ("c".to_owned(), entry(&[])),
            ("d".to_owned(), entry(&[])),
            ("e".to_owned(), entry(&["5"])),
        ]);
        let ids = |list: &[&str]| list.iter().map(|id| (*id).to_owned()).collect();
        let there = BTreeMap::from([
            ("a".to_owned(), ids(&["1"])),
            ("c".to_owned(), ids(&["3"])),
            ("e".to_owned(), ids(&["5", "6"])),
        ]);
        assert_eq!(
            compare(&entries, &there).to_string(),
            "3 acknowledged, 3 stored, 1 lost, 1 duplicated, 2 unknown (1 stored)"
        );
    }
}
