use serde::{Deserialize, Serialize};

/// How soon someone must look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Good to know.
    Info,
    /// When there is time.
    Ticket,
    /// Now.
    Page,
}

/// Which of the notices of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// The first.
    Raised,
    /// It goes on.
    Reminder,
    /// The last.
    Resolved,
}

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeTopic {
    /// A check fails.
    Failure,
    /// A check changes too often.
    Flapping,
}

/// Something to tell people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Its name: the same whenever the same notice is decided again, so that one conditional
    /// write keeps it from being sent twice. It is made of the check, what it is about, since
    /// when, and which of the notices it is, such as `rds/failure/1795773600000/reminder-2`.
    pub key: String,
    /// Which of the notices of its alert.
    pub kind: NoticeKind,
    /// What it is about.
    pub topic: NoticeTopic,
    /// Which check.
    pub check: String,
    /// How soon someone must look.
    pub severity: Severity,
    /// Since when, in milliseconds since 1970: the first failed probe.
    pub since_ms: i64,
    /// When it was decided.
    pub at_ms: i64,
    /// What it says, in a few words.
    pub title: String,
    /// What was seen, in a sentence; may be empty.
    pub text: String,
    /// Proof.
    pub evidence: Vec<String>,
    /// The checks that fail because of this one.
    pub causes: Vec<String>,
}
