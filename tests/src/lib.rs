//! What the integration tests in `it/` and the benchmarks share: the ledger run.

pub mod ledger;
