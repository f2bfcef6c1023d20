//! Support for the integration tests in `it/`.
