//! The report as one HTML page: no scripts, no other files, bars as inline SVG.

use std::fmt::Write as _;

use crate::cases::Group;
use crate::goals::{Assessment, GOALS};
use crate::images::Report;
use crate::outcome::{BYTES_SLACK, Measure, Outcome, SCORE_SLACK};
use crate::statistics::{geometric_mean, median, minimum};

const STYLE: &str = include_str!("report.css");

/// The whole page.
pub(crate) fn render(report: &Report) -> String {
    let mut sections = String::new();
    for group in Group::ALL {
        let outcomes: Vec<&Outcome> = report
            .outcomes
            .iter()
            .filter(|outcome| outcome.group == group)
            .collect();
        if !outcomes.is_empty() {
            sections.push_str(&section(group, &outcomes));
        }
    }
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Picture bench</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <h1>Our picture pipeline against sharp</h1>\n\
         <p>{}, against {}. {}. {} interleaved rounds, one thread each.</p>\n\
         <p>Ratios are sharp ÷ ours of the medians of CPU time: above 1 we need less. A case \
         counts as won only at equal quality (SSIMULACRA2 at most {SCORE_SLACK} below sharp’s, \
         both against a floating-point Lanczos resize) and equal size (at most {BYTES_SLACK} \
         times sharp’s bytes).</p>\n{}{sections}</main>\n</body>\n</html>\n",
        escape(&report.sides[1]),
        escape(&report.sides[0]),
        escape(&report.machine),
        report.rounds,
        goals(&report.goals),
    )
}

fn goals(goals: &[Assessment]) -> String {
    let rows: String = goals
        .iter()
        .map(|goal| {
            let class = if goal.is_met { "met" } else { "missed" };
            format!(
                "<tr><th scope=\"row\">{}</th><td>{}</td><td>{:.2}</td><td>{:.2}</td>\
                 <td class=\"{class}\">{}</td></tr>\n",
                goal.title,
                goal.wanted(),
                goal.mean,
                goal.lowest,
                goal.verdict()
            )
        })
        .collect();
    format!(
        "<h2>Goals</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Goals\">\n\
         <table>\n<thead><tr><th scope=\"col\">Goal</th><th scope=\"col\">Wanted</th>\
         <th scope=\"col\">Geometric mean</th><th scope=\"col\">Lowest</th>\
         <th scope=\"col\">Verdict</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</div>\n"
    )
}

fn section(group: Group, outcomes: &[&Outcome]) -> String {
    let title = group.title();
    let ratios: Vec<f64> = outcomes
        .iter()
        .filter_map(|outcome| outcome.ratio(Measure::Cpu))
        .collect();
    let mean = geometric_mean(&ratios).unwrap_or(1.0);
    let rows: String = outcomes.iter().map(|outcome| row(outcome)).collect();
    format!(
        "<section>\n<h2>{title}</h2>\n{}\
         <div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Figures: {title}\">\n\
         <table>\n<caption>Geometric mean of the CPU ratios: {mean:.2}</caption>\n<thead><tr>\
         <th scope=\"col\">Case</th><th scope=\"col\">sharp, ms of CPU (lowest)</th>\
         <th scope=\"col\">ours, ms of CPU (lowest)</th><th scope=\"col\">CPU ratio</th>\
         <th scope=\"col\">Wall ratio</th><th scope=\"col\">Peak memory, MiB</th>\
         <th scope=\"col\">Bytes, sharp</th><th scope=\"col\">Bytes, ours</th>\
         <th scope=\"col\">SSIMULACRA2, sharp</th><th scope=\"col\">SSIMULACRA2, ours</th>\
         <th scope=\"col\">Verdict</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</div>\n\
         </section>\n",
        bars(group, outcomes),
    )
}

fn row(outcome: &Outcome) -> String {
    let ratio = |measure| {
        outcome
            .ratio(measure)
            .map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}"))
    };
    let memory = if outcome.ours.peak_kib.is_empty() {
        "–".to_owned()
    } else {
        let mib = |peaks: &[f64]| median(peaks) / 1024.0;
        format!(
            "{:.0} / {:.0}",
            mib(&outcome.sharp.peak_kib),
            mib(&outcome.ours.peak_kib)
        )
    };
    let time = |cpu: &[f64]| format!("{:.1} ({:.1})", median(cpu), minimum(cpu));
    let scores = |scores: &[f64]| {
        let scores: Vec<String> = scores.iter().map(|score| format!("{score:.1}")).collect();
        scores.join(" ")
    };
    let class = if outcome.verdict() == "win" {
        "met"
    } else {
        "missed"
    };
    format!(
        "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{memory}</td>\
         <td>{}</td><td>{}</td><td>{}</td><td>{}</td><td class=\"{class}\">{}</td></tr>\n",
        escape(&case_name(outcome)),
        time(&outcome.sharp.cpu_ms),
        time(&outcome.ours.cpu_ms),
        ratio(Measure::Cpu),
        ratio(Measure::Wall),
        outcome.sharp.bytes,
        outcome.ours.bytes,
        scores(&outcome.sharp.scores),
        scores(&outcome.ours.scores),
        outcome.verdict(),
    )
}

