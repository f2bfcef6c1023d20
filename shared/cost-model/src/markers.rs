//! Tables in a page, between markers that Markdown does not show.

use crate::{CostError, Table};

/// The page with each table between its markers replaced:
/// `<!-- begin table NAME -->` and `<!-- end table NAME -->`, each a line of its own.
///
/// # Errors
/// When a table has no markers in the page.
pub fn rewrite(page: &str, tables: &[Table]) -> Result<String, CostError> {
    let mut page = page.to_owned();
    for table in tables {
        let begin = format!("<!-- begin table {} -->\n", table.name);
        let end = format!("<!-- end table {} -->\n", table.name);
        let missing = || CostError::Markers(table.name);
        let from = page.find(&begin).ok_or_else(missing)? + begin.len();
        let rest = page.get(from..).ok_or_else(missing)?;
        let to = from + rest.find(&end).ok_or_else(missing)?;
        page.replace_range(from..to, &format!("\n{}\n", table.markdown));
    }
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(markdown: &str) -> Table {
        Table {
            name: "totals",
            markdown: markdown.to_owned(),
        }
    }

    #[test]
    fn only_what_is_between_the_markers_changes() {
        let page = "a\n<!-- begin table totals -->\nold\n<!-- end table totals -->\nb\n";
        let once = rewrite(page, &[table("| new |\n")]).unwrap();
        let expected =
            "a\n<!-- begin table totals -->\n\n| new |\n\n<!-- end table totals -->\nb\n";
        assert_eq!(once, expected);
        assert_eq!(rewrite(&once, &[table("| new |\n")]).unwrap(), expected);
    }

    #[test]
    fn a_page_without_the_markers_is_an_error() {
        assert!(rewrite("a\n", &[table("x")]).is_err());
    }
}
