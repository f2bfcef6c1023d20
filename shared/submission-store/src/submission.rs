use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::item::sortable;

/// Longest [`Submission`] as JSON, in bytes. DynamoDB takes items of 400 KB, names and
/// other attributes included:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>.
pub const MAX_SUBMISSION: usize = 380 * 1024;

/// A point in time, in milliseconds since 1970.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct Millis(pub u64);

impl Millis {
    /// That time; 1970 for anything before.
    #[must_use]
    pub fn of(time: SystemTime) -> Self {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }

    /// Later by `span`.
    #[must_use]
    pub fn after(self, span: Duration) -> Self {
        Self(
            self.0
                .saturating_add(u64::try_from(span.as_millis()).unwrap_or(u64::MAX)),
        )
    }

    /// In whole seconds, as DynamoDB's TTL wants it.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.0 / 1000
    }
}

impl From<Millis> for SystemTime {
    fn from(at: Millis) -> Self {
        UNIX_EPOCH + Duration::from_millis(at.0)
    }
}

/// Name of a submission: 32 lower-case hexadecimal digits, derived from what was posted,
/// so that the same post has the same name wherever it is stored first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SubmissionId(String);

/// A text that is not a [`SubmissionId`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("read a submission's name: 32 hexadecimal digits are allowed")]
pub struct IdError;

impl SubmissionId {
    /// The name made of the first 16 bytes of a digest.
    #[must_use]
    pub fn from_digest(digest: &[u8; 32]) -> Self {
        Self(
            digest
                .iter()
                .take(16)
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        )
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SubmissionId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let fits = text.len() == 32
            && text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(IdError)
        }
    }
}

impl TryFrom<String> for SubmissionId {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<SubmissionId> for String {
    fn from(id: SubmissionId) -> Self {
        id.0
    }
}

impl fmt::Display for SubmissionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a submission counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It counts and is delivered.
    Accepted,
    /// It looks like spam: kept apart until somebody has looked.
    Quarantined,
    /// Somebody has looked: it is spam.
    Spam,
}

impl State {
    /// The word in rows, exports and pages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Quarantined => "quarantined",
            Self::Spam => "spam",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Accepted, Self::Quarantined, Self::Spam]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// A reason for a spam score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotedSignal {
    /// Its stable code.
    pub code: String,
    /// What it added to the score.
    pub points: u32,
}

/// What a visitor submitted, as it was accepted. It never changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Submission {
    /// Its name.
    pub id: SubmissionId,
    /// The form.
    pub form: String,
    /// The version of the form it was checked against.
    pub version: u32,
    /// When it arrived.
    pub received_at: Millis,
    /// The values, by field name.
    pub fields: Map<String, Value>,
    /// Its state on arrival.
    pub state: State,
    /// Its spam score.
    pub score: u32,
    /// What made the score.
    pub signals: Vec<NotedSignal>,
    /// Keyed hash of the visitor's e-mail address, to find all of one person.
    pub subject: Option<String>,
    /// The visitor's network or address, as the form's policy allows.
    pub network: Option<String>,
    /// Two-letter country, as the edge tells it.
    pub country: Option<String>,
    /// Number of the visitor's network operator (ASN), as the edge tells it.
    pub asn: Option<u32>,
    /// The submission this one corrects.
    pub revises: Option<SubmissionId>,
    /// When it has to be gone, in seconds since 1970.
    pub expires_at: u64,
}

impl Stored {
    /// Its place in the list of its form's submissions; what comes before it is older.
    #[must_use]
    pub fn list_position(&self) -> String {
        sortable(self.submission.received_at, &self.submission.id)
    }
}

/// A submission with what happened to it since.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// As it was accepted.
    pub submission: Submission,
    /// Its state now.
    pub state: State,
    /// When somebody first read it.
    pub read_at: Option<Millis>,
    /// When it has to be gone, in seconds since 1970.
    pub expires_at: u64,
}
