//! The file as it is written. Each part is read by itself, so that each can have its fault.

use health_checks::Faults;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::fault::shown;

/// Takes a part out of a table; what it is where it is not there, or cannot be read.
pub(crate) fn part<T: DeserializeOwned + Default>(
    table: &mut Table,
    key: &str,
    faults: &mut Faults,
) -> T {
    let value = table.remove(key);
    value
        .and_then(|value| read(key, value, faults))
        .unwrap_or_default()
}

/// Takes the entries of an array of tables out of a table, with the place of each.
pub(crate) fn entries(
    table: &mut Table,
    key: &str,
    within: Option<&str>,
    faults: &mut Faults,
) -> Vec<(String, Table)> {
    let before = within.map(|place| format!("{place}, ")).unwrap_or_default();
    let entries = match table.remove(key) {
        None => Vec::new(),
        Some(Value::Array(entries)) => entries,
        Some(_) => {
            faults.add(format!("{before}{key}"), "it is no list of tables");
            Vec::new()
        }
    };
    let mut found = Vec::new();
    for (index, entry) in entries.into_iter().enumerate() {
        let id = entry.get("id").and_then(Value::as_str).map(shown);
        let name = id.map_or_else(|| (index + 1).to_string(), |id| format!("`{id}`"));
        let place = format!("{before}{key} {name}");
        match entry {
            Value::Table(table) => found.push((place, table)),
            _ => faults.add(place, "it is no table"),
        }
    }
    found
}

/// Reads a value, and adds what is wrong with it.
pub(crate) fn read<T: DeserializeOwned>(
    place: &str,
    value: Value,
    faults: &mut Faults,
) -> Option<T> {
    match value.try_into() {
        Ok(read) => Some(read),
        Err(error) => {
            faults.add(place, error.to_string().trim().replace('\n', ", "));
            None
        }
    }
}
