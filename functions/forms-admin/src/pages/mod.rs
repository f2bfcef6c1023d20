//! The owner's pages.

mod list;
mod overview;
mod person;
mod reports;
mod shell;
mod submission;

pub(crate) use list::{continued, list, part_path, parts};
pub(crate) use overview::{dead, overview};
pub(crate) use person::{erased, person};
pub(crate) use reports::{no_report, no_run, reports};
pub(crate) use shell::{Shell, login, problem};
pub(crate) use submission::submission;

use submission_store::Millis;

/// The style of the pages.
pub(crate) const STYLE: &str = include_str!("admin.css");

/// A time for people.
pub(crate) fn in_words(at: Millis) -> String {
    time(at).map_or_else(String::new, |time| {
        time.strftime("%-d %b %Y, %H:%M UTC").to_string()
    })
}

/// A time for programs, RFC 3339.
pub(crate) fn in_digits(at: Millis) -> String {
    time(at).map_or_else(String::new, |time| time.to_string())
}

fn time(at: Millis) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_millisecond(i64::try_from(at.0).ok()?).ok()
}
