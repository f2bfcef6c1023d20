//! What the judges say, as a table.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A row for each template that is judged, a column for each judge.
#[derive(Debug, Default)]
pub(super) struct Summary {
    columns: Vec<String>,
    rows: Vec<(String, BTreeMap<usize, String>)>,
}

impl Summary {
    /// Notes a cell. Rows and columns are in the order in which they first appear.
    pub(super) fn note(&mut self, row: &str, column: &str, cell: String) {
        let found = self.columns.iter().position(|name| name == column);
        let column = found.unwrap_or_else(|| {
            self.columns.push(column.to_owned());
            self.columns.len() - 1
        });
        let found = self.rows.iter().position(|(name, _)| name == row);
        let row = found.unwrap_or_else(|| {
            self.rows.push((row.to_owned(), BTreeMap::new()));
            self.rows.len() - 1
        });
        if let Some((_, cells)) = self.rows.get_mut(row) {
            cells.insert(column, cell);
        }
    }

    /// The table as text, columns aligned.
    pub(super) fn text(&self) -> String {
        let first = self.rows.iter().map(|(name, _)| name.chars().count()).max();
        let first = first.unwrap_or_default();
        let width = |index: usize, name: &str| {
            let cells = self.rows.iter().filter_map(|(_, cells)| cells.get(&index));
            let widths = cells.map(|cell| cell.chars().count());
            widths
                .chain([name.chars().count()])
                .max()
                .unwrap_or_default()
        };
        let mut text = format!("  {:first$}", "");
        for (index, name) in self.columns.iter().enumerate() {
            // Writing to a string does not fail.
            let _ = write!(text, "  {name:>width$}", width = width(index, name));
        }
        for (name, cells) in &self.rows {
            let _ = write!(text, "\n  {name:first$}");
            for (index, column) in self.columns.iter().enumerate() {
                let cell = cells.get(&index).map_or("", String::as_str);
                let _ = write!(text, "  {cell:>width$}", width = width(index, column));
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let mut summary = Summary::default();
        summary.note("lint", "dev", "0".to_owned());
        summary.note("checks", "production", "0 of 444".to_owned());
        assert_eq!(
            summary.text(),
            "          dev  production\n  lint      0            \n  checks         0 of 444"
        );
    }
}
