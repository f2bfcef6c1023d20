//! How often a schedule runs.

/// Minutes of a month of 730 hours.
const MINUTES_A_MONTH: f64 = 43_800.0;

/// Runs a month of a schedule: `rate(5 minutes)`. A `cron(…)` is taken for a run a day, as the
/// template's are.
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html>
pub(crate) fn runs_a_month(expression: &str) -> Option<f64> {
    const MINUTES_A_DAY: f64 = 1440.0;
    if expression.starts_with("cron(") {
        return Some(MINUTES_A_MONTH / MINUTES_A_DAY);
    }
    let inside = expression.strip_prefix("rate(")?.strip_suffix(')')?;
    let (number, unit) = inside.split_once(' ')?;
    let number: f64 = number.parse().ok()?;
    let minutes = match unit.trim_end_matches('s') {
        "minute" => number,
        "hour" => number * 60.0,
        "day" => number * MINUTES_A_DAY,
        _ => return None,
    };
    (minutes > 0.0).then(|| MINUTES_A_MONTH / minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_runs_a_month() {
        assert_eq!(runs_a_month("rate(1 minute)"), Some(43_800.0));
        assert_eq!(runs_a_month("rate(5 minutes)"), Some(8_760.0));
        assert_eq!(runs_a_month("rate(1 hour)"), Some(730.0));
        assert_eq!(runs_a_month("rate(0 minutes)"), None);
        assert_eq!(runs_a_month("at(2026-11-28T00:00:00)"), None);
    }
}
