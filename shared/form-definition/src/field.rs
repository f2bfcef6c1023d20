/// One field of a form.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Name in posts and in stored submissions.
    pub name: String,
    /// Label beside the control.
    pub label: String,
    /// A hint below the label.
    pub help: Option<String>,
    /// What it takes.
    pub kind: FieldKind,
    /// Whether it must be given.
    pub required: bool,
    /// Purpose, as in HTML's `autocomplete`
    /// (<https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#autofill>).
    pub autocomplete: Option<String>,
    /// Whether it tells something about a person; such fields stay out of e-mail subjects and events.
    pub personal: bool,
}

/// What a field takes.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldKind {
    /// Text.
    Text {
        /// What the text is.
        format: TextFormat,
        /// Whether it may have several lines.
        multiline: bool,
        /// Fewest characters.
        min: u32,
        /// Most characters; every text has a limit.
        max: u32,
    },
    /// A number.
    Number {
        /// Whether it has no fraction.
        integer: bool,
        /// Least value.
        min: Option<f64>,
        /// Greatest value.
        max: Option<f64>,
    },
    /// One of a few choices.
    Choice {
        /// The choices.
        choices: Vec<Choice>,
    },
    /// Any of a few choices.
    Choices {
        /// The choices.
        choices: Vec<Choice>,
    },
    /// Yes or no.
    Checkbox {
        /// Whether only yes is accepted, as for a consent.
        must_be_ticked: bool,
    },
    /// Files, uploaded straight to the bucket after the form was accepted.
    Files {
        /// Most files.
        max_items: u32,
        /// Allowed media types.
        accept: Vec<String>,
        /// Most bytes of one file.
        max_bytes: u64,
        /// Most pixels of a picture.
        max_pixels: u64,
    },
}

/// What a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextFormat {
    /// Anything.
    Plain,
    /// An e-mail address.
    Email,
    /// A web address.
    Url,
    /// A telephone number.
    Telephone,
    /// A calendar date, `2026-01-31`.
    Date,
}

/// A choice of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Value that is posted and stored.
    pub value: String,
    /// Label that is shown.
    pub label: String,
}
