//! Why there is no picture.

/// What in a render cannot be drawn.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// A resource, or a property of one, is not there.
    #[error("draw {of}: {what} is missing or of another kind")]
    Missing {
        /// A logical id, or what the picture is of.
        of: String,
        /// What was looked for.
        what: &'static str,
    },
    /// Nothing invokes a function, or something of a kind that this crate does not know.
    #[error("draw {function}: no queue, stream, schedule, event, topic, log or route invokes it")]
    Trigger {
        /// The function's logical id.
        function: String,
    },
    /// A route or an origin leads to what this crate does not know.
    #[error("draw {from}: it leads to nothing that the picture has")]
    Target {
        /// The logical id of the rule, the listener or the distribution.
        from: String,
    },
}

impl PictureError {
    pub(crate) fn missing(of: &str, what: &'static str) -> Self {
        Self::Missing {
            of: of.to_owned(),
            what,
        }
    }

    pub(crate) fn target(from: &str) -> Self {
        Self::Target {
            from: from.to_owned(),
        }
    }
}
