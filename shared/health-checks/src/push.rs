use health_state::{Outcome, UnknownReason};
use serde::{Deserialize, Serialize};

use crate::{Judgement, Period};

/// Waits for a job to say that it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PushCheck {
    /// It may be silent for so long.
    pub grace: Period,
}

impl PushCheck {
    /// Judges how long ago it was heard of last; `None` when it never was.
    #[must_use]
    pub fn judge(&self, silence: Option<Period>) -> Judgement {
        let grace = self.grace;
        match silence {
            None => Judgement {
                text: "it has not been heard of yet".to_owned(),
                ..Judgement::unknown(UnknownReason::ProbeBroke)
            },
            Some(silence) if silence > grace => {
                let text = format!("silent for {silence}, more than {grace}");
                Judgement::new(Outcome::Fail, text)
            }
            Some(silence) => Judgement::new(Outcome::Pass, format!("heard of {silence} ago")),
        }
    }

    pub(crate) fn faults(&self) -> Vec<String> {
        let is_short = self.grace < Period::from_seconds(60);
        let fault = format!("`grace` {} is less than 1m, which is the least", self.grace);
        is_short.then_some(fault).into_iter().collect()
    }
}
