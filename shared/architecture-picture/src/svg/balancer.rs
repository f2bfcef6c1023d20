//! The load balancer with its rules: paths to the left, who answers to the right.

use super::canvas::{Area, Canvas};
use super::text::{LINE, lines, width, wrap};
use super::{GAP, HEAD, PADDING};
use crate::Architecture;
use crate::kind::name_of;
use crate::listener::{Route, Target};

/// How wide it is.
pub(super) const WIDTH: i32 = 292;

/// The load balancer with its rules. Returns its area, and the height of the rule of the rest.
pub(super) fn draw(
    canvas: &mut Canvas,
    architecture: &Architecture,
    at: (i32, i32),
) -> (Area, i32) {
    let (x, top) = at;
    let mut rules = Canvas::default();
    let mut y = top + HEAD;
    let mut default = y;
    // The rule of the rest stands first: from there it goes straight on.
    let (rest, others) = architecture
        .routes
        .split_last()
        .map_or((None, &[][..]), |(rest, others)| (Some(rest), others));
    for route in rest.into_iter().chain(others) {
        let middle = rule(&mut rules, route, (x, y));
        if matches!(route.to, Target::Instances(_)) {
            default = middle.0;
        }
        y = middle.1;
    }
    let area = Area {
        x,
        y: top,
        width: WIDTH,
        height: y + 6 - top,
    };
    canvas.area(area, "box balancer", 6);
    canvas.text(x + PADDING, top + 20, "head", "Load balancer");
    let note = format!("internal, port {}", architecture.port);
    canvas.text(x + PADDING, top + 35, "muted", &note);
    canvas.append(rules);
    (area, default)
}

/// One rule. Returns its middle and its end.
fn rule(canvas: &mut Canvas, route: &Route, at: (i32, i32)) -> (i32, i32) {
    let (x, y) = at;
    let pill = 96;
    let pill_x = x + WIDTH - PADDING - pill;
    let room = WIDTH - 2 * PADDING - pill - 28;
    let mut texts = wrap(&route.paths.join(", "), room);
    let widest = texts.iter().map(|text| width(text)).max().unwrap_or(0);
    if route.needs_sign_in {
        texts.push("once signed in (OIDC)".to_owned());
    }
    let height = (lines(texts.len()) + 8).max(30);
    let middle = y + height / 2;
    canvas.rule(x + 1, y - 2, WIDTH - 2);
    let mut base = middle - lines(texts.len()) / 2 + 11;
    for (count, text) in texts.iter().enumerate() {
        let is_note = route.needs_sign_in && count + 1 == texts.len();
        canvas.text(x + PADDING, base, if is_note { "muted" } else { "" }, text);
        base += LINE;
    }
    let from = x + PADDING + widest + 6;
    match &route.to {
        Target::Function(id) => {
            let area = Area {
                x: pill_x,
                y: middle - 11,
                width: pill,
                height: 22,
            };
            canvas.arrow(&[(from, middle), (pill_x - 1, middle)]);
            canvas.area(area, "box function", 5);
            canvas.name(area, middle + 4, &name_of(id));
        }
        Target::Instances(_) => canvas.arrow(&[(from, middle), (x + WIDTH + GAP - 1, middle)]),
        Target::Status(status) => {
            canvas.arrow(&[(from, middle), (pill_x - 1, middle)]);
            canvas.text(pill_x + 4, middle + 4, "name", status);
        }
    }
    (middle, y + height + 4)
}
