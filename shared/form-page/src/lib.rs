//! Forms as HTML pages.
//!
//! Every page works without JavaScript and without its style sheet; the script
//! ([`assets`]) only spares visitors a page load and asks their browser for proof of
//! work. What is wrong is told twice, as people need it: in a summary that links to the
//! fields, and at each field ([WCAG 2.2](https://www.w3.org/TR/WCAG22/), AA).

mod assets;
mod fields;
mod messages;
mod shell;
mod upload_step;

pub use assets::{Asset, assets};
pub use fields::{FormState, form, fragment};
pub use messages::{confirm, confirmed, problem, receipt, thanks, unsubscribe, unsubscribed};
pub use shell::content_security_policy;
pub use upload_step::{FilesPage, Upload, files};
