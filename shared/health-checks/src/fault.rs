use thiserror::Error;

/// What is wrong in the file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{place}: {text}")]
pub struct Fault {
    /// Of what, such as ``check `home` ``.
    pub place: String,
    /// What is wrong, and what is allowed.
    pub text: String,
}

/// Why checks cannot be used.
#[derive(Debug, Error)]
pub enum ChecksError {
    /// Not TOML, or other keys and values than are allowed around the checks.
    #[error("read the checks: {0}")]
    Syntax(#[from] toml::de::Error),
    /// All that is wrong.
    #[error("the checks cannot be used: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Faults(Vec<Fault>),
}

/// Collects faults, each once.
#[derive(Debug, Default)]
pub struct Faults {
    /// Those that were found, in their order.
    pub found: Vec<Fault>,
}

impl Faults {
    /// Adds a fault, unless it is known.
    pub fn add(&mut self, place: impl Into<String>, text: impl Into<String>) {
        let fault = Fault {
            place: place.into(),
            text: text.into(),
        };
        if !self.found.contains(&fault) {
            self.found.push(fault);
        }
    }

    pub(crate) fn of_check(&mut self, id: &str, text: impl Into<String>) {
        self.add(format!("check `{}`", shown(id)), text);
    }
}

/// A name as it is shown, whatever it is.
pub(crate) fn shown(name: &str) -> String {
    crate::excerpt::excerpt(name.as_bytes(), 60, &[])
}
