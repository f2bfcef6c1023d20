use database::{Database, Json, Parameters, Type, column};
use serde::de::DeserializeOwned;
use warming::Query;

use crate::QueryError;

/// What a query answers. `params` are bound in their order, as text.
///
/// # Errors
/// When the database fails or refuses, or the answer is of another form or type.
pub async fn ask<T: DeserializeOwned>(
    database: &Database,
    query: &Query,
    params: &[String],
) -> Result<T, QueryError> {
    let values: Vec<_> = params
        .iter()
        .map(|param| (param as _, Type::TEXT))
        .collect();
    select(database, &query.sql, &values).await
}

/// What a statement answers that gives one row with one column of the type `json`.
///
/// # Errors
/// As [`ask`].
pub async fn select<T: DeserializeOwned>(
    database: &Database,
    statement: &str,
    values: Parameters<'_>,
) -> Result<T, QueryError> {
    let rows = database.query(statement, values).await?;
    let [row] = rows.as_slice() else {
        return Err(QueryError::Rows { rows: rows.len() });
    };
    let Json(answer) = column(row, 0)?;
    Ok(answer)
}
