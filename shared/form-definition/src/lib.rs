//! What a form is, from one file.
//!
//! A definition is a TOML file: fields as [JSON Schema 2020-12](https://json-schema.org/draft/2020-12),
//! and how the form looks, is guarded, kept and delivered. [`Form::parse`] reads it and
//! reports every fault with its line and what is allowed. From the [`Form`] follow the
//! validator ([`Form::validate`]), the reading of posted values ([`Form::decode_pairs`],
//! [`Form::decode_json`]), the columns of an export ([`Form::columns`]) and the view that
//! PostgreSQL shows ([`Form::sql_view`]). Pages are made of it by `form-page`.
//!
//! Pure: no clock, no I/O.

mod columns;
mod decode;
mod fault;
mod field;
mod field_reader;
mod form;
mod parse;
mod section;
mod sink;
mod validate;
mod wording;

pub use columns::Column;
pub use decode::{Control, Decoded, HONEYPOT, PROOF, TOKEN, VERIFIER_RESPONSE};
pub use fault::{DefinitionError, Fault, FieldFault};
pub use field::{Choice, Field, FieldKind, TextFormat};
pub use form::{
    AddressPolicy, Form, Limits, Presentation, ProofMode, Retention, SpamRules, Verifier,
};
pub use sink::{Audience, Delivery, EmailSink, Sink, Trigger};

/// Fields as submitted, after decoding: names in the order of the definition.
pub type Fields = serde_json::Map<String, serde_json::Value>;
