use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize, Serializer};
use thiserror::Error;

/// Why something is no status.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is no status such as 200, `2xx` or `200-299`, between 100 and 599")]
pub struct StatusRangeError(String);

/// Statuses of HTTP from one to another, both included. Written as `200`, `"2xx"` or
/// `"200-299"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "StatusText")]
pub struct StatusRange {
    first: u16,
    last: u16,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum StatusText {
    Number(i64),
    Text(String),
}

impl StatusRange {
    /// What a status may be at all.
    pub const ANY: Self = Self {
        first: 100,
        last: 599,
    };
    /// What says that all is well.
    pub const SUCCESS: Self = Self {
        first: 200,
        last: 299,
    };

    /// Whether a status is one of them.
    #[must_use]
    pub const fn contains(self, status: u16) -> bool {
        self.first <= status && status <= self.last
    }

    /// The statuses that are wanted, as few ranges.
    pub(crate) fn of_statuses(is_wanted: impl Fn(u16) -> bool) -> Vec<Self> {
        let mut ranges: Vec<Self> = Vec::new();
        for status in (Self::ANY.first..=Self::ANY.last).filter(|status| is_wanted(*status)) {
            match ranges.last_mut() {
                Some(range) if range.last + 1 == status => range.last = status,
                _ => ranges.push(Self {
                    first: status,
                    last: status,
                }),
            }
        }
        ranges
    }
}

impl FromStr for StatusRange {
    type Err = StatusRangeError;

    fn from_str(text: &str) -> Result<Self, StatusRangeError> {
        let error = || StatusRangeError(text.chars().take(20).collect());
        let number = |text: &str| -> Option<u16> {
            let is_number = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| text.parse().ok())?
        };
        let bounds = match (text.strip_suffix("xx"), text.split_once('-')) {
            (Some(hundreds), _) => {
                number(&format!("{hundreds}00")).map(|first| (first, first + 99))
            }
            (None, Some((first, last))) => number(first).zip(number(last)),
            (None, None) => number(text).map(|status| (status, status)),
        };
        let (first, last) = bounds.ok_or_else(error)?;
        let is_range = first <= last && Self::ANY.contains(first) && Self::ANY.contains(last);
        is_range.then_some(Self { first, last }).ok_or_else(error)
    }
}

impl TryFrom<StatusText> for StatusRange {
    type Error = StatusRangeError;

    fn try_from(text: StatusText) -> Result<Self, StatusRangeError> {
        match text {
            StatusText::Number(status) => status.to_string().parse(),
            StatusText::Text(text) => text.parse(),
        }
    }
}

impl fmt::Display for StatusRange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            write!(formatter, "{}", self.first)
        } else {
            write!(formatter, "{}-{}", self.first, self.last)
        }
    }
}

impl Serialize for StatusRange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.first == self.last {
            serializer.serialize_u16(self.first)
        } else {
            serializer.collect_str(self)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_single_or_ranges() {
        for (text, printed) in [("200", "200"), ("3xx", "300-399"), ("200-204", "200-204")] {
            assert_eq!(text.parse::<StatusRange>().unwrap().to_string(), printed);
        }
        for text in [
            "", "99", "600", "6xx", "0xx", "299-200", "+20", "2xxx", "äxx", "200-", "20x",
        ] {
            assert!(text.parse::<StatusRange>().is_err(), "{text}");
        }
        let ranges = StatusRange::of_statuses(|status| status < 300 && status != 204);
        let printed: Vec<_> = ranges.iter().map(ToString::to_string).collect();
        assert_eq!(printed, ["100-203", "205-299"]);
    }
}
