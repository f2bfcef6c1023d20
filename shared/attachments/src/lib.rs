//! What an attachment really is, whatever its sender says.
//!
//! [`inspect`] holds the bytes of an upload against the form's [`Rule`]: the media type
//! by magic bytes, the pixels of a picture by its headers, the contents of an archive by
//! inflating them with a cap. Following the OWASP file upload cheat sheet
//! (<https://cheatsheetseries.owasp.org/cheatsheets/File_Upload_Cheat_Sheet.html>) and
//! ASVS 5.0 chapter 5.2.

mod archive;
mod inspect;
mod refusal;

pub use inspect::{Content, Rule, inspect, limits};
pub use refusal::Refusal;
