//! The URL grammar of on-demand images: `/img/{options}/{key}`.
//!
//! A request is read in four steps, each a value that cannot be wrong afterwards:
//! [`ImagePath::parse`] splits and decodes the path, [`Options::parse`] reads the
//! options, [`Signer::verify`] and [`Policy`] decide whether they may be used, and
//! [`Options::resolve`] turns them into an [`imaging::Transform`] for a given source.
//!
//! The grammar is documented in `docs/functions/image-serve.md`. The edge function
//! in `template.yaml` writes the same canonical form, so that the object it looks
//! up is the one the function stored.

mod error;
mod format;
mod key;
mod options;
mod path;
mod policy;
mod preset;
mod resolve;
mod signature;
mod values;

pub use error::RequestError;
pub use format::{AcceptedFormats, FormatChoice};
pub use key::SourceKey;
pub use options::Options;
pub use path::ImagePath;
pub use policy::Policy;
pub use preset::{Preset, PresetError, Presets};
pub use resolve::SourceTraits;
pub use signature::{Signer, SignerError};