fn case_name(outcome: &Outcome) -> String {
    match outcome.our_quality {
        Some(quality) => format!("{} (our quality {quality})", outcome.name),
        None => outcome.name.clone(),
    }
}

/// A bar a case: its CPU ratio, with lines at 1 and at the goal.
fn bars(group: Group, outcomes: &[&Outcome]) -> String {
    const ROW: usize = 24;
    const LEFT: f64 = 300.0;
    const RIGHT: f64 = 740.0;
    let measure = if group == Group::FreshStart {
        Measure::Wall
    } else {
        Measure::Cpu
    };
    let of_group =
        |goal: &&crate::goals::Goal| goal.groups.contains(&group) && goal.measure == measure;
    let goal = GOALS.iter().find(of_group).map(|goal| goal.mean);
    let ratios = outcomes
        .iter()
        .map(|outcome| outcome.ratio(measure).unwrap_or(0.0));
    let longest = ratios.clone().chain(goal).fold(1.0, f64::max);
    let scale = |ratio: f64| (RIGHT - LEFT) * ratio / longest;
    let height = ROW * outcomes.len() + 20;
    let mut svg = format!(
        "<figure>\n<svg viewBox=\"0 0 800 {height}\" role=\"img\" aria-label=\"Bars of sharp ÷ \
         ours for every case; the table below has the figures\">\n"
    );
    for (index, (outcome, ratio)) in outcomes.iter().zip(ratios).enumerate() {
        let y = ROW * index;
        let class = if outcome.verdict() == "win" {
            "bar met"
        } else {
            "bar missed"
        };
        let _infallible = write!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\n\
             <rect class=\"{class}\" x=\"{LEFT}\" y=\"{}\" width=\"{:.1}\" height=\"16\"/>\n\
             <text x=\"{:.1}\" y=\"{}\">{ratio:.2}</text>\n",
            LEFT - 8.0,
            y + 16,
            escape(&outcome.name),
            y + 4,
            scale(ratio),
            LEFT + scale(ratio) + 6.0,
            y + 16,
        );
    }
    for (at, class) in [(Some(1.0), "one"), (goal, "goal")] {
        if let Some(at) = at {
            let x = LEFT + scale(at);
            let bottom = height - 16;
            let _infallible = write!(
                svg,
                "<line class=\"{class}\" x1=\"{x:.1}\" y1=\"0\" x2=\"{x:.1}\" y2=\"{bottom}\"/>\n\
                 <text class=\"{class}\" x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{at}</text>\n",
                height - 3,
            );
        }
    }
    let what = if measure == Measure::Wall {
        "time on the clock"
    } else {
        "CPU time"
    };
    let goal = goal.map_or_else(String::new, |_| {
        ", the other one the goal for the mean".to_owned()
    });
    format!(
        "{svg}</svg>\n<figcaption>sharp ÷ ours in {what}. The line at 1 is a tie{goal}.</figcaption>\n</figure>\n"
    )
}

/// Text for HTML: names of files come from outside.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::tests::outcome;

    fn page(outcomes: Vec<Outcome>) -> String {
        render(&Report {
            sides: ["sharp 1".to_owned(), "ours 1".to_owned()],
            machine: "a machine".to_owned(),
            rounds: 3,
            goals: GOALS
                .iter()
                .filter_map(|goal| goal.assess(&outcomes))
                .collect(),
            outcomes,
        })
    }

    #[test]
    fn pages_stand_alone_and_escape_names() {
        let page = page(vec![outcome(Group::Jpeg, 1.5, 0.0, 1.0)]);
        assert!(page.contains("a &lt;picture&gt;"));
        for forbidden in ["<picture>", "<script", "http://", "https://", "src="] {
            assert!(!page.contains(forbidden), "{forbidden}");
        }
    }

    #[test]
    fn missed_goals_are_shown_as_missed() {
        assert!(page(vec![outcome(Group::Jpeg, 1.5, 0.0, 1.0)]).contains("class=\"met\">met<"));
        let slow = page(vec![outcome(Group::Jpeg, 1.2, 0.0, 1.0)]);
        assert!(slow.contains("class=\"missed\">MISSED: mean too low<"));
        assert!(slow.contains("class=\"goal\""));
    }
}
