/// A place a submission goes to, independent of every other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sink {
    /// Name within the form, as in `team`.
    pub id: String,
    /// When it starts.
    pub trigger: Trigger,
    /// How it is delivered.
    pub delivery: Delivery,
}

/// When a delivery starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// As soon as the submission is accepted (or released from quarantine).
    Accepted,
    /// When the visitor has confirmed the address.
    Confirmed,
}

/// How a submission is delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// By e-mail.
    Email(EmailSink),
    /// To a signed webhook; its address and secrets are deployment settings under this name.
    Webhook {
        /// Name of the endpoint.
        endpoint: String,
    },
    /// As an event on the site's event bus.
    Event {
        /// The event's `detail-type`.
        detail_type: String,
    },
    /// As rows of PostgreSQL.
    Database,
}

/// An e-mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailSink {
    /// Whom it goes to.
    pub to: Audience,
    /// Name of the template.
    pub template: String,
    /// Highest spam score at which it is sent; above, it is skipped.
    pub max_score: u32,
}

/// Whom an e-mail goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// The address that the deployment names for the team.
    Team,
    /// The visitor.
    Visitor,
    /// Fixed addresses.
    Addresses(Vec<String>),
}

impl Delivery {
    /// The kind in the keys of delivery rows and in queue messages.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Email(_) => "email",
            Self::Webhook { .. } => "webhook",
            Self::Event { .. } => "event",
            Self::Database => "database",
        }
    }
}
