use warming::{Query, QueryCall, SiteWarming};

use crate::QueryError;

/// The site's queries.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteQueries {
    queries: Vec<Query>,
}

impl SiteQueries {
    /// Those of `warming.toml`.
    ///
    /// # Errors
    /// When the file has faults: all of them at once.
    pub fn of_site() -> Result<Self, QueryError> {
        Ok(Self::new(SiteWarming::of_site()?.queries))
    }

    /// These queries.
    #[must_use]
    pub const fn new(queries: Vec<Query>) -> Self {
        Self { queries }
    }

    /// All of them, in the order of the file.
    #[must_use]
    pub fn all(&self) -> &[Query] {
        &self.queries
    }

    /// The query with this id.
    ///
    /// # Errors
    /// When there is none.
    pub fn get(&self, id: &str) -> Result<&Query, QueryError> {
        let found = self.queries.iter().find(|query| query.id == id);
        found.ok_or_else(|| QueryError::Unknown { id: id.to_owned() })
    }

    /// The query with this id, and its call for these values, in the order of its names: where
    /// the answer is kept, what ends it, and what is asked.
    ///
    /// # Errors
    /// When there is no such query, or it has another number of names.
    pub fn call(&self, id: &str, values: &[&str]) -> Result<(&Query, QueryCall), QueryError> {
        let query = self.get(id)?;
        let expected = query.paths.names().count();
        if expected != values.len() {
            return Err(QueryError::Values {
                id: id.to_owned(),
                expected,
                given: values.len(),
            });
        }
        let given = values.iter().map(|value| (*value).to_owned());
        let named: Vec<(&str, String)> = query.paths.names().zip(given).collect();
        let call = QueryCall {
            key: query.key.filled(&named),
            tags: query.tags.iter().map(|tag| tag.filled(&named)).collect(),
            params: named.into_iter().map(|(_, value)| value).collect(),
        };
        Ok((query, call))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_the_one_that_the_warmer_makes_for_the_page() {
        let queries = SiteQueries::of_site().unwrap();
        let (query, call) = queries.call("product", &["tide-vase"]).unwrap();
        let values = query.paths.values("/products/tide-vase").unwrap();
        assert_eq!(call.key, query.key.filled(&values));
        assert_eq!(call.params, ["tide-vase"]);
        assert_eq!(call.tags, ["product-tide-vase", "catalogue"]);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let queries = SiteQueries::of_site().unwrap();
        let unknown = queries.call("prices", &[]).unwrap_err().to_string();
        assert!(unknown.contains("`prices`"), "{unknown}");
        let values = queries.call("product", &[]).unwrap_err().to_string();
        assert!(values.contains("0 values"), "{values}");
    }
}
