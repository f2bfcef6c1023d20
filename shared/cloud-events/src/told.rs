use health_checks::EventKind;
use health_state::CloudEvent;

/// What an event means for what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// It does not work from now on, for at most so many milliseconds, unless probes say
    /// otherwise.
    Begins {
        /// The time that this takes at most.
        limit_ms: i64,
    },
    /// What began before is over.
    Ends,
    /// It works as before.
    Informs,
}

impl Meaning {
    /// What passes by itself, within minutes.
    pub(crate) const PASSES: Self = Self::Begins {
        limit_ms: 15 * 60_000,
    };
    /// What somebody must mend.
    pub(crate) const STAYS: Self = Self::Begins {
        limit_ms: 60 * 60_000,
    };
}

/// What an event says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What it is about.
    pub kind: EventKind,
    /// The names of that: of a cache's node, the group's, too.
    pub names: Vec<String>,
    /// When it happened, in milliseconds since 1970.
    pub at_ms: i64,
    /// The word for it, such as `failing-over`.
    pub word: &'static str,
    /// What it means.
    pub meaning: Meaning,
    /// Proof: the event's number, id and words, each one line of at most 200 characters.
    pub evidence: Vec<String>,
}

impl Told {
    /// The same for the state of a check; `None` when it changes none.
    ///
    /// The end is an event that holds for no time: it changes nothing but that an earlier one,
    /// when it comes later, has no effect.
    #[must_use]
    pub fn cloud_event(&self) -> Option<CloudEvent> {
        let limit_ms = match self.meaning {
            Meaning::Begins { limit_ms } => limit_ms,
            Meaning::Ends => 0,
            Meaning::Informs => return None,
        };
        Some(CloudEvent {
            at_ms: self.at_ms,
            limit_ms,
            text: self.word.to_owned(),
            evidence: self.evidence.clone(),
        })
    }
}
