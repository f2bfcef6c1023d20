//! The projection's tables and views. The function makes them itself: whoever has a
//! database and this function has the projection.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use site_forms::forms;

/// The table that says which layout the database has.
pub(crate) const VERSION_TABLE: &str = "CREATE TABLE IF NOT EXISTS form_projection_version (only_row boolean PRIMARY KEY DEFAULT true \
     CHECK (only_row), version bigint NOT NULL); \
     INSERT INTO form_projection_version (version) VALUES (0) ON CONFLICT DO NOTHING";

/// Keeps others from laying out the database at the same time, until the transaction ends.
pub(crate) const LOCK: &str = "SELECT pg_advisory_xact_lock(7355609)";

/// Reads the version.
pub(crate) const VERSION: &str = "SELECT version FROM form_projection_version";

/// Everything that visitors submitted.
const TABLE: &str = "CREATE TABLE IF NOT EXISTS form_submissions (\
     id text PRIMARY KEY, form text NOT NULL, version integer NOT NULL, \
     received_at timestamptz NOT NULL, state text NOT NULL, score integer NOT NULL, \
     fields jsonb NOT NULL, network text, country text, asn bigint, revises text, \
     expires_at timestamptz NOT NULL); \
     CREATE INDEX IF NOT EXISTS form_submissions_by_form ON form_submissions (form, received_at DESC); \
     CREATE INDEX IF NOT EXISTS form_submissions_by_end ON form_submissions (expires_at)";

/// The version of this layout with these forms: a digest of the statements that make it.
/// Another compiler may make another digest of the same; then the views are made anew.
pub(crate) fn version() -> i64 {
    let mut hasher = DefaultHasher::new();
    layout().hash(&mut hasher);
    hasher.finish().cast_signed()
}

/// The statements that bring any database to this layout.
pub(crate) fn statements() -> String {
    format!(
        "{} UPDATE form_projection_version SET version = {}",
        layout(),
        version()
    )
}

fn layout() -> String {
    let views: Vec<String> = forms().iter().map(|form| form.sql_view()).collect();
    format!("{TABLE}; {}", views.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statements_note_the_version_they_lead_to() {
        let statements = statements();
        assert!(
            statements.contains("CREATE VIEW form_contact"),
            "{statements}"
        );
        let note = format!("SET version = {}", version());
        assert!(statements.ends_with(&note), "{statements}");
    }
}
