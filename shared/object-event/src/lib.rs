//! What S3 says when an object was written or deleted, through EventBridge or by itself.

mod event;
mod sequencer;

pub use event::{EventError, ObjectChange, ObjectEvent};
pub use sequencer::Sequencer;
