//! What notices say.

use crate::{NoticeKind, NoticeTopic};

pub(crate) fn title(check: &str, topic: NoticeTopic, kind: NoticeKind, lasted_ms: i64) -> String {
    let lasted = duration(lasted_ms);
    match (topic, kind) {
        (NoticeTopic::Failure, NoticeKind::Raised) => format!("`{check}` fails"),
        (NoticeTopic::Failure, NoticeKind::Reminder) => {
            format!("`{check}` has been failing for {lasted}")
        }
        (NoticeTopic::Failure, NoticeKind::Resolved) => {
            format!("`{check}` fails no longer, after {lasted}")
        }
        (NoticeTopic::Flapping, NoticeKind::Raised) => {
            format!("`{check}` is flapping: it changes too often for single notices")
        }
        (NoticeTopic::Flapping, NoticeKind::Reminder) => {
            format!("`{check}` has been flapping for {lasted}")
        }
        (NoticeTopic::Flapping, NoticeKind::Resolved) => {
            format!("`{check}` is flapping no longer, after {lasted}")
        }
    }
}

/// A duration in its two largest units.
fn duration(ms: i64) -> String {
    let seconds = ms.max(0) / 1000;
    let (days, hours) = (seconds / 86_400, seconds / 3600 % 24);
    let (minutes, rest) = (seconds / 60 % 60, seconds % 60);
    if days > 0 {
        format!("{days} d {hours} h")
    } else if hours > 0 {
        format!("{hours} h {minutes} min")
    } else if minutes > 0 {
        format!("{minutes} min")
    } else {
        format!("{rest} s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_told_in_two_units() {
        for (seconds, text) in [
            (-1, "0 s"),
            (59, "59 s"),
            (61, "1 min"),
            (7_260, "2 h 1 min"),
            (180_000, "2 d 2 h"),
        ] {
            assert_eq!(duration(seconds * 1000), text);
        }
    }
}
