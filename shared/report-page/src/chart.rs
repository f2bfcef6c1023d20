//! Charts as SVG, drawn on the server.

use log_summary::Minute;
use maud::{Markup, html};

use crate::format::count;

const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 170.0;
/// Room for the scale's numbers above the bars and for the hours below them.
const TOP: f64 = 16.0;
const BOTTOM: f64 = 18.0;

/// Requests over time as bars, with the part that ended in 5xx in another colour. `labels`
/// are what stands below some of the bars.
pub(crate) fn requests(bars: &[Minute], labels: &[(usize, String)], unit: &str) -> Markup {
    let most = bars
        .iter()
        .map(|bar| bar.requests)
        .max()
        .unwrap_or(0)
        .max(1);
    let total: u64 = bars.iter().map(|bar| bar.requests).sum();
    let errors: u64 = bars.iter().map(|bar| bar.errors).sum();
    let room = HEIGHT - TOP - BOTTOM;
    let step = WIDTH / bars.len().max(1) as f64;
    let height = |value: u64| room * value as f64 / most as f64;
    let base = HEIGHT - BOTTOM;
    let say = format!(
        "Requests per {unit}: {} in all, at most {} in one {unit}; {} ended in 5xx",
        count(total),
        count(most),
        count(errors)
    );
    html! {
        figure {
            svg viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(say) {
                line x1="0" x2=(WIDTH) y1=(base) y2=(base) {}
                @for (place, bar) in bars.iter().enumerate().filter(|(_, bar)| bar.requests > 0) {
                    rect class="bar" x=(number(place as f64 * step)) width=(number(step * 0.85))
                        y=(number(base - height(bar.requests))) height=(number(height(bar.requests))) {}
                    @if bar.errors > 0 {
                        rect class="bad" x=(number(place as f64 * step)) width=(number(step * 0.85))
                            y=(number(base - height(bar.errors).max(1.5)))
                            height=(number(height(bar.errors).max(1.5))) {}
                    }
                }
                text x="0" y="11" { (count(most)) " per " (unit) }
                @for (place, label) in labels {
                    text x=(number(*place as f64 * step)) y=(HEIGHT - 4.0) { (label) }
                }
            }
            figcaption { (say) "." }
        }
    }
}

fn number(value: f64) -> String {
    format!("{value:.1}")
}
