//! Tests of the whole, in one binary: the stack is started once for all of them.

mod harness;
mod home_page;
mod idempotency;
mod image_requests;
mod image_uploads;
mod sample_events;
mod template;
mod tidy;
