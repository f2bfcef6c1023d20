use serde_json::Value;

use crate::excerpt::excerpt;
use crate::secrets::is_secret_name;
use crate::{HttpCheck, Period, Probe, Setting};

/// What was not taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmapped {
    /// The condition, or the name of the key.
    pub source: String,
    /// Why not.
    pub reason: String,
}

/// What another tool's file comes to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Import {
    /// What is asked, and what is expected; `None` when nothing of it is known here.
    pub probe: Option<Probe>,
    /// What people call it.
    pub name: Option<String>,
    /// The heading that it is under.
    pub group: Option<String>,
    /// How long from one run to the next.
    pub every: Option<Period>,
    /// How long an answer is waited for.
    pub timeout: Option<Period>,
    /// So many failures one after the other confirm a failure.
    pub fail_after: Option<u32>,
    /// So many successes one after the other end it.
    pub pass_after: Option<u32>,
    /// What was not taken over.
    pub unmapped: Vec<Unmapped>,
}

impl Import {
    pub(crate) fn leave(&mut self, source: &str, reason: impl Into<String>) {
        self.unmapped.push(Unmapped {
            source: excerpt(source.as_bytes(), 120, &[]),
            reason: reason.into(),
        });
    }

    /// Takes over a request's headers. Values with the name of a secret are not.
    pub(crate) fn take_headers(&mut self, key: &str, headers: &Value, http: &mut HttpCheck) {
        for (name, value) in headers.as_object().into_iter().flatten() {
            let source = format!("{key}.{name}");
            let Some(text) = value.as_str() else {
                self.leave(&source, "its value is no text");
                continue;
            };
            let setting = setting(text);
            if is_secret_name(name) && setting.variable().is_none() {
                self.leave(&source, "it may be secret: name the variable that has it");
            } else if setting.fault(name).is_some() {
                self.leave(
                    &source,
                    "only all of a value can come from a variable, and no secret",
                );
            } else {
                http.headers.insert(name.clone(), setting);
            }
        }
    }
}

/// A text, in which `${NAME}` may stand for all of it.
pub(crate) fn setting(text: &str) -> Setting {
    let variable = text
        .strip_prefix("${")
        .and_then(|rest| rest.split_once('}'));
    match variable {
        Some((name, rest)) => Setting::new(format!("env:{name}{rest}")),
        None => Setting::new(text),
    }
}

/// A duration as Go and Prometheus write it, such as `1h30m`, of whole milliseconds.
pub(crate) fn go_duration(text: &str) -> Option<Period> {
    let mut sum = 0_u64;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|char: char| !char.is_ascii_digit())?;
        let (_, unit) = rest.split_at(digits);
        let length = unit
            .find(|char: char| char.is_ascii_digit())
            .unwrap_or(unit.len());
        let (part, after) = rest.split_at(digits + length);
        sum = sum.checked_add(part.parse::<Period>().ok()?.ms())?;
        rest = after;
    }
    (!text.is_empty() && sum <= Period::MAX.ms()).then(|| Period::from_ms(sum))
}
