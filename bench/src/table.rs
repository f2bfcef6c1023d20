//! The report as text, for the terminal.

use std::fmt::Write as _;

use crate::cases::Group;
use crate::goals::Assessment;
use crate::outcome::{Measure, Outcome};
use crate::statistics::{geometric_mean, median};

/// Title of a group with the names of the columns.
pub(crate) fn heading(group: Group) -> String {
    format!(
        "\n{}\n{:<34} {:>8} {:>8} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6}  verdict",
        group.title(),
        "",
        "sharp ms",
        "ours ms",
        "cpu",
        "(best)",
        "wall",
        "memory",
        "bytes",
        "sharp",
        "ours",
    )
}

/// One case: CPU medians, ratios sharp ÷ ours (bytes: ours ÷ sharp), scores, verdict.
pub(crate) fn row(outcome: &Outcome) -> String {
    let ratio = |ratio: Option<f64>| ratio.map_or_else(|| "–".to_owned(), |r| format!("{r:.2}"));
    let name = match outcome.our_quality {
        Some(quality) => format!("{} (our q{quality})", outcome.name),
        None => outcome.name.clone(),
    };
    format!(
        "{name:<34} {:>8.1} {:>8.1} {:>6} {:>6} {:>6} {:>6} {:>6.3} {:>6.2} {:>6.2}  {}",
        median(&outcome.sharp.cpu_ms),
        median(&outcome.ours.cpu_ms),
        ratio(outcome.ratio(Measure::Cpu)),
        ratio(outcome.best_ratio(Measure::Cpu)),
        ratio(outcome.ratio(Measure::Wall)),
        ratio(outcome.ratio(Measure::Memory)),
        outcome.bytes_ratio(),
        outcome.sharp.score(),
        outcome.ours.score(),
        outcome.verdict(),
    )
}

/// Geometric means of every group that was measured.
pub(crate) fn means(outcomes: &[Outcome]) -> String {
    let mut text =
        String::from("\nGeometric means, sharp ÷ ours in CPU time (bytes: ours ÷ sharp)\n");
    for group in Group::ALL {
        let of_group: Vec<&Outcome> = outcomes
            .iter()
            .filter(|outcome| outcome.group == group)
            .collect();
        let collect = |value: &dyn Fn(&Outcome) -> Option<f64>| -> Vec<f64> {
            of_group
                .iter()
                .filter_map(|outcome| value(outcome))
                .collect()
        };
        let Some(mean) = geometric_mean(&collect(&|outcome| outcome.ratio(Measure::Cpu))) else {
            continue;
        };
        let best = geometric_mean(&collect(&|outcome| outcome.best_ratio(Measure::Cpu)));
        let bytes = geometric_mean(&collect(&|outcome| Some(outcome.bytes_ratio())));
        let wins = of_group
            .iter()
            .filter(|outcome| outcome.verdict() == "win")
            .count();
        let _infallible = writeln!(
            text,
            "  {:<46} {mean:>6.2} (best rounds {:.2}), bytes {:.3}, {wins} of {} won",
            group.title(),
            best.unwrap_or(mean),
            bytes.unwrap_or(1.0),
            of_group.len(),
        );
    }
    text
}

/// The goals and how they stand.
pub(crate) fn goals(goals: &[Assessment]) -> String {
    let mut text = String::from("Goals, sharp ÷ ours\n");
    for goal in goals {
        let _infallible = writeln!(
            text,
            "  {:<36} {:<26} measured {:>6.2}  {}",
            goal.title,
            goal.wanted(),
            goal.mean,
            goal.verdict()
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::tests::outcome;

    #[test]
    fn rows_show_ratios_and_verdict() {
        let row = row(&outcome(Group::Jpeg, 1.5, 0.0, 1.0));
        assert!(
            row.contains("15.0     10.0   1.50   1.50   1.50      –  1.000"),
            "{row}"
        );
        assert!(row.ends_with("win"));
    }

    #[test]
    fn means_count_only_wins_as_won() {
        let text = means(&[
            outcome(Group::Jpeg, 2.0, 0.0, 1.0),
            outcome(Group::Jpeg, 8.0, 5.0, 1.0),
        ]);
        assert!(text.contains("4.00"), "{text}");
        assert!(text.contains("1 of 2 won"), "{text}");
        assert!(!text.contains("WebP"), "{text}");
    }
}
