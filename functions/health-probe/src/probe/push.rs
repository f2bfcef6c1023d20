use health_checks::{Judgement, Period, PushCheck};
use health_store::Heartbeat;

/// Judges what a job said of itself last.
pub(crate) fn judge(check: &PushCheck, beat: Option<&Heartbeat>, now_ms: i64) -> Judgement {
    let Some(beat) = beat else {
        return check.judge(None);
    };
    if !beat.is_ok {
        let text = format!("it says that it failed: {}", beat.text);
        return Judgement::no_answer(text.trim_end_matches(": "), &[]);
    }
    let silence_ms = u64::try_from(now_ms.saturating_sub(beat.at_ms)).unwrap_or(0);
    // To the second: what is shown of it is to be read.
    check.judge(Some(Period::from_seconds(silence_ms / 1000)))
}

#[cfg(test)]
mod tests {
    use health_state::{Outcome, UnknownReason};

    use super::*;

    #[test]
    fn silence_and_failure_fail() {
        let check = PushCheck {
            grace: Period::from_seconds(3600),
        };
        let beat = |at_ms, is_ok| Heartbeat {
            at_ms,
            is_ok,
            text: "disk full".to_owned(),
        };
        let outcome = |beat: Option<Heartbeat>| judge(&check, beat.as_ref(), 7_200_000).outcome;
        assert_eq!(outcome(None), Outcome::Unknown(UnknownReason::ProbeBroke));
        assert_eq!(outcome(Some(beat(3_600_000, true))), Outcome::Pass);
        assert_eq!(outcome(Some(beat(3_599_000, true))), Outcome::Fail);
        // A clock that is ahead of ours.
        assert_eq!(outcome(Some(beat(7_300_000, true))), Outcome::Pass);
        let failed = judge(&check, Some(&beat(7_200_000, false)), 7_200_000);
        assert_eq!(failed.outcome, Outcome::Fail);
        assert_eq!(failed.text, "it says that it failed: disk full");
    }
}
