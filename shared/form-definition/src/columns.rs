use crate::{FieldKind, Form};

/// A column of an export and of the view in PostgreSQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Name of the field.
    pub name: String,
    /// Heading for people.
    pub label: String,
}

impl Form {
    /// The columns of the form's own values, in the order of the definition. What is
    /// uploaded is not among them.
    #[must_use]
    pub fn columns(&self) -> Vec<Column> {
        self.fields
            .iter()
            .filter(|field| !matches!(field.kind, FieldKind::Files { .. }))
            .map(|field| Column {
                name: field.name.clone(),
                label: field.label.clone(),
            })
            .collect()
    }

    /// Name of the form's view in PostgreSQL, such as `form_quote`.
    #[must_use]
    pub fn sql_view_name(&self) -> String {
        format!("form_{}", self.id.replace('-', "_"))
    }

    /// The statement that makes the form's view over `form_submissions`: one column a
    /// field, typed, without what is past its retention. A view cannot change its columns
    /// in place (<https://www.postgresql.org/docs/current/sql-createview.html>), so it is
    /// dropped and made anew; run both statements in one transaction.
    #[must_use]
    pub fn sql_view(&self) -> String {
        let name = self.sql_view_name();
        let columns: Vec<String> = self
            .fields
            .iter()
            .filter_map(|field| {
                // Field names are letters, digits and underscores: nothing to escape but
                // the words that SQL reserves.
                let column = &field.name;
                let value = match field.kind {
                    FieldKind::Files { .. } => return None,
                    FieldKind::Number { integer: true, .. } => {
                        format!("(fields->>'{column}')::numeric::bigint")
                    }
                    FieldKind::Number { .. } => format!("(fields->>'{column}')::numeric"),
                    FieldKind::Checkbox { .. } => format!("(fields->>'{column}')::boolean"),
                    FieldKind::Choices { .. } => format!("fields->'{column}'"),
                    FieldKind::Text { .. } | FieldKind::Choice { .. } => {
                        format!("fields->>'{column}'")
                    }
                };
                Some(format!("{value} AS \"{column}\""))
            })
            .collect();
        format!(
            "DROP VIEW IF EXISTS {name};\nCREATE VIEW {name} AS SELECT id AS submission_id, \
             received_at AS submission_received_at, state AS submission_state, \
             score AS submission_score, {} FROM form_submissions \
             WHERE form = '{}' AND expires_at > now();",
            columns.join(", "),
            self.id
        )
    }
}
