//! Why there is no estimate.

/// What is wrong with a file, a render, or the page.
#[derive(Debug, thiserror::Error)]
pub enum CostError {
    /// A file of this crate is not what it should be.
    #[error("read {file}: {reason}")]
    File {
        /// Its name.
        file: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// `prices.toml` lacks a price, such as that of an instance type that is new in the template.
    #[error("find the price {0}: prices.toml has none of this id")]
    Price(String),
    /// `assumptions.toml` lacks an assumption.
    #[error("find the assumption {0}: assumptions.toml has none of this id")]
    Assumption(&'static str),
    /// `quantities.json` lacks a class.
    #[error("find the quantities of class {0}: it was not counted")]
    Class(&'static str),
    /// The render has no resources, or a resource without what has to be counted.
    #[error("count {resource}: {what} is missing or of another kind")]
    Resource {
        /// The resource's logical id.
        resource: String,
        /// What was looked for.
        what: &'static str,
    },
    /// Nobody has said whether a resource of this type costs something for being there.
    #[error("count {resource}: resource_types.rs does not say whether {kind} costs anything")]
    Type {
        /// The resource's logical id.
        resource: String,
        /// Its type.
        kind: String,
    },
    /// The page lacks a table's markers.
    #[error("find the markers of table {0} in the page")]
    Markers(&'static str),
    /// No flat-rate plan bears the traffic.
    #[error("find a plan of CloudFront for {0} million requests")]
    Plan(f64),
}
