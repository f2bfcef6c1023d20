//! Submissions as files for other programs.

use form_definition::Form;
use serde_json::{Value, json};
use submission_store::{Page, Stored};

use crate::pages::in_digits;
use crate::{AdminError, Deps};

/// Longest part of an export, in bytes: an ALB passes on 1 MB
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html>).
const MAX_BYTES: usize = 900 * 1024;
/// Rows read at once.
const ROWS: i32 = 200;

/// A part of an export.
pub(crate) struct Part {
    /// The file.
    pub text: String,
    /// Where the next part starts; `None` at the end.
    pub next: Option<String>,
}

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// <https://www.rfc-editor.org/rfc/rfc4180>.
    Csv,
    /// <https://jsonlines.org>.
    JsonLines,
}

/// Writes as much of a form's submissions as fits into one answer, the newest first.
pub(crate) async fn export(
    form: &Form,
    format: Format,
    before: Option<String>,
    deps: &Deps,
) -> Result<Part, AdminError> {
    let mut text = match format {
        Format::Csv => row(&headings(form))?,
        Format::JsonLines => String::new(),
    };
    let mut next = before;
    loop {
        let Page { rows, next: more } = deps
            .submissions
            .list(&form.id, next.as_deref(), ROWS)
            .await?;
        for stored in &rows {
            let line = match format {
                Format::Csv => row(&cells(form, stored))?,
                Format::JsonLines => format!("{}\n", document(stored)),
            };
            if text.len() + line.len() > MAX_BYTES {
                return Ok(Part { text, next });
            }
            text.push_str(&line);
            next = Some(stored.list_position());
        }
        next = more;
        if next.is_none() {
            return Ok(Part { text, next });
        }
    }
}

/// A submission as JSON, with everything that is known of it.
pub(crate) fn document(stored: &Stored) -> Value {
    let submission = &stored.submission;
    json!({
        "id": submission.id,
        "form": submission.form,
        "version": submission.version,
        "received_at": in_digits(submission.received_at),
        "state": stored.state,
        "score": submission.score,
        "signals": submission.signals,
        "fields": submission.fields,
        "network": submission.network,
        "country": submission.country,
        "revises": submission.revises,
    })
}

fn headings(form: &Form) -> Vec<String> {
    let mut headings: Vec<String> = ["id", "received_at", "state", "score"]
        .map(str::to_owned)
        .to_vec();
    headings.extend(form.columns().into_iter().map(|column| column.name));
    headings
}

fn cells(form: &Form, stored: &Stored) -> Vec<String> {
    let submission = &stored.submission;
    let mut cells = vec![
        submission.id.to_string(),
        in_digits(submission.received_at),
        stored.state.name().to_owned(),
        submission.score.to_string(),
    ];
    cells.extend(
        form.columns()
            .iter()
            .map(|column| match submission.fields.get(&column.name) {
                None => String::new(),
                Some(Value::String(text)) => text.clone(),
                Some(Value::Array(items)) => {
                    let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
                    items.join("; ")
                }
                Some(other) => other.to_string(),
            }),
    );
    cells
}

/// A line of CSV in which no cell is a formula to a spreadsheet
/// (<https://owasp.org/www-community/attacks/CSV_Injection>).
fn row(cells: &[String]) -> Result<String, AdminError> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(cells.iter().map(|cell| harmless(cell)))?;
    let bytes = writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        let cells = [
            "=1+1",
            "+49 30 1",
            "-1",
            "@SUM(A1)",
            "\tx",
            "a,\"b\"\nc",
            "plain",
        ]
        .map(str::to_owned);
        assert_eq!(
            row(&cells).unwrap(),
            "'=1+1,'+49 30 1,'-1,'@SUM(A1),'\tx,\"a,\"\"b\"\"\nc\",plain\r\n"
        );
    }
}
